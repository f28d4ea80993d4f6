/** One card of a member: what is on it, its history, and a correction. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import type { Program } from '../store.ts';
import { useRead } from '../ui/use-read.ts';
import { amount, t } from '../words.ts';
import { Adjust } from './adjust.tsx';
import { Give } from './give.tsx';
import { History } from './history.tsx';
import { Lots } from './lots.tsx';
import type { OpenPurchase } from './open-purchases.ts';
import type { CardRules } from './takeable.ts';

export type Membership = components['schemas']['Membership'];

interface Props {
  readonly userId: string;
  readonly membership: Membership;
  readonly program: Program;
  /** Whether the program is closed: then nobody collects. */
  readonly isClosed: boolean;
  /** Purchases by phone that its points have paid of, and that are still open. */
  readonly purchases: readonly OpenPurchase[];
  readonly onChanged: () => void;
}

export function MemberCard({ userId, membership, program, isClosed, purchases, onChanged }: Props) {
  const rules = useRead(() => readRules(program.programId), [program.programId]);
  const words = t().member;
  return (
    <section class="panel">
      <h2>{program.programName}</h2>
      {isClosed && <p class="quiet">{words.closed}</p>}
      <dl>
        <div class="pair">
          <dt>{words.balance}</dt>
          <dd class="large">{amount(membership.currentBalance, program)}</dd>
        </div>
        {membership.availableBalance !== membership.currentBalance && (
          <div class="pair">
            <dt>{words.available}</dt>
            <dd>{amount(membership.availableBalance, program)}</dd>
          </div>
        )}
        {membership.currentTier && (
          <div class="pair">
            <dt>{words.tier}</dt>
            <dd>{membership.currentTier}</dd>
          </div>
        )}
        {membership.status !== 'active' && (
          <div class="pair">
            <dt>{t().members.standing}</dt>
            <dd>{t().members.status[membership.status]}</dd>
          </div>
        )}
      </dl>
      {may('getCustomerBalance') && (
        <Lots
          userId={userId}
          program={program}
          version={membership.version}
          purchases={purchases}
          onChanged={onChanged}
        />
      )}
      {may('adjustLoyaltyPoints') && membership.status === 'active' && (
        <Adjust userId={userId} program={program} balance={membership.currentBalance} onChanged={onChanged} />
      )}
      {rules.error !== undefined && <Failed error={rules.error} retry={rules.again} />}
      {rules.value && may('transferLoyaltyPoints') && membership.availableBalance > 0 && (
        <Give userId={userId} program={program} isAllowed={rules.value.transfers !== 'none'} onChanged={onChanged} />
      )}
      {may('getLoyaltyTransactions') && (
        <History
          userId={userId}
          program={program}
          version={membership.version}
          balance={membership.currentBalance}
          refundPolicy={rules.value?.refundPolicy}
          onChanged={onChanged}
        />
      )}
    </section>
  );
}

/** The profile of a store does not say what is offered only as these rules have it. */
async function readRules(programId: string): Promise<CardRules | undefined> {
  if (!may('getLoyaltyProgram')) return undefined;
  const { program } = await ask((api, signal) => api.POST('/getLoyaltyProgram', { body: { programId }, signal }));
  return program;
}
