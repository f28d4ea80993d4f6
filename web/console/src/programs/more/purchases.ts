import { locale, percent } from '../../../../shared/i18n/format.ts';
import type { FormField } from '../form/fields.ts';
import { typedAs } from '../numbers.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { list } from './say.ts';
import { CHECKED } from '../form/fields.ts';
import type { Topic } from './topic.ts';

type Base = Program['earningBase'];

const TAX_MODES = ['gross', 'net'] as const;
/** Those that the form asks for; shipping is asked for by itself. */
const TYPES = ['voucher', 'gift_card', 'deposit', 'tip'] as const;
const EXCLUDED_MAX = 200;
const ID_CHARS_MAX = 128;
const VAT_RANGE = { digits: 2, min: 0, max: 100, example: 19, isPercent: true };

/** What of a purchase counts. */
export const purchases: Topic = {
  sentences: ({ earningBase }) => {
    const words = p().topics.purchases;
    const { taxMode, vatPercent, excludedCategories, excludedProductIds, excludedTypes, shippingEarns } = earningBase;
    return [
      taxMode === 'gross' ? words.gross : words.net(percent(vatPercent ?? 0)),
      ...(excludedTypes.length > 0 ? [words.notTypes(list(excludedTypes.map((each) => words.types[each])))] : []),
      ...(excludedCategories.length > 0 ? [words.notCategories(list(excludedCategories))] : []),
      ...(excludedProductIds.length > 0 ? [words.notProducts(list(excludedProductIds))] : []),
      shippingEarns ? words.shipping : words.noShipping,
    ];
  },
  form: {
    fields: (_, typed) => {
      const words = p().topics.purchases;
      return [
        { kind: 'select', name: 'taxMode', label: words.taxMode, options: TAX_MODES.map((value) => ({ value, name: words.taxModes[value] })) },
        ...(typed['taxMode'] === 'net'
          ? [{ kind: 'number', name: 'vatPercent', label: words.vat, hint: words.vatHint, range: VAT_RANGE } as const]
          : []),
        { kind: 'several', name: 'excludedTypes', label: words.excludedTypes, options: TYPES.map((value) => ({ value, name: words.types[value] })) },
        { kind: 'check', name: 'shippingEarns', label: words.shippingEarns },
        goods('excludedCategories', words.categories, words.categoriesHint),
        goods('excludedProductIds', words.products, words.productsHint),
      ];
    },
    typed: ({ earningBase: base }) => ({
      taxMode: base.taxMode,
      vatPercent: typedAs(base.vatPercent, locale),
      excludedTypes: TYPES.filter((each) => base.excludedTypes.includes(each)).join(','),
      shippingEarns: base.shippingEarns ? CHECKED : '',
      excludedCategories: base.excludedCategories.join('\n'),
      excludedProductIds: base.excludedProductIds.join('\n'),
    }),
    changes: ({ earningBase: before }, answers) => {
      const isNet = answers.text('taxMode') === 'net';
      const others = before.excludedTypes.filter((each) => !TYPES.some((known) => known === each));
      return {
        earningBase: {
          taxMode: isNet ? 'net' : 'gross',
          vatPercent: isNet ? answers.number('vatPercent') : null,
          excludedTypes: [...(answers.several('excludedTypes') as Base['excludedTypes']), ...others],
          shippingEarns: answers.flag('shippingEarns'),
          excludedCategories: answers.lines('excludedCategories'),
          excludedProductIds: answers.lines('excludedProductIds'),
        },
      };
    },
  },
};

const goods = (name: string, label: string, hint: string): FormField => ({
  kind: 'lines',
  name,
  label,
  hint,
  most: EXCLUDED_MAX,
  max: ID_CHARS_MAX,
});
