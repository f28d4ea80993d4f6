/** Hand out the reward of a code that the customer shows. */

import { useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import { t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import { useIntention } from '../ui/use-intention.ts';
import { handOut } from './hand-out.ts';

/** A code of a reward as the card shows it, and nothing else that a camera sees. */
const CODE = /^[0-9A-Z-]{4,64}$/i;

export function UseReward() {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [reward, setReward] = useState('');
  const carryOut = useIntention();
  const { isBusy, run } = useAction();
  const words = t().till;

  function submit(event: Event): void {
    event.preventDefault();
    take(text.trim());
  }

  function scanned(seen: string): string | undefined {
    if (!CODE.test(seen)) return words.notAReward;
    setText(seen);
    take(seen);
    return undefined;
  }

  function take(code: string): void {
    const storeId = store.value?.storeId;
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
      } catch (error) {
        setProblem(isUnknown(error) ? words.rewardUnknown : sentenceOf(error));
      }
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit}>
      <h2>{words.reward}</h2>
      <Field label={words.rewardCode} problem={problem} value={text} onInput={setText}>
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
