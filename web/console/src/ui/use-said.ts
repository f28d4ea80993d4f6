/** What a page says that it has done: only the last of it, wherever it stands, as the one before holds no more. */

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

const last = signal<{ readonly by: symbol; readonly text: string } | undefined>(undefined);

/** Return what this place has said, empty once another one has said something, and how it is said. */
export function useSaid(): readonly [string, (text: string) => void] {
  const [by] = useState(() => Symbol('said'));
  useEffect(
    () => () => {
      if (last.value?.by === by) last.value = undefined;
    },
    [],
  );
  return [last.value?.by === by ? last.value.text : '', (text) => (last.value = { by, text })];
}
