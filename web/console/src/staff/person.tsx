/** Somebody who works for the account, and what can be changed about it. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { day } from '../../../shared/i18n/format.ts';
import { Sure } from '../../../shared/ui/sure.tsx';
import { changedOf, isEmpty } from '../ui/changed.ts';
import { Refused } from '../ui/refused.tsx';
import { useUnsaved } from '../ui/unsaved.ts';
import { useWrite } from '../ui/use-write.ts';
import { Field } from '../ui/field.tsx';
import { t } from '../words.ts';
import { oneself, placesOf, type Person } from './people.ts';
import { faultOf, RoleFields, type Given } from './role-fields.tsx';
import { isLimitable, mayChange } from './rights.ts';

interface Props {
  readonly person: Person;
  readonly onChanged: (sentence: string) => void;
}

export function PersonRow({ person, onChanged }: Props) {
  const words = t().staff;
  const own = oneself();
  return (
    <li class="person">
      <div class="row">
        <strong>{nameOf(person)}</strong>
        <span class="role">{t().shell.roles[person.role]}</span>
      </div>
      <p class="quiet">
        {[
          ...(person.userId === own.userId ? [words.you] : []),
          placesOf(person.storeIds),
          words.since(day(new Date(person.createdAt))),
        ].join(' · ')}
      </p>
      {person.isDisabled && <p class="problem">{words.paused}</p>}
      {mayChange(own, person) && (
        <details>
          <summary aria-label={`${words.change}: ${nameOf(person)}`}>{words.change}</summary>
          <Change person={person} onChanged={onChanged} />
        </details>
      )}
    </li>
  );
}

const nameOf = (person: Person): string => person.label || person.userId;

type Changes = Partial<{ label: string; role: Given['role']; storeIds: string[]; isDisabled: boolean }>;

function Change({ person, onChanged }: Props) {
  const [label, setLabel] = useState(person.label);
  const [given, setGiven] = useState<Given>({ role: person.role, storeIds: person.storeIds });
  const [problem, setProblem] = useState('');
  const { isBusy, error, again, send } = useWrite();
  const words = t().staff;
  const name = nameOf(person);
  const storeIds = isLimitable(given.role) ? [...given.storeIds] : [];
  const content: Changes = { role: given.role, storeIds, label: label.trim() || person.label };
  const [saved, setSaved] = useState<Changes>({ role: person.role, storeIds: [...person.storeIds], label: person.label });
  const changes = changedOf(saved, content);
  useUnsaved(!isEmpty(changes));

  function update(changes: Changes): void {
    const body = { userId: person.userId, ...changes };
    send(body, async (header) => {
      await ask((api, signal) => api.POST('/updateStaffMember', { body, params: { header }, signal }));
      setSaved((before) => ({ ...before, ...changes }));
      onChanged(words.changed(changes.label ?? name));
    });
  }

  function submit(event: Event): void {
    event.preventDefault();
    const fault = faultOf(given);
    setProblem(fault);
    if (fault) return;
    if (isEmpty(changes)) onChanged(words.changed(name));
    else update(changes);
  }

  function remove(): void {
    const body = { userId: person.userId };
    send({ remove: body }, async (header) => {
      await ask((api, signal) => api.POST('/removeStaffMember', { body, params: { header }, signal }));
      onChanged(words.removed(name));
    });
  }

  return (
    <>
      <form class="stack" noValidate onSubmit={submit}>
        <Field label={words.name} value={label} onInput={setLabel} isText />
        <RoleFields given={given} onGive={setGiven} problem={problem} />
        <div class="line">
          <button type="submit" aria-disabled={isBusy}>
            {words.save}
          </button>
          <button
            type="button"
            class="plain"
            aria-disabled={isBusy}
            onClick={() => update({ isDisabled: !person.isDisabled })}
          >
            {person.isDisabled ? words.resume : words.pause}
          </button>
          <Sure question={words.removeAsk(name)} yes={words.remove} look="plain" act={remove} isBusy={isBusy}>
            {words.remove}
          </Sure>
        </div>
      </form>
      <Refused error={error} again={again} />
    </>
  );
}
