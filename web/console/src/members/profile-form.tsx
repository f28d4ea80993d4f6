/** Change what a profile says. Only what differs is sent; an empty field removes a value. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Member } from '../people.ts';
import { useUnsaved } from '../ui/unsaved.ts';
import { useIntention } from '../ui/use-intention.ts';
import { t } from '../words.ts';
import { NotDone } from './not-done.tsx';
import type { OwnField } from './own-fields.ts';
import { changesOf, hasChanged, problemsOf, ProfileFields, valuesOf, type Values } from './profile-fields.tsx';

interface Props {
  readonly member: Member;
  readonly own: readonly OwnField[];
  readonly onDone: (hasChanged: boolean) => void;
}

export function ProfileForm({ member, own, onDone }: Props) {
  const [values, setValues] = useState<Values>(() => valuesOf(member));
  const [before] = useState(values); // What others change meanwhile stays.
  const [wasSubscribed] = useState(member.newsletter?.subscribed ?? false);
  const [isSubscribed, setSubscribed] = useState(wasSubscribed);
  const [problems, setProblems] = useState<Values>({});
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  useUnsaved(hasChanged(before, values) || isSubscribed !== wasSubscribed);
  const words = t().member;

  function submit(event: Event): void {
    event.preventDefault();
    const { changes, problems: wrong } = changesOf(before, values, own);
    if (isSubscribed !== wasSubscribed) changes['newsletter'] = { subscribed: isSubscribed };
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) return;
    if (Object.keys(changes).length === 0) {
      onDone(false);
      return;
    }
    run(async () => {
      const body = { userId: member.userId, ...changes };
      try {
        await carryOut(body, (key) =>
          ask((api, signal) =>
            api.POST('/updateMember', { body, headers: { 'Idempotency-Key': key }, signal }),
          ),
        );
        onDone(true);
      } catch (failure) {
        const found = problemsOf(failure, own);
        setProblems(found);
        if (Object.keys(found).length === 0) throw failure;
      }
    });
  }

  return (
    <form class="stack" noValidate onSubmit={submit}>
      <ProfileFields
        values={values}
        problems={problems}
        own={own}
        onInput={(name, value) => setValues((before) => ({ ...before, [name]: value }))}
      />
      <label class="tick">
        <input type="checkbox" checked={isSubscribed} onChange={() => setSubscribed(!isSubscribed)} />
        {words.wantsNewsletter}
      </label>
      {isSubscribed && !wasSubscribed && <p class="quiet">{words.newsletterNote}</p>}
      <NotDone error={error} />
      <div class="row start">
        <button type="submit" aria-disabled={isBusy}>
          {words.save}
        </button>
        <button type="button" class="plain" onClick={() => onDone(false)}>
          {words.cancel}
        </button>
      </div>
    </form>
  );
}
