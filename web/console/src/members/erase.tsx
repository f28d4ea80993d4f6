/** Erase a person, after the name was typed; then wait until nothing of them is left. */

import { useEffect, useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { nameOf, type Member } from '../people.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';

const LOOK_AGAIN_MS = 3000;

interface Props {
  readonly member: Member;
  readonly onErased: () => void;
}

export function Erase({ member, onErased }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [isRunning, setRunning] = useState(member.status === 'erasing');
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  const { userId } = member;
  const name = nameOf(member);

  function submit(event: Event): void {
    event.preventDefault();
    const isTyped = plain(text) === plain(name);
    setProblem(isTyped ? '' : words.eraseTyped(name));
    if (!isTyped) return;
    run(async () => {
      const answer = await carryOut({ userId }, (key) =>
        ask((api, signal) =>
          api.POST('/eraseMember', { body: { userId }, headers: { 'Idempotency-Key': key }, signal }),
        ),
      );
      if (answer.state === 'erased') onErased();
      else setRunning(true);
    });
  }

  useEffect(
    function waitForTheEnd() {
      if (!isRunning) return undefined;
      const timer = setInterval(() => {
        void isGone(userId).then((gone) => gone && onErased());
      }, LOOK_AGAIN_MS);
      return () => clearInterval(timer);
    },
    [isRunning, userId],
  );

  if (isRunning) {
    return (
      <div class="stack" role="status">
        <p>{words.erasing}</p>
        <progress aria-label={words.erasing} />
      </div>
    );
  }
  return (
    <details>
      <summary>{words.erase}</summary>
      <form class="stack" noValidate onSubmit={submit}>
        <p>{words.eraseNote}</p>
        <Field label={words.eraseType(name)} problem={problem} value={text} onInput={setText} />
        <NotDone error={error} />
        <button type="submit" class="severe" aria-disabled={isBusy}>
          {isBusy ? words.erasing : words.eraseNow}
        </button>
      </form>
    </details>
  );
}

/** Tell whether nobody has this id any more. Without an answer, look again later. */
async function isGone(userId: string): Promise<boolean> {
  try {
    await ask((api, signal) => api.POST('/getMember', { body: { userId }, signal }));
    return false;
  } catch (error) {
    return error instanceof Problem && error.code === 'MEMBER_NOT_FOUND';
  }
}

const plain = (text: string): string => text.normalize().replace(/\s+/g, ' ').trim().toLowerCase();
