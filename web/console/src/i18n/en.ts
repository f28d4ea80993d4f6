/** The console's words, a file for each section. German has exactly this shape, or the build fails. */

import { common } from '../../../shared/i18n/en.ts';
import { amount } from './en/amount.ts';
import { developers } from './en/developers.ts';
import { fields } from './en/fields.ts';
import { imports } from './en/imports.ts';
import { member, members } from './en/members.ts';
import { mode } from './en/mode.ts';
import { problem } from './en/problem.ts';
import { shell } from './en/shell.ts';
import { chart, start } from './en/start.ts';
import { staff } from './en/staff.ts';
import { till } from './en/till.ts';

export const en = { ...common, amount, chart, developers, fields, imports, member, members, mode, problem, shell, staff, start, till };

export type Words = typeof en;
