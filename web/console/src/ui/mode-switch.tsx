/** The switch between real data and the sandbox, and the band that says where one is. */

import { isTest, mode } from '../mode.ts';
import { t } from '../words.ts';
import { leaving } from './unsaved.ts';

export function ModeSwitch() {
  const words = t().mode;
  return (
    <label class="mode">
      <input
        type="checkbox"
        role="switch"
        checked={isTest.value}
        onChange={(event) => change(event.currentTarget)}
      />
      {words.test}
    </label>
  );
}

/** The other mode begins each page anew. */
function change(box: HTMLInputElement): void {
  const { checked } = box;
  if (!leaving(() => (mode.value = checked ? 'test' : 'live'))) box.checked = !checked;
}

export function TestBand() {
  return (
    <p class={isTest.value ? 'band' : 'for-readers'} role="status">
      {isTest.value && t().mode.band}
    </p>
  );
}
