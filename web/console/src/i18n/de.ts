import { common } from '../../../shared/i18n/de.ts';
import { amount } from './de/amount.ts';
import { developers } from './de/developers.ts';
import { fields } from './de/fields.ts';
import { imports } from './de/imports.ts';
import { member, members } from './de/members.ts';
import { mode } from './de/mode.ts';
import { problem } from './de/problem.ts';
import { shell } from './de/shell.ts';
import { chart, start } from './de/start.ts';
import { staff } from './de/staff.ts';
import { till } from './de/till.ts';
import type { Words } from './en.ts';

export const de: Words = { ...common, amount, chart, developers, fields, imports, member, members, mode, problem, shell, staff, start, till };
