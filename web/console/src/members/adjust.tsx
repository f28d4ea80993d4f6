/** Correct a balance, and say why. What is far above what the card has is asked for once. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { account } from '../access.ts';
import type { Program } from '../store.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { amount, t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import { Mistyped } from '../ui/mistyped.tsx';
import { NotDone } from './not-done.tsx';
import { isUnusualCorrection } from './unusual.ts';
import { useIntention } from '../ui/use-intention.ts';
import { useSaid } from '../ui/use-said.ts';
import { useUnsaved } from '../ui/unsaved.ts';

interface Props {
  readonly userId: string;
  readonly program: Program;
  /** What is on the card. */
  readonly balance: number;
  readonly onChanged: () => void;
}

interface Correction {
  readonly points: number;
  readonly reason: string;
}

export function Adjust({ userId, program, balance, onChanged }: Props) {
  const [isTaken, setTaken] = useState(false);
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [problems, setProblems] = useState({ text: '', reason: '' });
  const [done, say] = useSaid();
  const [asked, setAsked] = useState<Correction>();
  const [isBack, setBack] = useState(false);
  const carryOut = useIntention();
  const { isBusy, error, run } = useAction();
  useUnsaved(text.trim() !== '' || reason.trim() !== '');
  const words = t().member;
  const isMoney = program.programType === 'cashback';
  const digits = isMoney ? digitsOf(program.currency) : 0;
  const units = program.programType === 'stamps' ? t().units.stamps : t().units.points;
  const name = `sign-${program.programId}`;
  const typed = readAmount(text, locale, digits);
  const write = (value: number): string => amount(value, program);

  const exact = (value: number): number => Number(value.toFixed(digits));

  /** What is typed anew is asked for anew. */
  const typing =
    <T,>(set: (value: T) => void) =>
    (value: T): void => {
      set(value);
      setAsked(undefined);
    };

  function submit(event: Event): void {
    event.preventDefault();
    const doubt = 'doubt' in typed ? t().amount[typed.doubt](example(locale, digits)) : '';
    setProblems({ text: doubt, reason: reason.trim() ? '' : words.reasonEmpty });
    if ('doubt' in typed || !reason.trim()) return;
    const size = typed.minor / 10 ** digits;
    const correction = { points: isTaken ? -size : size, reason: reason.trim() };
    const unit = isMoney ? 'money' : program.programType === 'stamps' ? 'stamps' : 'points';
    if (!isTaken && isUnusualCorrection({ size, balance, unit, digits })) setAsked(correction);
    else send(correction);
  }

  function send(correction: Correction): void {
    run(async () => {
      const answer = await carryOut(correction, (key) =>
        ask((api, signal) =>
          api.POST('/adjustLoyaltyPoints', {
            body: { ...correction, programId: program.programId, userId, actor: account.value?.role ?? 'staff' },
            headers: { 'Idempotency-Key': key },
            signal,
          }),
        ),
      );
      say(words.adjusted(write(answer.newBalance)));
      setAsked(undefined);
      setText('');
      setReason('');
      onChanged();
    });
  }

  const field = useRef<HTMLFormElement>(null);
  function change(): void {
    setAsked(undefined);
    setBack(true);
  }
  // The question that had the focus is gone.
  useLayoutEffect(() => {
    if (isBack) field.current?.querySelector<HTMLElement>('[inputmode]')?.focus();
    setBack(false);
  }, [isBack]);

  return (
    <details>
      <summary>{words.adjust}</summary>
      <form class="stack" noValidate onSubmit={submit} ref={field}>
        <fieldset>
          <legend class="for-readers">{words.adjust}</legend>
          <label>
            <input type="radio" name={name} checked={!isTaken} onChange={() => typing(setTaken)(false)} />
            {words.add}
          </label>
          <label>
            <input type="radio" name={name} checked={isTaken} onChange={() => typing(setTaken)(true)} />
            {words.take}
          </label>
        </fieldset>
        <Field
          label={words.howMuch(isMoney ? program.currency : units.other)}
          hint={'minor' in typed ? write(typed.minor / 10 ** digits) : ''}
          problem={problems.text}
          mode={isMoney ? 'decimal' : 'numeric'}
          value={text}
          onInput={typing(setText)}
        />
        <Field
          label={words.reason}
          hint={words.reasonHint}
          problem={problems.reason}
          value={reason}
          onInput={typing(setReason)}
        />
        <NotDone error={error} onRefused={onChanged} />
        {asked ? (
          <Mistyped
            question={words.unusual.question(write(Math.abs(asked.points)))}
            note={words.unusual.then(write(balance), write(exact(balance + asked.points)))}
            yes={words.unusual.yes(write(Math.abs(asked.points)))}
            change={words.unusual.change}
            isBusy={isBusy}
            onYes={() => send(asked)}
            onChange={change}
          />
        ) : (
          <button type="submit" aria-disabled={isBusy}>
            {words.book}
          </button>
        )}
        <p role="status">{done}</p>
      </form>
    </details>
  );
}
