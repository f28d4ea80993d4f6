/** The one door to the API: every failure becomes a `Problem` with one of a few kinds. */

import createClient from 'openapi-fetch';
import { idToken } from '../firebase/session.ts';
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

const client = createClient<paths>({ baseUrl: '/api/v1' });
client.use({
  async onRequest({ request }) {
    const token = await idToken();
    if (token) request.headers.set('Authorization', `Bearer ${token}`);
    for (const [name, value] of Object.entries(further())) request.headers.set(name, value);
    return request;
  },
});

type Refusal = { error?: string; requestId?: string; details?: Record<string, unknown> };
type Result<T> = { data?: T; error?: unknown; response: Response };

/** Return what a call answers: `ask((api, signal) => api.POST('/enrollInLoyaltyProgram', ...))`. */
export async function ask<T>(
  call: (api: typeof client, signal: AbortSignal) => Promise<Result<T>>,
): Promise<T> {
  let result: Result<T>;
  try {
    result = await call(client, AbortSignal.timeout(TIMEOUT_MS));
  } catch {
    throw new Problem('offline');
  }
  if (result.data !== undefined) return result.data;
  const body = (result.error ?? {}) as Refusal;
  throw new Problem(kindOf(result.response.status), body.error, body.requestId, body.details);
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
