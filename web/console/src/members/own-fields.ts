/** The fields that an account has added to profiles: what they are, and their values as text. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { calendarDay, locale } from '../../../shared/i18n/format.ts';
import { may } from '../access.ts';
import { t } from '../words.ts';

export type OwnField = components['schemas']['CustomField'];
export type OwnValue = string | number | boolean;

const DECIMALS_MAX = 4;

/** Return the fields, as far as the role may ask: others see values by their names. */
export async function readOwnFields(): Promise<readonly OwnField[]> {
  if (!may('configureMembers')) return [];
  return (await ask((api, signal) => api.POST('/configureMembers', { body: {}, signal }))).customFields;
}

export const nameOfField = (field: OwnField): string => field.label ?? field.name;

/** Return a value as a form has it; an empty text for none. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') {
    const options = { maximumFractionDigits: DECIMALS_MAX, useGrouping: false } as const;
    return new Intl.NumberFormat(locale, options).format(value);
  }
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : '';
}

/** Return a value as people read it. */
export function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? t().member.yes : t().member.no;
  const text = textOf(value);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? calendarDay(text) : text;
}

/** Return what a form has as a value, `null` for none, `undefined` for what is none of its type. */
export function valueOf(text: string, field: OwnField): OwnValue | null | undefined {
  const trimmed = text.trim();
  if (!trimmed) return null;
  if (field.type === 'boolean') return trimmed === 'true';
  if (field.type !== 'number') return trimmed;
  return /^-?\d{1,13}([.,]\d{1,4})?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : undefined;
}
