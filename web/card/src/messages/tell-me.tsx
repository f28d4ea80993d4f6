/** A switch: messages of this card on this device; and of what. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { t } from '../words.ts';
import { deviceId } from '../device.ts';
import { isOld } from './told.ts';
import type { MessagesProps } from './messages.tsx';
import { KINDS, NoToken, readSettings, save, type Kind, type Settings } from './settings.ts';
import './tell-me.css';

export function TellMe({ programId }: MessagesProps) {
  const [settings, setSettings] = useSettings(programId);
  const [permission, setPermission] = useState(Notification.permission);
  const { isBusy, error, run } = useAction();
  const wishes = useRef(new Map<Kind, boolean>());
  if (!settings) return null;

  const words = t().tell;
  const kinds = permission === 'granted' ? settings.kinds : [];

  /** What is to be so: a tap says the contrary of what is shown, also while an earlier one is being saved. */
  function wish(changed: readonly Kind[], isOn: boolean): void {
    for (const kind of changed) wishes.current.set(kind, isOn);
    run(() => carryOut().finally(() => wishes.current.clear()));
  }

  async function carryOut(): Promise<void> {
    let now = kinds;
    for (;;) {
      const next = KINDS.filter((each) => wishes.current.get(each) ?? now.includes(each));
      if (!settings || next.join() === now.join()) return;
      // Asked at once: some browsers let a page ask only while the tap is being handled.
      const answer = next.length > 0 ? await Notification.requestPermission() : permission;
      setPermission(answer);
      if (next.length > 0 && answer !== 'granted') return;
      await save(programId, settings, next);
      setSettings({ ...settings, kinds: next });
      now = next;
    }
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <h2>{words.title}</h2>
      {permission === 'denied' ? (
        <p>{words.blocked}</p>
      ) : (
        <Choice isSwitch isOn={kinds.length > 0} change={() => wish(KINDS, kinds.length === 0)}>
          {words.on}
        </Choice>
      )}
      {kinds.length === 0 && permission !== 'denied' && <p class="quiet">{words.hint}</p>}
      {kinds.length > 0 && (
        <fieldset class="choices">
          <legend>{words.about}</legend>
          {KINDS.map((each) => (
            <Choice key={each} isOn={kinds.includes(each)} change={() => wish([each], !kinds.includes(each))}>
              {words.kinds[each]}
            </Choice>
          ))}
        </fieldset>
      )}
      {isBusy && <Loading />}
      {error instanceof NoToken ? (
        <p class="problem" role="alert">
          {words.refused}
        </p>
      ) : (
        error !== undefined && <Failed error={error} />
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly isOn: boolean;
  readonly isSwitch?: boolean;
  readonly change: () => void;
  readonly children: string;
}

/** It shows what is so, and not yet what was asked for: that may fail, or be refused. */
function Choice({ isOn, isSwitch, change, children }: ChoiceProps) {
  function ask(event: Event): void {
    event.preventDefault();
    change();
  }

  return (
    <label class="choice">
      <input type="checkbox" role={isSwitch ? 'switch' : undefined} checked={isOn} onClick={ask} />
      {children}
    </label>
  );
}

/** Read the settings; a token that may have changed since is told again. */
function useSettings(programId: string) {
  const [settings, setSettings] = useState<Settings | null>(null);

  useEffect(() => {
    let isOver = false;
    const show = async (): Promise<void> => {
      const found = await readSettings(programId, deviceId());
      if (isOver || !found) return;
      setSettings(found);
      const isTold = found.kinds.length > 0 && Notification.permission === 'granted';
      if (isTold && isOld()) await save(programId, found, found.kinds);
    };
    show().catch(() => undefined); // Without a connection there is nothing to choose.
    return () => {
      isOver = true;
    };
  }, [programId]);

  return [settings, setSettings] as const;
}
