/** Add a field to profiles, or change what one is called. Its type and its name for systems stay. */

import { useState } from 'preact/hooks';
import type { OwnField } from '../members/own-fields.ts';
import { Field } from '../ui/field.tsx';
import { LinesField } from '../ui/lines-field.tsx';
import { Select } from '../ui/select.tsx';
import { useUnsaved } from '../ui/unsaved.ts';
import { t } from '../words.ts';
import { nameFor } from './names.ts';

const TYPES = ['text', 'number', 'boolean', 'date', 'choice'] as const;
type Type = (typeof TYPES)[number];

interface Props {
  /** `undefined` for a new one. */
  readonly field: OwnField | undefined;
  /** The names that are taken. */
  readonly names: readonly string[];
  readonly isBusy: boolean;
  readonly onSave: (field: OwnField, before: OwnField | undefined) => void;
  readonly onLeave: () => void;
}

export function FieldForm({ field, names, isBusy, onSave, onLeave }: Props) {
  const [label, setLabel] = useState(field?.label ?? field?.name ?? '');
  const [type, setType] = useState<Type>(field?.type ?? 'text');
  const [options, setOptions] = useState((field?.options ?? []).join('\n'));
  const [isOpen, setOpen] = useState(field?.editableBy === 'customer');
  const [problems, setProblems] = useState({ label: '', options: '' });
  const before = field?.label ?? field?.name ?? '';
  useUnsaved(label !== before || options !== (field?.options ?? []).join('\n'));
  const words = t().fields;

  function submit(event: Event): void {
    event.preventDefault();
    const lines = [...new Set(options.split('\n').map((each) => each.trim()).filter(Boolean))];
    const found = {
      label: label.trim() ? '' : words.labelEmpty,
      options: type === 'choice' && lines.length < 2 ? words.optionsFew : '',
    };
    setProblems(found);
    if (found.label || found.options) return;
    const changed: OwnField = {
      name: field?.name ?? nameFor(label, names),
      label: label.trim(),
      type,
      options: type === 'choice' ? lines : [],
      editableBy: isOpen ? 'customer' : 'merchant',
    };
    onSave(changed, field);
  }

  return (
    <form class="panel" noValidate onSubmit={submit}>
      <h2>{field ? words.changeTitle : words.add}</h2>
      <Field label={words.label} hint={words.labelHint} problem={problems.label} value={label} onInput={setLabel} isText />
      {!field && (
        <Select
          label={words.type}
          value={type}
          onInput={(value) => setType(value as Type)}
          options={TYPES.map((each) => [each, words.types[each]] as const)}
        />
      )}
      {type === 'choice' && (
        <LinesField label={words.options} problem={problems.options} value={options} onInput={setOptions} />
      )}
      <label class="tick">
        <input type="checkbox" checked={isOpen} onChange={() => setOpen(!isOpen)} />
        {words.open}
      </label>
      <div class="row start">
        <button type="submit" aria-disabled={isBusy}>
          {words.save}
        </button>
        <button type="button" class="plain" onClick={onLeave}>
          {t().member.cancel}
        </button>
      </div>
    </form>
  );
}
