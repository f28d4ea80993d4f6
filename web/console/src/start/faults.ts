/** Which of what the API tells needs attention. Pure. */

interface Webhook {
  readonly url: string | null;
  readonly kind: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly disabledReason: string | null;
  readonly failingSince: string | null;
}

/** `since` is `null` if messages were stopped. */
export interface WebhookFault {
  readonly target: string;
  readonly since: string | null;
}

/** Return the endpoints that fail, and those that were stopped for it; what the owner stopped is meant. */
export function webhookFaults(webhooks: readonly Webhook[]): readonly WebhookFault[] {
  return webhooks
    .filter((each) => (each.isEnabled ? each.failingSince !== null : each.disabledReason !== 'owner'))
    .map((each) => ({
      target: each.url === null ? each.description || each.kind : hostOf(each.url),
      since: each.isEnabled ? each.failingSince : null,
    }));
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

type Kind = 'pos' | 'erp' | 'shop';

interface System {
  readonly kind: Kind;
  readonly system: string;
  readonly isConfigured: boolean;
  readonly lastSync: { readonly state: string; readonly startedAt: string; readonly finishedAt: string | null } | null;
}

export interface SyncFailure {
  readonly kind: Kind;
  readonly system: string;
  readonly at: string;
}

/** Whoever has disconnected a system needs nothing of it any more. */
export function syncFailures(systems: readonly System[]): readonly SyncFailure[] {
  return systems.flatMap(({ kind, system, isConfigured, lastSync }) =>
    isConfigured && lastSync?.state === 'failed' ? [{ kind, system, at: lastSync.finishedAt ?? lastSync.startedAt }] : [],
  );
}

const REFUSED_MIN = 10;
const REFUSED_SHARE = 0.2;

/** Some check-ins are refused in each store, by people who come twice or stand too far away. Many
 * of them, next to those that were accepted, look like somebody who tries something. */
export function areUnusual(refused: number, accepted: number): boolean {
  return refused >= REFUSED_MIN && refused > REFUSED_SHARE * (refused + accepted);
}

interface Return {
  readonly userId: string;
  readonly refundId: string;
  readonly transactionId: string;
  readonly since: string;
}

/** A return may wait in each program of its purchase: it is one all the same. The longest wait comes first. */
export function returnsOnce<T extends Return>(returns: readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const each of [...returns].sort((one, other) => (one.since < other.since ? -1 : 1))) {
    const name = JSON.stringify([each.userId, each.transactionId, each.refundId]);
    if (!found.has(name)) found.set(name, each);
  }
  return [...found.values()];
}
