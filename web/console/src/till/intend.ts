/** Makes of what was typed the booking that is sent: with the name by which it counts once. */

import { idempotencyKey } from '../../../shared/api/client.ts';
import type { Purchase } from './bookings.ts';
import type { Entry } from './outbox-rules.ts';
import { scope } from './scope.ts';

/** What is to be booked by this person, here and now. */
export function intend(purchase: Purchase): Entry {
  const { customer, mark, program, bought, digits, paid } = purchase;
  return {
    ...scope(),
    key: idempotencyKey(),
    programId: program.programId,
    programName: program.programName,
    currency: program.currency,
    rules: program.rules,
    purchaseAmount: 'minor' in bought ? bought.minor / 10 ** digits : 0,
    ...('count' in bought && { purchaseCount: bought.count }),
    digits,
    ...(paid && { paid: paid / 10 ** digits }),
    customer,
    mark,
    at: Date.now(),
    notBefore: 0,
    wasSent: false,
    failed: 0,
    refusal: null,
    isConfirmed: false,
  };
}
