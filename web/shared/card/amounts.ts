/** What a member has, as people read it: `120 points`, `3 stamps`, `12.50 €`. */

import { common } from '../i18n/catalogue.ts';
import { counted, exactMoney } from '../i18n/format.ts';
import type { ProgramType } from './model.ts';

interface Kind {
  readonly programType: ProgramType;
  readonly currency: string;
}

/** Of units as a document has them, with `scale` decimals. */
export const amountOf = (units: number, of: Kind, scale: number): string => exactAmountOf(units / 10 ** scale, of);

/** Of a value as the API answers it. Money has all its decimals, as on a receipt: 0.00 €, and never 0 € beside it. */
export function exactAmountOf(value: number, of: Kind): string {
  return of.programType === 'cashback' ? exactMoney(value, of.currency) : countOf(value, of);
}

const countOf = (count: number, { programType }: Kind): string => counted(count, unitForms(programType));

/** What a program counts, unless that is money. */
export function unitForms(programType: ProgramType): { readonly one: string; readonly other: string } {
  const { points, stamps } = common().units;
  return programType === 'stamps' ? stamps : points;
}
