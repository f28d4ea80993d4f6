/** `/console/fields`: the fields that the account has added to the profiles of its members. */

import { useState } from 'preact/hooks';
import '../members/members.css';
import { ask } from '../../../shared/api/client.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { nameOfField, readOwnFields, type OwnField } from '../members/own-fields.ts';
import { changedOf } from '../ui/changed.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { FieldForm } from './field-form.tsx';

export default function Fields() {
  const found = useRead(readOwnFields, []);
  const [edited, setEdited] = useState<OwnField | 'new'>();
  const [said, setSaid] = useState('');
  const { isBusy, error, run } = useAction();
  const words = t().fields;

  /** All are written at once, so they are read just before: somebody else may have added one. */
  function write(change: (fields: readonly OwnField[]) => readonly OwnField[], sentence: string): void {
    const written = edited;
    run(async () => {
      const customFields = [...change(await readOwnFields())];
      await ask((api, signal) => api.POST('/configureMembers', { body: { customFields }, signal }));
      setEdited((now) => (now === written ? undefined : now)); // Another form may be open by now.
      setSaid(sentence);
      found.again();
    });
  }

  function save(field: OwnField, before: OwnField | undefined): void {
    write(
      (fields) => [...(before ? fields.map((each) => (each.name === before.name ? { ...each, ...changedOf(before, field) } : each)) : [...fields, field])],
      words.saved(nameOfField(field)),
    );
  }

  const rows = found.value;
  const names = (rows ?? []).map((each) => each.name);
  return (
    <>
      <a class="back" href="/console/members">
        {t().member.back}
      </a>
      <h1 tabIndex={-1}>{words.title}</h1>
      <section class="panel" aria-busy={isBusy}>
        <p class="quiet">{words.note}</p>
        <p role="status">{said}</p>
        {!rows && found.error === undefined && <Loading />}
        {found.error !== undefined && <Failed error={found.error} retry={found.again} />}
        {rows?.length === 0 && <p>{words.none}</p>}
        <ul class="plain-list entries">
          {rows?.map((field) => (
            <li class="entry" key={field.name}>
              <span>
                <strong>{nameOfField(field)}</strong>
              </span>
              <span>{words.types[field.type]}</span>
              <span class="quiet whole">
                {[field.options.join(', '), field.editableBy === 'customer' && words.byCustomers]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {edited === undefined && (
                <div class="row start whole">
                  <button type="button" class="plain" onClick={() => setEdited(field)}>
                    {words.change}
                  </button>
                  <Sure
                    question={words.removeAsk(nameOfField(field))}
                    yes={words.removeNow}
                    look="plain"
                    isBusy={isBusy}
                    act={() =>
                      write((all) => all.filter((each) => each.name !== field.name), words.removed(nameOfField(field)))
                    }
                  >
                    {words.remove}
                  </Sure>
                </div>
              )}
            </li>
          ))}
        </ul>
        {error !== undefined && <Failed error={error} />}
        {rows && edited === undefined && (
          <div class="row start">
            <button type="button" onClick={() => setEdited('new')}>
              {words.add}
            </button>
          </div>
        )}
      </section>
      {edited !== undefined && (
        <FieldForm
          key={edited === 'new' ? '' : edited.name}
          field={edited === 'new' ? undefined : edited}
          names={names}
          isBusy={isBusy}
          onSave={save}
          onLeave={() => setEdited(undefined)}
        />
      )}
    </>
  );
}
