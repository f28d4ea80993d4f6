/** Correct a balance, and say why. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { account } from '../access.ts';
import type { Program } from '../store.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { amount, t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { useUnsaved } from '../ui/unsaved.ts';

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly onChanged: () => void;
}

interface Correction {
  readonly points: number;
  readonly reason: string;
}

export function Adjust({ userId, program, onChanged }: Props) {
  const [isTaken, setTaken] = useState(false);
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const [problems, setProblems] = useState({ text: '', reason: '' });
  const [done, setDone] = useState('');
  const carryOut = useIntention();
  const { isBusy, error, run } = useAction();
  useUnsaved(text.trim() !== '' || reason.trim() !== '');
  const words = t().member;
  const isMoney = program.programType === 'cashback';
  const digits = isMoney ? digitsOf(program.currency) : 0;
  const units = program.programType === 'stamps' ? t().units.stamps : t().units.points;
  const name = `sign-${program.programId}`;

  function submit(event: Event): void {
    event.preventDefault();
    const read = readAmount(text, locale, digits);
    const doubt = 'doubt' in read ? t().amount[read.doubt](example(locale, digits)) : '';
    setProblems({ text: doubt, reason: reason.trim() ? '' : words.reasonEmpty });
    if ('doubt' in read || !reason.trim()) return;
    const value = read.minor / 10 ** digits;
    send({ points: isTaken ? -value : value, reason: reason.trim() });
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
      setDone(words.adjusted(amount(answer.newBalance, program)));
      setText('');
      setReason('');
      onChanged();
    });
  }

  return (
    <details>
      <summary>{words.adjust}</summary>
      <form class="stack" noValidate onSubmit={submit}>
        <fieldset>
          <legend class="for-readers">{words.adjust}</legend>
          <label>
            <input type="radio" name={name} checked={!isTaken} onChange={() => setTaken(false)} />
            {words.add}
          </label>
          <label>
            <input type="radio" name={name} checked={isTaken} onChange={() => setTaken(true)} />
            {words.take}
          </label>
        </fieldset>
        <Field
          label={words.howMuch(isMoney ? program.currency : units.other)}
          problem={problems.text}
          mode={isMoney ? 'decimal' : 'numeric'}
          value={text}
          onInput={setText}
        />
        <Field
          label={words.reason}
          hint={words.reasonHint}
          problem={problems.reason}
          value={reason}
          onInput={setReason}
        />
        <NotDone error={error} onRefused={onChanged} />
        <button type="submit" aria-disabled={isBusy}>
          {words.book}
        </button>
        <p role="status">{done}</p>
      </form>
    </details>
  );
}
