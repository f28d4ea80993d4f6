/** What is set of a connection, as the API shows it: of secrets it says only that they are there. */

import { t } from '../words.ts';
import type { SystemKind } from './form-of.ts';
import { Notices } from './notices.tsx';

interface Props {
  readonly kind: SystemKind;
  readonly system: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export function Settings({ kind, system, config }: Props) {
  const set = Object.entries(config).filter(([, value]) => value !== null && value !== '');
  if (set.length === 0) return null;
  return (
    <details>
      <summary>{t().developers.connections.settings}</summary>
      <div class="stack">
        <dl>
          {set.map(([name, value]) => (
            <div class="pair" key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
        <Notices kind={kind} system={system} />
      </div>
    </details>
  );
}
