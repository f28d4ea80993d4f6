/** The one door to the API: every failure becomes a `Problem` with one of a few kinds. */

import { signal } from '@preact/signals';
import createClient from 'openapi-fetch';
import { idToken } from '../firebase/session.ts';
import { isConnected } from './connection.ts';
import type { paths } from './schema.gen.ts';

export type ProblemKind =
  | 'offline'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'invalid'
  | 'rateLimited'
  | 'server';

/** A call that did nothing. `code` is stable, such as `INSUFFICIENT_BALANCE`; empty without one. */
export class Problem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly code = '',
    readonly requestId = '',
    readonly details: Readonly<Record<string, unknown>> = {},
    /** The API's own sentence, in English: for developers, where it has the words of another system. */
    readonly said = '',
  ) {
    super(code || kind);
  }
}

const TIMEOUT_MS = 20_000;

let further: () => Readonly<Record<string, string>> = () => ({});

/** Let each call have these headers as well. */
export function sendHeaders(headers: typeof further): void {
  further = headers;
}

const skew = signal(0);
/** What differs by less than this is the way of the answer, and no clock. */
const SKEW_MIN_MS = 30_000;
/** The server tells whole seconds: what is nearer to what is known is the same. */
const SKEW_STEP_MS = 2_000;

/** By how many milliseconds the server's clock is ahead of this device's, as its last answer says. */
export const clockSkew = (): number => (Math.abs(skew.value) < SKEW_MIN_MS ? 0 : skew.value);

const client = createClient<paths>({ baseUrl: '/api/v1' });
client.use({
  async onRequest({ request }) {
    const more = further(); // Those of the moment of the call: the person may switch meanwhile.
    const token = await idToken();
    if (token) request.headers.set('Authorization', `Bearer ${token}`);
    for (const [name, value] of Object.entries(more)) request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    const told = Date.parse(response.headers.get('Date') ?? '') - Date.now();
    if (Math.abs(told - skew.value) > SKEW_STEP_MS) skew.value = told;
  },
});

/** How many calls were begun, and which of them was answered last: one that gives up later says nothing of now. */
let begun = 0;
let answered = 0;

type Refusal = { error?: string; message?: string; requestId?: string; details?: Record<string, unknown> };
type Result<T> = { data?: T; error?: unknown; response: Response };

/** Return what a call answers: `ask((api, signal) => api.POST('/enrollInLoyaltyProgram', ...))`. */
export async function ask<T>(
  call: (api: typeof client, signal: AbortSignal) => Promise<Result<T>>,
): Promise<T> {
  let result: Result<T>;
  const own = ++begun;
  try {
    result = await call(client, AbortSignal.timeout(TIMEOUT_MS));
  } catch {
    if (own > answered) isConnected.value = false;
    throw new Problem('offline');
  }
  answered = Math.max(answered, own);
  isConnected.value = true;
  if (result.data !== undefined) return result.data;
  const body = (result.error ?? {}) as Refusal;
  throw new Problem(kindOf(result.response.status), body.error, body.requestId, body.details, body.message);
}

/** Tell whether a call may have booked all the same: no answer came, or none of the API's. */
export function isUnknown(error: unknown): boolean {
  return error instanceof Problem && (error.kind === 'offline' || (error.kind === 'server' && error.code === ''));
}

/** A key for one intention of the person: the same for each repetition of a call. */
export function idempotencyKey(): string {
  return crypto.randomUUID();
}

function kindOf(status: number): ProblemKind {
  switch (status) {
    case 400:
    case 413:
      return 'invalid';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return 'conflict';
    case 429:
      return 'rateLimited';
    default:
      return 'server';
  }
}
