/** What the poster says, in its own language, which need not be that of the page. */

import type { common as english } from '../../../../shared/i18n/en.ts';
import type { sheet as words } from '../../i18n/en/poster.ts';
import type { Program } from '../program.ts';

export type SheetLanguage = 'de' | 'en';

export interface SheetWords {
  readonly sheet: typeof words;
  readonly rule: (typeof english)['rule'];
  readonly units: (typeof english)['units'];
  readonly language: SheetLanguage;
}

export async function loadSheetWords(language: SheetLanguage): Promise<SheetWords> {
  const [{ sheet }, { common }] = await (language === 'de'
    ? Promise.all([import('../../i18n/de/poster.ts'), import('../../../../shared/i18n/de.ts')])
    : Promise.all([import('../../i18n/en/poster.ts'), import('../../../../shared/i18n/en.ts')]));
  return { sheet, rule: common.rule, units: common.units, language };
}

/** Say in a line what a program grants, as its card does. */
export function ruleLine({ rules, currency }: Program, { rule, units, language }: SheetWords): string {
  if ('requiredStamps' in rules) return rule.stamps(rules.requiredStamps);
  const money = (value: number): string =>
    new Intl.NumberFormat(language, { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }).format(value);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
  if ('cashbackPercentage' in rules) {
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 });
    return rule.cashback(percent.format(rules.cashbackPercentage / 100));
  }
  const { one, other } = units.points;
  const isOne = new Intl.PluralRules(language).select(rules.pointsPerEuro) === 'one';
  return rule.points(`${number.format(rules.pointsPerEuro)} ${isOne ? one : other}`, money(1));
}
