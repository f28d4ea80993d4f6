/** What a person has chosen for an import: it stays while they try the file and come back. */

export interface Choices {
  /** Empty for profiles alone. */
  readonly programId: string;
  readonly ifExists: 'skip' | 'update' | 'fail';
  readonly welcomes: boolean;
  /** The fields of columns that somebody has chosen, by heading; an empty text leaves one out. */
  readonly fields: Readonly<Record<string, string>>;
}

export const EXISTING = ['skip', 'update', 'fail'] as const;
export const AT_FIRST: Choices = { programId: '', ifExists: 'skip', welcomes: false, fields: {} };
