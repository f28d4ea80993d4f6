/** What is on a card, as people at a counter say it: of a stamp card how much of it is full. */

import { common } from '../../../shared/i18n/catalogue.ts';
import type { Program } from '../store.ts';
import { amount } from '../words.ts';

export function onCard(balance: number, program: Program): string {
  const fields = program.rules?.requiredStamps;
  if (fields === undefined || balance < 0 || balance > fields) return amount(balance, program);
  return common().face.stampsOf(balance, fields);
}
