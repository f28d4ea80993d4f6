/** Change what a profile says. Only what differs is sent; an empty field removes a value. */

import { useState } from 'preact/hooks';
import { ask, Problem } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import type { Member } from '../people.ts';
import { DayField } from '../ui/day-field.tsx';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { NotDone } from './not-done.tsx';
import { useIntention } from '../ui/use-intention.ts';

const FIELDS = ['firstName', 'lastName', 'email', 'phone', 'customerNumber', 'birthday'] as const;
type Name = (typeof FIELDS)[number];
type Values = Readonly<Record<Name, string>>;

interface Props {
  readonly member: Member;
  readonly onDone: (hasChanged: boolean) => void;
}

export function ProfileForm({ member, onDone }: Props) {
  const [values, setValues] = useState<Values>(() => valuesOf(member));
  const [isSubscribed, setSubscribed] = useState(member.newsletter?.subscribed ?? false);
  const [problems, setProblems] = useState<Partial<Values>>({});
  const { isBusy, error, run } = useAction();
  const carryOut = useIntention();
  const words = t().member;
  const labels: Values = {
    firstName: words.firstName,
    lastName: words.lastName,
    email: words.email,
    phone: words.phone,
    customerNumber: words.number,
    birthday: words.birthday,
  };

  function submit(event: Event): void {
    event.preventDefault();
    const changes = changesOf(member, values, isSubscribed);
    setProblems({});
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
        const found = problemsOf(failure);
        setProblems(found);
        if (Object.keys(found).length === 0) throw failure;
      }
    });
  }

  return (
    <form class="stack" noValidate onSubmit={submit}>
      {FIELDS.map((name) => {
        const OneField = name === 'birthday' ? DayField : Field;
        return (
          <OneField
            key={name}
            label={labels[name]}
            problem={problems[name]}
            value={values[name]}
            onInput={(value) => setValues((before) => ({ ...before, [name]: value }))}
          />
        );
      })}
      <label class="tick">
        <input type="checkbox" checked={isSubscribed} onChange={() => setSubscribed(!isSubscribed)} />
        {words.wantsNewsletter}
      </label>
      {isSubscribed && !member.newsletter?.subscribed && <p class="quiet">{words.newsletterNote}</p>}
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

function valuesOf(member: Member): Values {
  return Object.fromEntries(FIELDS.map((name) => [name, member[name] ?? ''])) as Record<Name, string>;
}

function changesOf(member: Member, values: Values, isSubscribed: boolean): Record<string, unknown> {
  const changed = FIELDS.filter((name) => values[name].trim() !== (member[name] ?? ''));
  const changes = Object.fromEntries(changed.map((name) => [name, values[name].trim() || null]));
  const wasSubscribed = member.newsletter?.subscribed ?? false;
  return { ...changes, ...(isSubscribed !== wasSubscribed && { newsletter: { subscribed: isSubscribed } }) };
}

/** Return which fields the API has refused: those that are wrong, or that another member has. */
function problemsOf(error: unknown): Partial<Values> {
  if (!(error instanceof Problem)) return {};
  const { fields } = error.details;
  const names = Array.isArray(fields) ? fields : Object.keys(fields ?? {});
  const sentence = error.code === 'MEMBER_EXISTS' ? t().member.taken : t().member.wrong;
  return Object.fromEntries(FIELDS.filter((name) => names.includes(name)).map((name) => [name, sentence]));
}
