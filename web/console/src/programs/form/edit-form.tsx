/** A form whose fields are data: it keeps what is typed, says what is wrong, and saves once. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { locale } from '../../../../shared/i18n/format.ts';
import type { Faults } from '../faults.ts';
import { answersOf, faultsOfForm, type Answers, type FormField as Shape, type Typed } from './fields.ts';
import { p } from '../words.ts';
import { FormField } from './form-field.tsx';
import { FormFoot } from './form-foot.tsx';
import { Question } from './question.tsx';
import { useForm, type WriteHeaders } from './use-form.ts';

interface Props {
  /** Which fields there are may depend on what is typed. */
  readonly fields: (typed: Typed) => readonly Shape[];
  readonly typed: Typed;
  readonly submit: string;
  /** What is said once it is saved. */
  readonly done: string;
  /** Send what differs from `before`: the form as it was opened, or saved last. */
  readonly save: (answers: Answers, headers: WriteHeaders, before: Answers) => Promise<void>;
  /** What comes next, if that is not this form. */
  readonly onSaved?: () => void;
  /** What is wrong with fields that are right each alone. */
  readonly check?: (answers: Answers) => Faults;
  /** The field of the form that a field of the API is; without, the last part of its name. */
  readonly placeOf?: (field: string) => string;
  /** What is typed in words, before the button: it is shown while nothing is wrong. */
  readonly summary?: (answers: Answers) => string;
  /** What is asked before it is sent; empty if nothing is. */
  readonly question?: (answers: Answers) => string;
  /** What stands beside the form: of what was typed, or `null` while something of it is wrong. */
  readonly beside?: (answers: Answers | null) => ComponentChildren;
}

export const lastPart = (field: string): string => /[^.[\]]+$/.exec(field)?.[0] ?? field;
const isEmpty = (faults: Faults): boolean => Object.keys(faults).length === 0;

/** What was typed and taken away again is as if it had not been. */
const filledIn = (typed: Typed): readonly (readonly [string, string])[] =>
  Object.entries(typed)
    .filter(([, value]) => value !== '')
    .sort();

/** Return what is neither saved nor being saved: of that the page reads how it is written there, such as without an empty line. */
const touchedOf = (typed: Typed, saved: Typed, sent: Typed): Typed =>
  Object.fromEntries(
    Object.entries(typed).filter(([name, value]) => value !== (saved[name] ?? '') && value !== sent[name]),
  );

export function EditForm(props: Props) {
  const { submit, done, save, onSaved, check, placeOf = lastPart, summary, question, beside } = props;
  const [typed, setTyped] = useState(props.typed);
  const [asked, setAsked] = useState('');
  const sent = useRef<Typed>({});
  const fields = props.fields(typed);
  const each = faultsOfForm(fields, typed, locale);
  const read = answersOf(fields, typed, locale);
  const answersFrom = (one: Typed): Answers => answersOf(props.fields(one), one, locale);
  const own = isEmpty(each) && check ? check(read) : each;

  const form = useForm({
    content: filledIn(typed),
    faults: own,
    save: async (headers, before) => {
      sent.current = typed;
      try {
        await save(read, headers, answersFrom(Object.fromEntries(before)));
      } catch (failure) {
        sent.current = {};
        throw failure;
      }
    },
    placeOf: (field) => fields.find(({ name }) => name === placeOf(field))?.name ?? null,
    onSaved,
  });

  // What others have saved comes with the next read; what is typed here stays.
  const standing = filledIn(props.typed);
  useEffect(() => {
    setTyped((now) => ({ ...props.typed, ...touchedOf(now, Object.fromEntries(form.saved), sent.current) }));
    form.took(standing);
  }, [JSON.stringify(standing)]);

  function change(name: string, value: string): void {
    setTyped((before) => ({ ...before, [name]: value }));
    setAsked('');
    form.touched();
  }

  function send(event: Event): void {
    event.preventDefault();
    const toAsk = isEmpty(own) && asked === '' ? (question?.(read) ?? '') : '';
    setAsked(toAsk);
    if (toAsk === '') form.submit(event);
  }

  const drawn = (
    <form class="panel" noValidate onSubmit={send} ref={form.element} aria-busy={form.isBusy}>
      {fields.map((field) => (
        <FormField
          field={field}
          value={typed[field.name] ?? ''}
          fault={form.faults[field.name]}
          onInput={(value) => change(field.name, value)}
          key={field.name}
        />
      ))}
      {summary && isEmpty(own) && <p class="in-words">{summary(read)}</p>}
      {asked !== '' && <Question text={asked} yes={p().terms.meant} onNo={() => setAsked('')} />}
      {asked === '' && <FormFoot form={form} submit={submit} done={done} />}
    </form>
  );
  if (!beside) return drawn;
  return (
    <div class="with-preview">
      {drawn}
      {beside(isEmpty(own) ? read : null)}
    </div>
  );
}
