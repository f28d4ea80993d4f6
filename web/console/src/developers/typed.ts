/** What is typed into a connector's form, as the API takes it. */

import type { FieldOf } from './form-of.ts';

export type Typed = Readonly<Record<string, string | boolean>>;
export type Doubt = 'empty' | 'integer' | 'json';

interface Read {
  readonly values: Readonly<Record<string, unknown>>;
  readonly doubts: Readonly<Record<string, Doubt>>;
}

/** Read a form. What is left empty is left out, so that the connector's own default holds. */
export function readValues(fields: readonly FieldOf[], typed: Typed): Read {
  const values: Record<string, unknown> = {};
  const doubts: Record<string, Doubt> = {};
  for (const field of fields) {
    const text = typed[field.name] ?? '';
    if (text === '') {
      if (field.isRequired) doubts[field.name] = 'empty';
      continue;
    }
    const read = valueOf(field, text);
    if ('doubt' in read) doubts[field.name] = read.doubt;
    else values[field.name] = read.value;
  }
  return { values, doubts };
}

function valueOf(field: FieldOf, text: string | boolean): { readonly value: unknown } | { readonly doubt: Doubt } {
  if (typeof text === 'boolean') return { value: text };
  const whole = field.kind === 'secret' ? text : text.trim();
  if (whole === '') return { doubt: 'empty' };
  if (field.kind === 'integer' || field.isNumber) {
    return /^-?[0-9]{1,15}$/.test(whole) ? { value: Number(whole) } : { doubt: 'integer' };
  }
  return field.kind === 'json' ? fromJson(whole) : { value: whole };
}

function fromJson(text: string): { readonly value: unknown } | { readonly doubt: Doubt } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { value } : { doubt: 'json' };
  } catch {
    return { doubt: 'json' };
  }
}
