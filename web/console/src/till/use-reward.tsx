/** Hand out the reward of a code that the customer shows. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ask, isUnknown } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { sentenceOf as problemOf } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import { ScanButton } from '../../../shared/scan/scan-button.tsx';
import { useAction } from '../../../shared/lib/use-action.ts';
import { isMemberCode } from '../../../shared/lib/which-code.ts';
import { t } from '../words.ts';
import { Field } from '../ui/field.tsx';
import { useIntention } from '../ui/use-intention.ts';
import type { Strayed } from './find-customer.tsx';
import { handOut } from './hand-out.ts';
import { HandOutUndo } from './hand-out-undo.tsx';
import { programOf, sentenceOf, undoUntil, type HandOut } from './hand-outs.ts';

/** A code of a reward as the card shows it: ours, or one of a voucher that has codes of its own; and no link. */
const CODE = /^(?![a-z][a-z0-9+.-]*:)[!-~]{4,64}$/i;

interface Props {
  /** A reward's code that was read where a customer's belongs: it is filled in, and a person uses it. */
  readonly strayed: Strayed | undefined;
  /** A customer's code was read here. */
  readonly onMember: (code: string) => void;
  /** What was handed out last, to whomever. */
  readonly handOut: HandOut | undefined;
  readonly onHandOut: (handOut: HandOut) => void;
}

export function UseReward({ strayed, onMember, handOut: last, onHandOut }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  /** What is said of no more, as another code was read since: its undoing stays. */
  const [over, setOver] = useState<string>();
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const carryOut = useIntention();
  const { isBusy, run } = useAction();
  const words = t().till;
  const used = last?.way === 'code' ? last : undefined;
  const reward = used && used.redemptionId !== over ? sentenceOf(used) : '';

  useLayoutEffect(() => {
    if (!strayed) return;
    setText(strayed.code);
    setOver(used?.redemptionId);
    setProblem('');
    setNote(words.strayedReward);
    form.current?.querySelector<HTMLElement>('[type=submit]')?.focus();
  }, [strayed]);

  function submit(event: Event): void {
    event.preventDefault();
    take(text.trim());
    const field = form.current?.querySelector('input');
    if (document.activeElement === field) field?.select(); // What is read meanwhile takes this one's place.
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
    if (isBusy) return; // It stays in the field, and is used by another tap once it is known what the first one was.
    setNote('');
    setOver(used?.redemptionId);
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
        onHandOut(handOutOf(answer));
        setText((now) => (now.trim() === code ? '' : now));
      } catch (error) {
        setProblem(isUnknown(error) ? words.rewardUnknown : problemOf(error));
      }
    });
  }

  function undone(what: HandOut): void {
    setOver(undefined);
    setProblem('');
    onHandOut(what);
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
      {used && <HandOutUndo handOut={used} onUndone={undone} key={used.redemptionId} />}
    </form>
  );
}

type Used = components['schemas']['UseRewardCodeResponse'];

function handOutOf(used: Used): HandOut {
  const { programId, userId, redemptionId, rewardId, rewardCode, rewardDescription: title, points, redeemedAt, usedAt } = used;
  const program = programOf(programId);
  const said = handOut(title, program, program?.rewards?.find((each) => each.rewardId === rewardId));
  const until = undoUntil(rewardCode, Date.parse(usedAt) - Date.parse(redeemedAt));
  return { programId, userId, redemptionId, title, points, said, way: 'code', until };
}
