/** Customers for the flows of the till: made through the API, and what was booked for them. */

import { randomUUID } from 'node:crypto';
import { call, facts } from '../browser.mjs';

/** Make a member of the points program who can pay a reward. */
export async function makeMember(names = { firstName: 'Tilla', lastName: 'Kern' }) {
  const { storeId } = facts;
  const { programs } = await call('getLoyaltyPrograms', { storeId });
  const program = programs.find((each) => each.programType === 'points' && each.rewards.length > 0);
  const userId = `till-${randomUUID()}`;
  const customerNumber = `K-${userId.slice(5, 13)}`;
  await call('createMember', { userId, customerNumber, ...names });
  await call('enrollInLoyaltyProgram', { programId: program.programId, userId });
  await call('addLoyaltyPoints', { programId: program.programId, userId, points: 1000 });
  const { code } = await call('getMemberCode', { storeId, userId });
  return { userId, code, customerNumber, program };
}

/** Return what was booked for purchases of a member, the newest first. */
export async function bookings({ program, userId }) {
  const body = { programId: program.programId, userId, limit: 50 };
  return (await call('getLoyaltyTransactions', body)).transactions.filter(
    (each) => each.purchaseAmount !== null && each.type === 'earn',
  );
}
