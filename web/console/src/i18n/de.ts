import { common } from '../../../shared/i18n/de.ts';
import { amount } from './de/amount.ts';
import { member, members } from './de/members.ts';
import { problem } from './de/problem.ts';
import { shell } from './de/shell.ts';
import { till } from './de/till.ts';
import type { Words } from './en.ts';

export const de: Words = { ...common, amount, member, members, problem, shell, till };
