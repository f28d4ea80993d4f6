/** A form whose fields are data: it keeps what is typed, says what is wrong, and saves once. */

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Problem } from '../../../../shared/api/client.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { failureText } from '../failure-text.ts';
import type { Faults } from '../faults.ts';
import { useWrite } from '../../ui/use-write.ts';
import { answersOf, faultsOfForm, type Answers, type FormField as Shape, type Typed } from './fields.ts';
import { FormField } from './form-field.tsx';

export type WriteHeaders = { readonly 'Idempotency-Key': string };

interface Props {
  /** Which fields there are may depend on what is typed. */
  readonly fields: (typed: Typed) => readonly Shape[];
  readonly typed: Typed;
  readonly submit: string;
  /** What is said once it is saved. */
  readonly done: string;
  readonly save: (answers: Answers, headers: WriteHeaders) => Promise<void>;
  /** What is wrong with fields that are right each alone. */
  readonly check?: (answers: Answers) => Faults;
  /** The field of the form that a field of the API is; without, the last part of its name. */
  readonly placeOf?: (field: string) => string;
  /** What stands beside the form: of what was typed, or `null` while something of it is wrong. */
  readonly beside?: (answers: Answers | null) => ComponentChildren;
}

const lastPart = (field: string): string => /[^.[\]]+$/.exec(field)?.[0] ?? field;
const isEmpty = (faults: Faults): boolean => Object.keys(faults).length === 0;

export function EditForm(props: Props) {
  const { submit, done, save, check, placeOf = lastPart, beside } = props;
  const [typed, setTyped] = useState(props.typed);
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<Faults>({});
  const [isDone, setDone] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, clear, send } = useWrite();

  const fields = props.fields(typed);
  const each = faultsOfForm(fields, typed, locale);
  const read = isEmpty(each) ? answersOf(fields, typed, locale) : null;
  const own = read && check ? check(read) : each;
  const answers = isEmpty(own) ? read : null;
  const faults = { ...refused, ...(isTried ? own : {}) };

  function change(name: string, value: string): void {
    setTyped((before) => ({ ...before, [name]: value }));
    setRefused({});
    setDone(false);
    clear();
  }

  function submitted(event: Event): void {
    event.preventDefault();
    setTried(true);
    setDone(false);
    if (!answers) return focusFirst();
    send(typed, async (headers) => {
      try {
        await save(answers, headers);
        setTried(false);
        setDone(true);
      } catch (failure) {
        if (!land(failure)) throw failure;
      }
    });
  }

  /** Show a refusal at its fields. Return whether it has some here. */
  function land(failure: unknown): boolean {
    const named = failure instanceof Problem ? Object.keys(failure.details['fields'] ?? {}) : [];
    const here = named.map(placeOf).filter((name) => fields.some((field) => field.name === name));
    setRefused(Object.fromEntries(here.map((name) => [name, 'refused'])));
    if (here.length > 0) focusFirst();
    return here.length > 0;
  }

  /** After the faults are drawn. */
  function focusFirst(): void {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  const drawn = (
    <form class="panel" noValidate onSubmit={submitted} ref={form} aria-busy={isBusy}>
      {fields.map((field) => (
        <FormField
          field={field}
          value={typed[field.name] ?? ''}
          fault={faults[field.name]}
          onInput={(value) => change(field.name, value)}
          key={field.name}
        />
      ))}
      <p class="problem" role="alert">
        {error === undefined ? '' : failureText(error)}
      </p>
      <div class="line">
        <button type="submit" aria-disabled={isBusy}>
          {submit}
        </button>
        <p role="status">{isDone ? done : ''}</p>
      </div>
    </form>
  );
  if (!beside) return drawn;
  return (
    <div class="with-preview">
      {drawn}
      {beside(answers)}
    </div>
  );
}
