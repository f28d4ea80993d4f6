/**
 * Read documents by Firestore's REST interface: the SDK would be larger than all else of the first
 * page. Who watches a document loads the SDK afterwards (`live.ts`).
 */

import { environment } from './environment.ts';
import { idToken } from './session.ts';

type Value = Record<string, unknown>;
export type Data = Record<string, unknown>;

export class Unreadable extends Error {
  constructor(readonly status: number) {
    super(`Firestore answered ${status}`);
  }
}

/** Return a document's fields; `null` if there is none, or it may not be read. */
export async function readDocument(path: string, asUser: boolean): Promise<Data | null> {
  const answer = await send(`/${encodePath(path)}`, asUser);
  // 400: a name that no document can have, such as `__proto__`.
  if ([400, 403, 404].includes(answer.status)) return null;
  if (!answer.ok) throw new Unreadable(answer.status);
  const found = (await answer.json()) as { fields?: Record<string, Value> };
  return decodeFields(found.fields ?? {});
}

export interface Query {
  readonly parent?: string;
  readonly collection: string;
  readonly where?: readonly [field: string, value: string];
  /** A field with whole numbers; the highest come first. */
  readonly highestBy?: string;
  readonly below?: number;
  readonly limit?: number;
}

export async function queryDocuments(query: Query): Promise<Data[]> {
  const structuredQuery = {
    from: [{ collectionId: query.collection }],
    ...(query.where && {
      where: {
        fieldFilter: {
          field: { fieldPath: query.where[0] },
          op: 'EQUAL',
          value: { stringValue: query.where[1] },
        },
      },
    }),
    ...(query.highestBy && {
      orderBy: [{ field: { fieldPath: query.highestBy }, direction: 'DESCENDING' }],
    }),
    ...(query.below !== undefined && {
      startAt: { values: [{ integerValue: String(query.below) }], before: false },
    }),
    ...(query.limit && { limit: query.limit }),
  };
  const parent = query.parent ? `/${encodePath(query.parent)}` : '';
  const answer = await send(`${parent}:runQuery`, true, { structuredQuery });
  if (!answer.ok) throw new Unreadable(answer.status);
  const rows = (await answer.json()) as { document?: { fields?: Record<string, Value> } }[];
  return rows.flatMap((row) => (row.document ? [decodeFields(row.document.fields ?? {})] : []));
}

async function send(path: string, asUser: boolean, body?: unknown): Promise<Response> {
  const { projectId, emulators } = await environment();
  const host = emulators ? `http://${emulators.firestore}` : 'https://firestore.googleapis.com';
  const token = asUser ? await idToken() : null;
  return fetch(`${host}/v1/projects/${projectId}/databases/(default)/documents${path}`, {
    method: body ? 'POST' : 'GET',
    headers: token ? { Authorization: `Bearer ${token}` } : {},
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

/** A document's id may have characters that an address has not, such as `%`. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

export function decodeFields(fields: Record<string, Value>): Data {
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, decode(each)]));
}

function decode(value: Value): unknown {
  const [kind, content] = Object.entries(value)[0] ?? ['nullValue', null];
  switch (kind) {
    case 'nullValue':
      return null;
    case 'integerValue':
      return Number(content);
    case 'timestampValue':
      return new Date(content as string);
    case 'arrayValue':
      return ((content as { values?: Value[] }).values ?? []).map(decode);
    case 'mapValue':
      return decodeFields((content as { fields?: Record<string, Value> }).fields ?? {});
    default:
      return content;
  }
}
