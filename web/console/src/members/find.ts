/** Find members by whatever somebody types: a name, or what only one person has. */

import { ask, Problem } from '../../../shared/api/client.ts';
import { wayOf, type Way } from '../../../shared/lib/who.ts';
import { identify, type Member } from '../people.ts';

export interface Found {
  readonly rows: readonly Member[];
  readonly nextCursor: string | null;
}

const NOBODY: Found = { rows: [], nextCursor: null };
const NAMES_LIMIT = 20;
const NAME_CHARS_MAX = 100;

/** Return who has a name that begins with these words. */
export async function named(name: string, cursor: string | null = null): Promise<Found> {
  const body = { name: name.slice(0, NAME_CHARS_MAX), limit: NAMES_LIMIT, cursor };
  const page = await ask((api, signal) => api.POST('/listMembers', { body, signal }));
  return { rows: page.members, nextCursor: page.nextCursor };
}

/**
 * Return who is meant. What may be a name is tried as one, and as what else it may be: customer
 * numbers may be letters alone, a long name that begins with S looks like a code, and a name may
 * have a digit.
 */
export async function find(text: string): Promise<Found> {
  const way = wayOf(text);
  if (way === null) return NOBODY;
  if (!('customerNumber' in way || 'memberCode' in way)) return one(way);
  const hasDigit = /\p{N}/u.test(text);
  if (hasDigit && 'memberCode' in way) return one(way);
  const first = hasDigit ? await one(way) : await byName(text);
  if (first.rows.length > 0) return first;
  return hasDigit ? byName(text) : one(way);
}

async function one(way: Way): Promise<Found> {
  try {
    return { rows: [await identify(way)], nextCursor: null };
  } catch (error) {
    if (error instanceof Problem && (error.kind === 'notFound' || isOfPart(error))) return NOBODY;
    throw error;
  }
}

/** The beginning of an address is none: the API refuses it, as nobody can have it. */
const isOfPart = (error: Problem): boolean => error.code === 'INVALID_PARAMETERS';

/** What has no letter and no digit is nobody's name. */
async function byName(text: string): Promise<Found> {
  return /[\p{L}\p{N}]/u.test(text) ? named(text.trim()) : NOBODY;
}
