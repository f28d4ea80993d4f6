import { common } from '../../../shared/i18n/de.ts';
import { amount } from './de/amount.ts';
import { imports } from './de/imports.ts';
import { member, members } from './de/members.ts';
import { problem } from './de/problem.ts';
import { shell } from './de/shell.ts';
import { chart, start } from './de/start.ts';
import { till } from './de/till.ts';
import type { Words } from './en.ts';

export const de: Words = { ...common, amount, chart, imports, member, members, problem, shell, start, till };
