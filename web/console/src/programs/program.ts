/** A program as its page has it, and how it is changed. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { refreshStore } from '../access.ts';
import { changedOf, isEmpty } from '../ui/changed.ts';
import type { Look } from './face.ts';

type Schemas = components['schemas'];
export type Program = Schemas['Program'];
export type Changes = Omit<Schemas['UpdateLoyaltyProgramRequest'], 'programId'>;

export interface PartProps {
  readonly program: Program;
  /**
   * Read the program again. What is saved is not told before that is over: who opens the form again
   * would find in it what stood there before.
   */
  readonly onChanged: () => Promise<void>;
}

export async function readProgram(programId: string): Promise<Program> {
  const query = { programId };
  return (await ask((api, signal) => api.GET('/getLoyaltyProgram', { params: { query }, signal }))).program;
}

/** What the API merges: of the others, each is told as a whole. */
const MERGED = ['rules', 'branding', 'checkInLimit', 'receiptClaims', 'tierPolicy'] as const;

/** Only what the form has changed is sent: somebody else may have changed the rest meanwhile. */
export async function updateProgram(
  { programId, storeId }: Program,
  before: Changes,
  after: Changes,
  headers: { readonly 'Idempotency-Key': string },
): Promise<void> {
  const changes = changedOf(before, after, MERGED);
  if (isEmpty(changes)) return;
  const body = { programId, ...changes };
  await ask((api, signal) => api.POST('/updateLoyaltyProgram', { body, headers, signal }));
  await refreshStore(storeId); // The till takes the open programs from there.
}

export function lookOf({ programName, programType, description, rules, branding, currency }: Program): Look {
  return {
    programName,
    programType,
    description,
    rules,
    color: branding.color ?? null,
    logo: branding.logo ?? null,
    currency,
  };
}
