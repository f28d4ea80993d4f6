/** Returns of purchases that nobody has told of yet: for which each waits, until when, and what can be done. */

import type { components } from '../../../shared/api/schema.gen.ts';
import { day, exactMoney } from '../../../shared/i18n/format.ts';
import type { Program } from '../store.ts';
import { amount, t } from '../words.ts';

export type WaitingReturn = components['schemas']['WaitingReturn'];

interface Props {
  readonly returns: readonly WaitingReturn[];
  readonly program: Program;
}

export function WaitingReturns({ returns, program }: Props) {
  const words = t().member.waiting;
  if (returns.length === 0) return null;
  return (
    <>
      <h3>{words.title}</h3>
      <ul class="plain-list">
        {returns.map((each) => (
          <li class="entry" key={each.refundId}>
            <span>{words.of(each.refundId, each.transactionId)}</span>
            <span>{worthOf(each, program)}</span>
            <span class="quiet whole">{words.since(day(new Date(each.since)), day(new Date(each.until)))}</span>
          </li>
        ))}
      </ul>
      <p class="quiet">{words.note}</p>
    </>
  );
}

function worthOf({ amount: money, points }: WaitingReturn, program: Program): string {
  if (money !== null) return exactMoney(money, program.currency);
  return points === null ? t().member.waiting.whole : amount(points, program);
}
