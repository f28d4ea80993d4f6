/** One field of a connector's form. */

import { useId } from 'preact/hooks';
import { t } from '../words.ts';
import type { FieldOf } from './form-of.ts';
import { hintOf, labelOf } from './hints.ts';

interface Props {
  readonly field: FieldOf;
  readonly value: string | boolean | undefined;
  readonly problem: string | undefined;
  readonly onInput: (value: string | boolean) => void;
}

export function ConnectorField({ field, value, problem, onInput }: Props) {
  const id = useId();
  const words = t().developers.connections;
  const described = {
    id,
    'aria-describedby': `${id}-hint ${id}-problem`,
    'aria-invalid': problem ? true : undefined,
  };
  const text = typeof value === 'string' ? value : '';
  const preset = field.preset === undefined ? undefined : words.preset(typeof field.preset === 'string' ? field.preset : JSON.stringify(field.preset));
  return (
    <div class="field">
      <label for={id}>{labelOf(field.name)}</label>
      {field.kind === 'choice' && (
        <select {...described} value={text} onChange={(event) => onInput(event.currentTarget.value)}>
          <option value="">{preset ?? words.choose}</option>
          {field.choices?.map((each) => <option key={each}>{each}</option>)}
        </select>
      )}
      {field.kind === 'boolean' && (
        <input
          {...described}
          type="checkbox"
          class="tick"
          checked={value === true}
          onChange={(event) => onInput(event.currentTarget.checked)}
        />
      )}
      {field.kind === 'file' && (
        <input {...described} type="file" onChange={(event) => void read(event.currentTarget.files?.[0]).then(onInput)} />
      )}
      {field.kind === 'json' && (
        <textarea {...described} rows={4} value={text} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
      {field.kind === 'secret' && (
        <input
          {...described}
          type="password"
          autoComplete="new-password"
          value={text}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      {(field.kind === 'text' || field.kind === 'integer') && (
        <input
          {...described}
          type="text"
          inputMode={field.kind === 'integer' ? 'numeric' : 'text'}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          value={text}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      <p id={`${id}-hint`} class="quiet">
        {field.hint !== undefined && hintOf(field.hint)} {field.kind !== 'choice' && field.kind !== 'boolean' && preset}
      </p>
      <p id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}

/** Return a file in base64; nothing if none is chosen. */
async function read(file: File | undefined): Promise<string> {
  if (!file) return '';
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
