/** Whom a role may invite, change and remove. The API decides; the pages offer nothing else. Pure. */

import type { Role } from '../access.ts';

const ROLES: readonly Role[] = ['cashier', 'manager', 'developer', 'owner'];

/** Somebody as the rules see them. Without `storeIds` they work in all stores. */
export interface Worker {
  readonly userId: string;
  readonly role: Role;
  readonly storeIds: readonly string[];
}

/** Return the roles that a role gives. */
export function rolesToGive(own: Role): readonly Role[] {
  if (own === 'owner') return ROLES;
  return own === 'manager' ? ['cashier'] : [];
}

/** Tell whether stores can limit a role. What the others do is about the whole account. */
export const isLimitable = (role: Role): boolean => role === 'manager' || role === 'cashier';

/** Tell whether somebody may give and take this role in these stores. */
export function mayGive(own: Worker, role: Role, storeIds: readonly string[]): boolean {
  if (!rolesToGive(own.role).includes(role)) return false;
  if (own.role === 'owner' || own.storeIds.length === 0) return true;
  return storeIds.length > 0 && storeIds.every((each) => own.storeIds.includes(each));
}

/** Tell whether somebody may change and remove another; nobody does it with themselves. */
export const mayChange = (own: Worker, other: Worker): boolean =>
  own.userId !== other.userId && mayGive(own, other.role, other.storeIds);
