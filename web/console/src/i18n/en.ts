/** The console's words, a file for each section. German has exactly this shape, or the build fails. */

import { common } from '../../../shared/i18n/en.ts';
import { amount } from './en/amount.ts';
import { member, members } from './en/members.ts';
import { problem } from './en/problem.ts';
import { shell } from './en/shell.ts';
import { till } from './en/till.ts';

export const en = { ...common, amount, member, members, problem, shell, till };

export type Words = typeof en;
