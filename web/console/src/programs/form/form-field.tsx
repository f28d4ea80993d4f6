/** One field of a form, by its kind. */

import { useId } from 'preact/hooks';
import { Field } from '../../ui/field.tsx';
import { LinesField } from '../../ui/lines-field.tsx';
import { ColorChoice } from '../color-choice.tsx';
import { textOf } from '../fault-text.ts';
import type { Fault } from '../faults.ts';
import type { Range } from '../numbers.ts';
import { CHECKED, severalOf, type FormField as Shape } from './fields.ts';

interface Props {
  readonly field: Shape;
  readonly value: string;
  readonly fault: Fault | undefined;
  readonly onInput: (value: string) => void;
}

export function FormField({ field, value, fault, onInput }: Props) {
  const problem = textOf(fault, rangeOf(field));
  switch (field.kind) {
    case 'color':
      return <ColorChoice value={value} problem={problem} onChange={onInput} />;
    case 'check':
      return <Check field={field} value={value} onInput={onInput} />;
    case 'select':
      return <Select field={field} value={value} onInput={onInput} problem={problem} />;
    case 'several':
      return <Several field={field} value={value} onInput={onInput} problem={problem} />;
    case 'lines':
      return <LinesField label={field.label} hint={field.hint} value={value} problem={problem} onInput={onInput} />;
    case 'day':
    case 'time':
      return <Moment field={field} value={value} problem={problem} onInput={onInput} />;
    default:
      return (
        <Field
          label={field.label}
          hint={field.hint}
          problem={problem}
          value={value}
          onInput={onInput}
          isText={field.kind === 'text'}
          {...(field.kind === 'number' && { mode: field.range.digits > 0 ? 'decimal' : 'numeric' })}
        />
      );
  }
}

function rangeOf(field: Shape): Range | undefined {
  if (field.kind === 'lines') return { digits: 0, min: 0, max: field.most };
  return field.kind === 'number' ? field.range : undefined;
}

type Part<Kind> = Omit<Props, 'field' | 'fault'> & {
  readonly field: Extract<Shape, { readonly kind: Kind }>;
  readonly problem?: string;
};

function Check({ field, value, onInput }: Part<'check'>) {
  const id = useId();
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={value === CHECKED}
          aria-describedby={field.hint === undefined ? undefined : id}
          onChange={(event) => onInput(event.currentTarget.checked ? CHECKED : '')}
        />
        {field.label}
      </label>
      {field.hint !== undefined && (
        <p id={id} class="quiet">
          {field.hint}
        </p>
      )}
    </div>
  );
}

function Select({ field, value, problem, onInput }: Part<'select'>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {field.options.map((each) => (
          <option key={each.value} value={each.value}>
            {each.name}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} class="quiet">
        {field.hint}
      </p>
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

function Several({ field, value, onInput, problem }: Part<'several'>) {
  const id = useId();
  const chosen = severalOf(value);

  function choose(each: string, isChosen: boolean): void {
    const rest = chosen.filter((one) => one !== each);
    const all = isChosen ? [...rest, each] : rest;
    onInput(field.options.map((one) => one.value).filter((one) => all.includes(one)).join(','));
  }

  return (
    <fieldset class="several" aria-describedby={`${id}-problem`}>
      <legend>{field.label}</legend>
      {field.options.map((each) => (
        <label class="check" key={each.value}>
          <input
            type="checkbox"
            checked={chosen.includes(each.value)}
            aria-invalid={problem ? true : undefined}
            onChange={(event) => choose(each.value, event.currentTarget.checked)}
          />
          {each.name}
        </label>
      ))}
      {field.hint !== undefined && <p class="quiet">{field.hint}</p>}
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </fieldset>
  );
}

function Moment({ field, value, problem, onInput }: Part<'day' | 'time'>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      <input
        id={id}
        type={field.kind === 'day' ? 'date' : 'time'}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id={`${id}-hint`} class="quiet">
        {field.hint}
      </p>
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}
