/** Forms of providers and systems, as `scripts/forms.mjs` reads them from the connectors' schemas. */

export type SystemKind = 'psp' | 'pos' | 'erp' | 'shop';

export interface FieldOf {
  /** As the API calls it. */
  readonly name: string;
  readonly kind: 'text' | 'secret' | 'choice' | 'boolean' | 'integer' | 'file' | 'json';
  readonly isRequired: boolean;
  readonly choices?: readonly string[];
  /** Whether the choices are numbers. */
  readonly isNumber?: boolean;
  readonly preset?: unknown;
  /** In the API's English. */
  readonly hint?: string;
}

export interface FormOf {
  readonly about: string;
  readonly fields: readonly FieldOf[];
}

export type Forms = Readonly<Record<SystemKind, Readonly<Record<string, FormOf>>>>;
