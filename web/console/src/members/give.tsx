/** Give points of a member to another one, where the program allows that. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { digitsOf, example, readAmount } from '../../../shared/lib/amount.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { nameOf, type Member } from '../people.ts';
import type { Program } from '../store.ts';
import { Field } from '../ui/field.tsx';
import { amount, t } from '../words.ts';
import { FindMember } from './find-member.tsx';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { useSaid } from '../ui/use-said.ts';

interface Props {
  readonly userId: string;
  readonly program: Program;
  readonly onChanged: () => void;
}

interface GiveProps extends Props {
  /** Whether the program lets members give. */
  readonly isAllowed: boolean;
}

export function Give({ isAllowed, ...props }: GiveProps) {
  const words = t().member;
  if (!isAllowed) return <p class="quiet">{words.giveClosed}</p>;
  return (
    <details>
      <summary>{words.give}</summary>
      <GiveForm {...props} />
    </details>
  );
}

function GiveForm({ userId, program, onChanged }: Props) {
  const [to, setTo] = useState<Member>();
  const [text, setText] = useState('');
  const [description, setDescription] = useState('');
  const [problem, setProblem] = useState('');
  const [done, say] = useSaid();
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  const isMoney = program.programType === 'cashback';
  const digits = isMoney ? digitsOf(program.currency) : 0;
  const units = program.programType === 'stamps' ? t().units.stamps : t().units.points;

  function submit(event: Event, other: Member): void {
    event.preventDefault();
    const read = readAmount(text, locale, digits);
    setProblem('doubt' in read ? t().amount[read.doubt](example(locale, digits)) : '');
    if ('doubt' in read) return;
    const points = read.minor / 10 ** digits;
    const wanted = { programId: program.programId, userId, toUserId: other.userId, points, description };
    run(async () => {
      const answer = await carryOut(wanted, (key) =>
        ask((api, signal) =>
          api.POST('/transferLoyaltyPoints', {
            body: { ...wanted, transferId: key },
            headers: { 'Idempotency-Key': key },
            signal,
          }),
        ),
      );
      say(words.given(amount(answer.pointsTransferred, program), nameOf(other)));
      setTo(undefined);
      setText('');
      setDescription('');
      onChanged();
    });
  }

  return (
    <div class="stack">
      <p class="quiet">{words.giveNote}</p>
      {!to && <FindMember without={userId} onChosen={setTo} />}
      {to && (
        <form class="stack" noValidate onSubmit={(event) => submit(event, to)}>
          <p>
            <strong>{words.giveTo(nameOf(to))}</strong>
          </p>
          <Field
            label={words.howMuch(isMoney ? program.currency : units.other)}
            problem={problem}
            mode={isMoney ? 'decimal' : 'numeric'}
            value={text}
            onInput={setText}
          />
          <Field
            label={words.giveReason}
            hint={words.giveReasonHint}
            value={description}
            onInput={setDescription}
          />
          <NotDone error={error} onRefused={onChanged} />
          <div class="row start">
            <button type="submit" aria-disabled={isBusy}>
              {words.giveNow}
            </button>
            <button type="button" class="plain" onClick={() => setTo(undefined)}>
              {words.mergeOther}
            </button>
          </div>
        </form>
      )}
      <p role="status">{done}</p>
    </div>
  );
}
