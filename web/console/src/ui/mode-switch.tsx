/** The switch between real data and the sandbox, and the band that says where one is. */

import { isTest, mode } from '../mode.ts';
import { t } from '../words.ts';

export function ModeSwitch() {
  const words = t().mode;
  return (
    <label class="mode">
      <input
        type="checkbox"
        role="switch"
        checked={isTest.value}
        onChange={(event) => (mode.value = event.currentTarget.checked ? 'test' : 'live')}
      />
      {words.test}
    </label>
  );
}

export function TestBand() {
  return (
    <p class={isTest.value ? 'band' : 'for-readers'} role="status">
      {isTest.value && t().mode.band}
    </p>
  );
}
