/** Make a member: the profile, and the cards that the person gets at once. */

import { useRef, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { go, staying } from '../../../shared/lib/router.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { may, store } from '../access.ts';
import { enroll } from '../people.ts';
import { useIntention } from '../ui/use-intention.ts';
import { useUnsaved } from '../ui/unsaved.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { linkTo } from './member-table.tsx';
import { NotDone } from './not-done.tsx';
import { readOwnFields } from './own-fields.ts';
import { changesOf, hasChanged, problemsOf, ProfileFields, type Values } from './profile-fields.tsx';

export function NewMember({ onLeave }: { readonly onLeave: () => void }) {
  const programs = may('enrollInLoyaltyProgram') ? (store.value?.programs ?? []) : [];
  const [joined, setJoined] = useState<readonly string[]>(programs.length === 1 ? programs.map(idOf) : []);
  const [values, setValues] = useState<Values>({});
  const [isSubscribed, setSubscribed] = useState(false);
  const [problems, setProblems] = useState<Values>({});
  const [missing, setMissing] = useState('');
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const settle = useUnsaved(hasChanged({}, values));
  /** Who was made already, where only a card has failed. */
  const made = useRef<string | undefined>(undefined);
  const own = useRead(readOwnFields, []).value ?? [];
  const words = t().member;

  function submit(event: Event): void {
    event.preventDefault();
    const { changes, problems: wrong } = changesOf({}, values, own);
    setProblems(wrong);
    const isNamed = ['firstName', 'lastName', 'email', 'phone', 'customerNumber'].some((each) => changes[each]);
    setMissing(isNamed ? '' : words.newEmpty);
    if (Object.keys(wrong).length > 0 || !isNamed) return;
    const newsletter = isSubscribed && { newsletter: { subscribed: true } };
    const body = { ...changes, ...newsletter, ...(store.value && { storeId: store.value.storeId }) };
    const isHere = staying();
    run(async () => {
      try {
        made.current ??= await carryOut(body, create);
      } catch (failure) {
        const found = problemsOf(failure, own);
        setProblems(found);
        if (Object.keys(found).length === 0) throw failure;
        return;
      }
      for (const programId of joined) await enroll(made.current, programId);
      settle();
      if (isHere()) go(linkTo(made.current));
    });
    async function create(key: string): Promise<string> {
      const answer = await ask((api, signal) =>
        api.POST('/createMember', { body, headers: { 'Idempotency-Key': key }, signal }),
      );
      return answer.userId;
    }
  }

  function toggle(programId: string): void {
    setJoined(joined.includes(programId) ? joined.filter((each) => each !== programId) : [...joined, programId]);
  }

  return (
    <section class="panel">
      <h2>{words.newMember}</h2>
      <form class="stack" noValidate onSubmit={submit}>
        <p class="quiet">{words.newNote}</p>
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
        {isSubscribed && <p class="quiet">{words.newsletterNote}</p>}
        {programs.length > 0 && (
          <fieldset class="stack">
            <legend>{words.newCards}</legend>
            {programs.map((each) => (
              <label class="tick" key={each.programId}>
                <input
                  type="checkbox"
                  checked={joined.includes(each.programId)}
                  onChange={() => toggle(each.programId)}
                />
                {each.programName}
              </label>
            ))}
          </fieldset>
        )}
        <p class="problem" role="alert">
          {missing}
        </p>
        <NotDone error={error} />
        <div class="row start">
          <button type="submit" aria-disabled={isBusy}>
            {words.newNow}
          </button>
          <button type="button" class="plain" onClick={onLeave}>
            {words.cancel}
          </button>
        </div>
      </form>
    </section>
  );
}

const idOf = (program: { readonly programId: string }): string => program.programId;
