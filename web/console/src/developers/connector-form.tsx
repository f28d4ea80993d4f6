/** The form of one connector. What is typed into it is sent once, and secrets are never shown again. */

import { useState } from 'preact/hooks';
import { useAction } from '../../../shared/lib/use-action.ts';
import { useUnsaved } from '../ui/unsaved.ts';
import { t } from '../words.ts';
import { ConnectorField } from './connector-field.tsx';
import { FailedThere } from './failed-there.tsx';
import type { FormOf } from './form-of.ts';
import { hintOf } from './hints.ts';
import { refusedFields, RefusedWhole } from './refused-fields.tsx';
import { readValues, type Typed } from './typed.ts';

export type Values = Readonly<Record<string, unknown>>;

interface Props {
  readonly form: FormOf;
  readonly send: (values: Values) => Promise<void>;
}

export function ConnectorForm({ form, send }: Props) {
  const [typed, setTyped] = useState<Typed>({});
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({});
  const [done, setDone] = useState('');
  const { isBusy, error, run } = useAction();
  useUnsaved(Object.values(typed).some(Boolean));
  const words = t().developers.connections;
  const needed = form.fields.filter((each) => each.isRequired);
  const others = form.fields.filter((each) => !each.isRequired);

  function submit(event: Event): void {
    event.preventDefault();
    setDone('');
    const read = readValues(form.fields, typed);
    setProblems(Object.fromEntries(Object.entries(read.doubts).map(([name, doubt]) => [name, words.doubts[doubt]])));
    if (Object.keys(read.doubts).length > 0) return;
    run(async () => {
      try {
        await send(read.values);
      } catch (failure) {
        setProblems(refusedFields(failure, form.fields));
        throw failure;
      }
      setTyped({});
      setDone(words.connected);
    });
  }

  const field = (each: FormOf['fields'][number]) => (
    <ConnectorField
      field={each}
      value={typed[each.name]}
      problem={problems[each.name]}
      onInput={(value) => setTyped((before) => ({ ...before, [each.name]: value }))}
      key={each.name}
    />
  );
  return (
    <form class="stack" noValidate autoComplete="off" onSubmit={submit}>
      <p class="quiet">{hintOf(form.about)}</p>
      {needed.map(field)}
      {others.length > 0 && (
        <details open={needed.length === 0}>
          <summary>{words.optional}</summary>
          <div class="stack">{others.map(field)}</div>
        </details>
      )}
      <RefusedWhole error={error} fields={form.fields} />
      {error !== undefined && <FailedThere error={error} />}
      <button type="submit" aria-disabled={isBusy}>
        {words.connect}
      </button>
      <p role="status">{done}</p>
    </form>
  );
}
