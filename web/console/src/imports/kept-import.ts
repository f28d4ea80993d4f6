/** The import of this browser: what was sent and has no answer, and what runs. It outlives a reload. */

import { idempotencyKey } from '../../../shared/api/client.ts';
import { account } from '../access.ts';
import { mode } from '../mode.ts';
import type { Choices } from './choices.ts';

export interface KeptImport {
  /** The same file with the same choices: it has the same key until it is known whether it arrived. */
  readonly same: string;
  readonly key: string;
  readonly name: string;
  readonly isTrial: boolean;
  /** Not there in what an earlier version has kept. */
  readonly choices?: Choices;
  /** `null` until the API has answered. */
  readonly importId: string | null;
}

/** An import of the test mode is an example, and none of the account. */
const place = (): string => `punktwerk.console.import.${mode.value}.${account.value?.accountId ?? ''}`;

export function recallImport(): KeptImport | undefined {
  try {
    const text = localStorage.getItem(place());
    return text === null ? undefined : (JSON.parse(text) as KeptImport);
  } catch {
    return undefined;
  }
}

function keep(kept: KeptImport | undefined): void {
  try {
    if (kept) localStorage.setItem(place(), JSON.stringify(kept));
    else localStorage.removeItem(place());
  } catch {
    // Without storage a reload forgets the import; the API carries it out all the same.
  }
}

/** Note what is about to be sent, with the key of an earlier try that has no answer. */
export function beginImport(same: string, name: string, isTrial: boolean, choices: Choices): KeptImport {
  const before = recallImport();
  const key = before?.same === same && before.importId === null ? before.key : idempotencyKey();
  const kept = { same, key, name, isTrial, choices, importId: null };
  keep(kept);
  return kept;
}

export function noteImport(kept: KeptImport, importId: string): KeptImport {
  const known = { ...kept, importId };
  keep(known);
  return known;
}

export const forgetImport = (): void => keep(undefined);
