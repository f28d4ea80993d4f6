/** What is set of a connection, as the API shows it: of secrets it says only that they are there. */

import { t } from '../words.ts';

export function Settings({ config }: { readonly config: Readonly<Record<string, unknown>> }) {
  const set = Object.entries(config).filter(([, value]) => value !== null && value !== '');
  if (set.length === 0) return null;
  return (
    <details>
      <summary>{t().developers.connections.settings}</summary>
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
    </details>
  );
}
