/** What a member has, as people read it: `120 points`, `3 stamps`, `12.50 €`. */

import { common } from '../i18n/catalogue.ts';
import { counted, exactMoney, money } from '../i18n/format.ts';
import type { ProgramType } from './model.ts';

interface Kind {
  readonly programType: ProgramType;
  readonly currency: string;
}

/** Of units as a document has them, with `scale` decimals. */
export function amountOf(units: number, of: Kind, scale: number): string {
  return of.programType === 'cashback' ? money(units / 10 ** scale, of.currency) : countOf(units, of);
}

/** Of a value as the API answers it; money with all its decimals, as on a receipt. */
export function exactAmountOf(value: number, of: Kind): string {
  return of.programType === 'cashback' ? exactMoney(value, of.currency) : countOf(value, of);
}

function countOf(count: number, { programType }: Kind): string {
  const { points, stamps } = common().units;
  return counted(count, programType === 'stamps' ? stamps : points);
}
