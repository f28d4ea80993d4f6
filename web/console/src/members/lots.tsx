/** Of what a balance is made: what expires when, what is pending, and what is reserved for whom. */

import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { dayIn, lastDay } from '../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import type { Program } from '../store.ts';
import { useRead } from '../ui/use-read.ts';
import { amount, t } from '../words.ts';
import { Extend } from './extend.tsx';
import type { OpenPurchase } from './open-purchases.ts';
import { Reserved } from './reserved.tsx';
import { useSaid } from '../ui/use-said.ts';

type Balance = components['schemas']['GetCustomerBalanceResponse'];

interface Props {
  readonly userId: string;
  readonly program: Program;
  /** It rises with each booking: then this is read again. */
  readonly version: number;
  readonly purchases: readonly OpenPurchase[];
  readonly onChanged: () => void;
}

export function Lots({ userId, program, version, purchases, onChanged }: Props) {
  const [said, say] = useSaid();
  const { programId } = program;
  const body = { programId, userId, includeLots: true, includeReservations: true };
  const read = useRead(
    () => ask((api, signal) => api.POST('/getCustomerBalance', { body, signal })),
    [userId, programId, version],
  );
  const { value: balance, error, again: load } = read;

  /** What is only reserved is no booking: the version stays, so it is read again here. */
  function freed(sentence: string): void {
    say(sentence);
    load();
    onChanged();
  }

  if (!balance) return error === undefined ? <Loading /> : <Failed error={error} retry={load} />;
  const lots = balance.lots ?? [];
  const isExpiring = lots.some((each) => each.expiresAt !== null);
  return (
    <div class="stack">
      {error !== undefined && <Failed error={error} retry={load} />}
      <LotTable lots={lots} held={balance.heldBalance} program={program} />
      <Reserved
        userId={userId}
        program={program}
        reservations={balance.reservations ?? []}
        purchases={purchases}
        said={said}
        onFreed={freed}
      />
      {isExpiring && may('extendExpiry') && (
        <Extend userId={userId} program={program} onChanged={onChanged} />
      )}
    </div>
  );
}

interface TableProps {
  readonly lots: NonNullable<Balance['lots']>;
  readonly held: number;
  readonly program: Program;
}

function LotTable({ lots, held, program }: TableProps) {
  const words = t().member;
  const zone = store.value?.timeZone;
  if (lots.length === 0 && held === 0) return <p class="quiet">{words.noLots}</p>;
  return (
    <ul class="plain-list entries">
      {lots.map((lot, index) => (
        <li class="entry" key={index}>
          <span>
            {lot.spendableFrom === null
              ? lot.expiresAt === null
                ? words.neverExpires
                : words.expires(lastDay(lot.expiresAt, zone))
              : words.pendingUntil(dayIn(lot.spendableFrom, zone))}
          </span>
          <span>{amount(lot.points, program)}</span>
        </li>
      ))}
    </ul>
  );
}
