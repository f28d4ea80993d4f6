/** Pay a part of the purchase from the customer's balance: how much, and what is left to pay in money. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { exactMoney, locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example } from '../../../shared/lib/amount.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import type { Part } from './payment-parts.ts';

/** What was typed; `null` for as much as possible. */
export type PartText = string | null;

interface Props {
  readonly program: Program;
  /** What the balance would pay at most, in the currency. */
  readonly payable: number;
  /** The purchase, in minor units, once it is typed. */
  readonly sale: number | undefined;
  readonly text: PartText;
  readonly part: Part | undefined;
  readonly problem: string;
  readonly onText: (text: PartText | undefined) => void;
}

export function PayFromBalance({ program, payable, sale, text, part, problem, onText }: Props) {
  const words = t().till.pay;
  const box = useRef<HTMLDivElement>(null);
  const digits = digitsOf(program.currency);
  const write = (minor: number): string => exactMoney(minor / 10 ** digits, program.currency);

  useLayoutEffect(() => {
    // Who has typed the amount goes on with Enter; else the amount comes first.
    const place = sale === undefined ? box.current?.closest('form') : box.current;
    place?.querySelector('input')?.focus();
  }, []);

  const minor = part && 'minor' in part ? part.minor : undefined;
  return (
    <div class="stack paying" ref={box}>
      <Field
        label={words.part(program.currency)}
        hint={words.most(write(Math.min(Math.round(payable * 10 ** digits), sale ?? Infinity)))}
        problem={problem}
        mode="decimal"
        value={text ?? (minor === undefined ? '' : plainAmount(minor, digits))}
        onInput={onText}
      />
      <div class="line">
        <button type="button" class="plain" aria-pressed={text === null} onClick={() => onText(null)}>
          {words.all}
        </button>
        <button type="button" class="plain" onClick={() => onText(undefined)}>
          {words.none}
        </button>
      </div>
      <p class="large" role="status">
        {minor !== undefined && sale !== undefined && words.left(write(sale - minor))}
      </p>
    </div>
  );
}

/** Why a part cannot be paid from the balance; `most` is what can, in minor units. */
export function doubtOf(part: Extract<Part, { doubt: unknown }> | undefined, most: number, currency: string): string {
  const digits = digitsOf(currency);
  if (!part || part.doubt === 'tooMuch') return t().till.pay.tooMuch(exactMoney(most / 10 ** digits, currency));
  return t().amount[part.doubt](example(locale, digits));
}

/** An amount as it is typed, such as `12,40`. */
export function plainAmount(minor: number, digits: number): string {
  const options = { minimumFractionDigits: digits, useGrouping: false };
  return new Intl.NumberFormat(locale, options).format(minor / 10 ** digits);
}
