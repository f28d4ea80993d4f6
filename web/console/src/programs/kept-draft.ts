/** The draft of a store in this browser. It survives a reload, and is dropped once the program is there. */

import { NUMBERS_FIRST, type Draft } from './draft.ts';

const PREFIX = 'punktwerk.console.draft.';

export function recallDraft(storeId: string): Draft | undefined {
  try {
    const text = localStorage.getItem(PREFIX + storeId);
    const kept = text === null ? undefined : (JSON.parse(text) as Partial<Draft>);
    if (!kept?.draftId || !kept.numbers || !kept.levels) return undefined;
    // What an older console has kept lacks what it did not ask for.
    const { furthest = 'type', hasVisits = false } = kept;
    return { ...(kept as Draft), furthest, hasVisits, numbers: { ...NUMBERS_FIRST, ...kept.numbers } };
  } catch {
    return undefined;
  }
}

export function keepDraft(storeId: string, draft: Draft): void {
  try {
    localStorage.setItem(PREFIX + storeId, JSON.stringify(draft));
  } catch {
    // Without storage a reload begins anew.
  }
}

export function dropDraft(storeId: string): void {
  try {
    localStorage.removeItem(PREFIX + storeId);
  } catch {
    // Nothing can have been kept.
  }
}
