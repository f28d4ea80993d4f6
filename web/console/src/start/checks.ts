/** What is looked at for the start page: each check asks the API once or a few times. */

import { ask } from '../../../shared/api/client.ts';
import { counted, number } from '../../../shared/i18n/format.ts';
import { linkTo } from '../sections.ts';
import type { Store } from '../store.ts';
import { t } from '../words.ts';
import { nameOf } from '../developers/names.ts';
import { areUnusual, returnsOnce, syncFailures, webhookFaults } from './faults.ts';
import { momentIn } from './times.ts';

export interface Finding {
  readonly text: string;
  /** The page where it is mended, if the role has it. */
  readonly to: string | undefined;
}

export interface Check {
  readonly id: 'webhooks' | 'deliveries' | 'syncs' | 'shopWrites' | 'checkIns' | 'ledger' | 'returns';
  /** The actions that it calls. */
  readonly needs: readonly string[];
  readonly look: (store: Store) => Promise<readonly Finding[]>;
}

/** As many are counted; more are "10 or more". */
const COUNTED_MAX = 10;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export const CHECKS: readonly Check[] = [
  { id: 'ledger', needs: ['listEvents', 'verifyLedger'], look: brokenBooks },
  { id: 'webhooks', needs: ['listWebhookEndpoints'], look: failingWebhooks },
  { id: 'deliveries', needs: ['listWebhookDeliveries'], look: deadDeliveries },
  { id: 'syncs', needs: ['getSyncStatus'], look: failingSyncs },
  { id: 'shopWrites', needs: ['listShopWrites'], look: deadShopWrites },
  { id: 'returns', needs: ['listWaitingReturns'], look: waitingReturns },
  { id: 'checkIns', needs: ['getCheckInStats'], look: refusedCheckIns },
];

async function failingWebhooks({ storeId, timeZone }: Store): Promise<readonly Finding[]> {
  const body = { storeId };
  const { webhooks } = await ask((api, signal) => api.POST('/listWebhookEndpoints', { body, signal }));
  const words = t().start;
  return webhookFaults(webhooks).map(({ target, since }) => ({
    text: since === null ? words.webhookStopped(target) : words.webhookFailing(target, momentIn(since, timeZone)),
    to: linkTo('developers', 'webhooks'),
  }));
}

async function deadDeliveries({ storeId }: Store): Promise<readonly Finding[]> {
  const since = new Date(Date.now() - WEEK_MS).toISOString();
  const body = { storeId, state: 'dead', since, limit: COUNTED_MAX } as const;
  const page = await ask((api, signal) => api.POST('/listWebhookDeliveries', { body, signal }));
  return some(page.count, page.nextCursor, t().start.deliveries, linkTo('developers', 'webhooks'));
}

async function failingSyncs({ storeId, timeZone }: Store): Promise<readonly Finding[]> {
  const { systems } = await ask((api, signal) => api.POST('/getSyncStatus', { body: { storeId }, signal }));
  return syncFailures(systems).map(({ kind, system, at }) => ({
    text: t().start.syncFailed(nameOf(kind, system), momentIn(at, timeZone)),
    to: linkTo('developers', 'connections'),
  }));
}

async function deadShopWrites({ storeId }: Store): Promise<readonly Finding[]> {
  const body = { storeId, state: 'dead', limit: COUNTED_MAX } as const;
  const page = await ask((api, signal) => api.POST('/listShopWrites', { body, signal }));
  return some(page.count, page.nextCursor, t().start.shopWrites, linkTo('developers', 'connections'));
}

async function refusedCheckIns({ storeId }: Store): Promise<readonly Finding[]> {
  const found = await ask((api, signal) => api.POST('/getCheckInStats', { body: { storeId }, signal }));
  const refused = found.refused.reduce((sum, each) => sum + each.thisMonth, 0);
  const accepted = found.checkIns.thisMonth;
  if (!areUnusual(refused, accepted)) return [];
  return [{ text: t().start.checkIns(number(refused), number(accepted)), to: linkTo('members') }];
}

async function waitingReturns({ programs }: Store): Promise<readonly Finding[]> {
  const pages = await Promise.all(
    programs.map(({ programId }) => {
      const body = { programId, limit: COUNTED_MAX };
      return ask((api, signal) => api.POST('/listWaitingReturns', { body, signal }));
    }),
  );
  const more = pages.find((each) => each.nextCursor !== null)?.nextCursor ?? null;
  const returns = returnsOnce(pages.flatMap((each) => each.returns));
  const [first] = returns;
  return some(returns.length, more, t().start.returns, first && linkTo('members', first.userId));
}

/** The night tells each break once. Those that it told are proved again: they may be mended. */
async function brokenBooks({ storeId }: Store): Promise<readonly Finding[]> {
  const body = { storeId, type: 'loyalty.ledger_broken', limit: COUNTED_MAX } as const;
  const { events } = await ask((api, signal) => api.POST('/listEvents', { body, signal }));
  const told = events.flatMap(({ data }) => {
    const { programId, userId } = data as { programId?: string; userId?: string };
    return programId && userId ? [{ programId, userId }] : [];
  });
  const members = [...new Map(told.map((each) => [`${each.programId} ${each.userId}`, each])).values()];
  const proofs = await Promise.all(
    members.map(async (each) => {
      const proof = await ask((api, signal) => api.POST('/verifyLedger', { body: each, signal }));
      return { ...each, isIntact: proof.isIntact };
    }),
  );
  const broken = proofs.filter((each) => !each.isIntact);
  return some(broken.length, null, t().start.ledger, broken[0] && linkTo('members', broken[0].userId));
}

type Forms = { readonly one: string; readonly other: string };

function some(count: number, more: string | null, forms: Forms, to: string | undefined): readonly Finding[] {
  if (count === 0) return [];
  const text = more === null ? counted(count, forms) : `${t().start.atLeast(number(count))} ${forms.other}`;
  return [{ text, to }];
}
