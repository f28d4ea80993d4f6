/** Hand out the reward of a code that the customer shows. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import { isMemberCode } from '../../../shared/lib/which-code.ts';
import { t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import { useIntention } from '../ui/use-intention.ts';
import type { Strayed } from './find-customer.tsx';
import { handOut } from './hand-out.ts';

/** A code of a reward as the card shows it, and nothing else that a camera sees. */
const CODE = /^[0-9A-Z-]{4,64}$/i;

interface Props {
  /** A reward's code that was read where a customer's belongs: it is filled in, and a person uses it. */
  readonly strayed: Strayed | undefined;
  /** A customer's code was read here. */
  readonly onMember: (code: string) => void;
  readonly onUsed: () => void;
}

export function UseReward({ strayed, onMember, onUsed }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [reward, setReward] = useState('');
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const carryOut = useIntention();
  const { isBusy, run } = useAction();
  const words = t().till;

  useEffect(() => {
    if (!strayed) return;
    setText(strayed.code);
    setReward('');
    setProblem('');
    setNote(words.strayedReward);
    // A camera that closes takes the focus first.
    const later = setTimeout(() => form.current?.querySelector<HTMLElement>('[type=submit]')?.focus());
    return () => clearTimeout(later);
  }, [strayed]);

  function submit(event: Event): void {
    event.preventDefault();
    take(text.trim());
  }

  function scanned(seen: string): string | undefined {
    if (isMemberCode(seen)) {
      onMember(seen);
      return undefined;
    }
    if (!CODE.test(seen)) return words.notAReward;
    setText(seen);
    take(seen);
    return undefined;
  }

  function take(code: string): void {
    const storeId = store.value?.storeId;
    if (isMemberCode(code)) {
      setText('');
      onMember(code);
      return;
    }
    setNote('');
    setReward('');
    setProblem(code ? '' : words.rewardEmpty);
    if (!code || !storeId) return;
    run(async () => {
      try {
        const body = { storeId, rewardCode: code };
        const answer = await carryOut(body, (key) =>
          ask((api, signal) =>
            api.POST('/useRewardCode', { body, headers: { 'Idempotency-Key': key }, signal }),
          ),
        );
        setReward(sentenceFor(answer));
        setText('');
        onUsed();
      } catch (error) {
        setProblem(isUnknown(error) ? words.rewardUnknown : sentenceOf(error));
      }
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit} ref={form}>
      <h2>{words.reward}</h2>
      <Field label={words.rewardCode} hint={note} problem={problem} value={text} onInput={setText}>
        <div class="line">
          <button type="submit" aria-disabled={isBusy}>
            {words.use}
          </button>
          <ScanButton label={words.scanReward} onText={scanned} />
        </div>
      </Field>
      <p class={reward ? 'large' : 'for-readers'} role="status">
        {reward}
      </p>
    </form>
  );
}

interface Used {
  readonly programId: string;
  readonly rewardId: string | null;
  readonly rewardDescription: string;
}

function sentenceFor({ programId, rewardId, rewardDescription }: Used): string {
  const program = store.value?.programs.find((each) => each.programId === programId);
  return handOut(rewardDescription, program, program?.rewards?.find((each) => each.rewardId === rewardId));
}
