/** Whether the person works on real data, or the sandbox answers with examples and nothing is written. */

import { computed, signal } from '@preact/signals';

export type Mode = 'live' | 'test';

/** Not remembered: whoever loads the page again works on real data. */
export const mode = signal<Mode>('live');
export const isTest = computed(() => mode.value === 'test');

/** Accounts whose time can be moved, and that no real customer has: known by their ids. */
export const isTestAccount = (accountId: string): boolean => accountId.startsWith('acc_test_');
