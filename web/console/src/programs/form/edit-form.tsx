/** A form whose fields are data: it keeps what is typed, says what is wrong, and saves once. */

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Problem } from '../../../../shared/api/client.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { failureText } from '../failure-text.ts';
import type { Faults } from '../faults.ts';
import { useWrite } from '../use-write.ts';
import { answersOf, faultsOfForm, type Answers, type FormField as Shape, type Typed } from './fields.ts';
import { FormField } from './form-field.tsx';

interface Props {
  readonly fields: readonly Shape[];
  readonly typed: Typed;
  readonly submit: string;
  /** What is said once it is saved. */
  readonly done: string;
  readonly save: (answers: Answers, headers: { readonly 'Idempotency-Key': string }) => Promise<void>;
  /** The field of the form that a field of the API is; without, the last part of its name. */
  readonly placeOf?: (field: string) => string;
  /** What stands above the button: of what was typed, if nothing of it is wrong. */
  readonly children?: (answers: Answers | null, typed: Typed) => ComponentChildren;
  readonly isNew?: boolean;
  readonly onCancel?: { readonly name: string; readonly act: () => void };
}

const lastPart = (field: string): string => /[^.[\]]+$/.exec(field)?.[0] ?? field;

export function EditForm(props: Props) {
  const { fields, submit, done, save, placeOf = lastPart, children, isNew = false, onCancel } = props;
  const [typed, setTyped] = useState(props.typed);
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<Faults>({});
  const [isDone, setDone] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, clear, send } = useWrite();

  const own = faultsOfForm(fields, typed, locale);
  const isRight = Object.keys(own).length === 0;
  const faults = { ...refused, ...(isTried ? own : {}) };
  const answers = isRight ? answersOf(fields, typed, locale) : null;

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
        if (isNew) setTyped(props.typed);
      } catch (failure) {
        if (!land(failure)) throw failure;
      }
    });
  }

  /** Show a refusal at its fields. Return whether it has some here. */
  function land(failure: unknown): boolean {
    const named = failure instanceof Problem ? Object.keys(failure.details['fields'] ?? {}) : [];
    const here = named.map(placeOf).filter((name) => fields.some((each) => each.name === name));
    setRefused(Object.fromEntries(here.map((name) => [name, 'refused'])));
    if (here.length > 0) focusFirst();
    return here.length > 0;
  }

  /** After the faults are drawn. */
  function focusFirst(): void {
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  }

  return (
    <form class="stack" noValidate onSubmit={submitted} ref={form} aria-busy={isBusy}>
      {fields.map((field) => (
        <FormField
          field={field}
          value={typed[field.name] ?? ''}
          fault={faults[field.name]}
          onInput={(value) => change(field.name, value)}
          key={field.name}
        />
      ))}
      {children?.(answers, typed)}
      <p class="problem" role="alert">
        {error === undefined ? '' : failureText(error)}
      </p>
      <div class="line">
        <button type="submit" aria-disabled={isBusy}>
          {submit}
        </button>
        {onCancel && (
          <button type="button" class="plain" onClick={onCancel.act}>
            {onCancel.name}
          </button>
        )}
        <p role="status">{isDone ? done : ''}</p>
      </div>
    </form>
  );
}
