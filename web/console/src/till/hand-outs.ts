/** A reward that was handed out here last, and how that is taken back. */

import { ask } from '../../../shared/api/client.ts';
import { isOurRewardCode } from '../../../shared/lib/which-code.ts';
import { store } from '../access.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';
import { onCard } from './on-card.ts';

/** So long who has handed a reward out can take that back. */
const UNDO_MS = 15 * 60_000;

export interface HandOut {
  readonly programId: string;
  readonly userId: string;
  readonly redemptionId: string;
  readonly title: string;
  readonly points: number;
  /** What the person at the till does now. */
  readonly said: string;
  /** Whether the customer has shown the code of the reward, or it was redeemed here. */
  readonly way: 'code' | 'here';
  /** Whose it is, if that is known. */
  readonly name?: string;
  /** Milliseconds since 1970: until when it can be taken back; 0 for never. */
  readonly until: number;
  /** What came back, once it was taken back. */
  readonly undone?: Undone;
}

interface Undone {
  readonly given: number;
  readonly balance: number;
}

/**
 * `age` is how long the reward was redeemed before it was handed out: it counts from there. A code of somebody
 * else's, such as a cinema's, works there for whoever has seen it: it does not come back.
 */
export const undoUntil = (code: string, age = 0): number =>
  isOurRewardCode(code) ? Date.now() - age + UNDO_MS : 0;

/** Whose last hand-out it is: of this customer, in this program. */
export const isOf = (handOut: HandOut | undefined, userId: string | undefined, programId?: string): boolean =>
  handOut !== undefined && handOut.userId === userId && (programId === undefined || handOut.programId === programId);

export async function takeBackHandOut(handOut: HandOut, key: string): Promise<HandOut> {
  const { programId, userId, redemptionId } = handOut;
  const body = { programId, userId, redemptionId };
  const headers = { 'Idempotency-Key': key };
  const answer = await ask((api, signal) => api.POST('/cancelRedemption', { body, headers, signal }));
  return { ...handOut, undone: { given: answer.pointsReturned, balance: answer.newBalance } };
}

/** Return what is to be done: hand it over, or not any more. */
export function sentenceOf({ said, undone, title, programId }: HandOut): string {
  if (!undone) return said;
  const program = programOf(programId);
  const now = program ? onCard(undone.balance, program) : String(undone.balance);
  return t().till.handOut.undone(written(undone.given, programId), now, title);
}

/** Points of a program that has been closed since are still points. */
export function written(points: number, programId: string): string {
  const program = programOf(programId);
  return program ? amount(points, program) : String(points);
}

export const programOf = (programId: string): Program | undefined =>
  store.value?.programs.find((each) => each.programId === programId);
