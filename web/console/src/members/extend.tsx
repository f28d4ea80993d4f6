/** Let what would expire live longer, and say why. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { calendarDay } from '../../../shared/i18n/format.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { account } from '../access.ts';
import type { Program } from '../store.ts';
import { DayField } from '../ui/day-field.tsx';
import { Field } from '../ui/field.tsx';
import { amount, t } from '../words.ts';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { useSaid } from '../ui/use-said.ts';

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly onChanged: () => void;
}

export function Extend({ userId, program, onChanged }: Props) {
  const [lastDay, setLastDay] = useState('');
  const [reason, setReason] = useState('');
  const [problems, setProblems] = useState({ lastDay: '', reason: '' });
  const [done, say] = useSaid();
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;

  function submit(event: Event): void {
    event.preventDefault();
    const found = {
      lastDay: lastDay ? '' : words.lastDayEmpty,
      reason: reason.trim() ? '' : words.reasonEmpty,
    };
    setProblems(found);
    if (found.lastDay || found.reason) return;
    const body = {
      programId: program.programId,
      userId,
      lastDay,
      reason: reason.trim(),
      actor: account.value?.role ?? 'staff',
    };
    run(async () => {
      const answer = await carryOut(body, (key) =>
        ask((api, signal) =>
          api.POST('/extendExpiry', { body, headers: { 'Idempotency-Key': key }, signal }),
        ),
      );
      const until = calendarDay(lastDay);
      say(
        answer.entryId === null
          ? words.notExtended
          : words.extended(amount(answer.pointsExtended, program), until),
      );
      onChanged();
    });
  }

  return (
    <details>
      <summary>{words.extend}</summary>
      <form class="stack" noValidate onSubmit={submit}>
        <p class="quiet">{words.extendNote}</p>
        <DayField
          label={words.lastDay}
          problem={problems.lastDay}
          value={lastDay}
          onInput={setLastDay}
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
          {words.extendNow}
        </button>
        <p role="status">{done}</p>
      </form>
    </details>
  );
}
