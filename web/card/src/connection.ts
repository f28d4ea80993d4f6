/** Says when the connection is back. */

import { effect } from '@preact/signals';
import { isConnected } from '../../shared/api/connection.ts';
import { endRefusals } from '../../shared/lib/refusals.ts';

export function followConnection(): void {
  let wasLost = !isConnected.peek();
  effect(function follow() {
    if (isConnected.value && wasLost) endRefusals('connection');
    wasLost = !isConnected.value;
  });
}
