/** Messages on this device, where the browser can show them. What that needs is loaded afterwards. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { canShow } from './told.ts';

export interface MessagesProps {
  readonly programId: string;
}

export function Messages({ programId }: MessagesProps) {
  const [View, setView] = useState<ComponentType<MessagesProps>>();

  useEffect(() => {
    if (!canShow()) return;
    import('./tell-me.tsx').then(
      (loaded) => setView(() => loaded.TellMe),
      () => undefined, // Without a connection nobody can subscribe.
    );
  }, []);

  return View ? <View programId={programId} /> : null;
}
