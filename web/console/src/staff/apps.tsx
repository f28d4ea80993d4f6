/** Which apps of others act for the account: an owner has allowed each, and ends it here. */

import { ask } from '../../../shared/api/client.ts';
import { day } from '../../../shared/i18n/format.ts';
import { Failed } from '../../../shared/ui/status.tsx';
import { Sure } from '../../../shared/ui/sure.tsx';
import { useWrite } from '../ui/use-write.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { readConsents, type Consent } from './people.ts';

/** What an app may do, by the API's scopes: a noun, and `read` or `write`. */
function nounsOf(scopes: readonly string[], kind: 'read' | 'write'): string {
  const names: Readonly<Record<string, string>> = t().staff.nouns;
  const nouns = scopes.map((each) => each.split('.')).filter((each) => each[1] === kind);
  return nouns.map(([noun = '']) => names[noun] ?? noun).join(', ');
}

export function Apps({ onEnded }: { readonly onEnded: (sentence: string) => void }) {
  const { value, error, again } = useRead(readConsents, []);
  const words = t().staff;
  if (error !== undefined) return <Failed error={error} retry={again} />;
  if (!value || value.length === 0) return null;
  return (
    <section class="panel" aria-label={words.apps}>
      <h2>{words.apps}</h2>
      <ul class="plain-list">
        {value.map((each) => (
          <App consent={each} onEnded={(sentence) => {
              again();
              onEnded(sentence);
            }} key={each.consentId} />
        ))}
      </ul>
    </section>
  );
}

interface Props {
  readonly consent: Consent;
  readonly onEnded: (sentence: string) => void;
}

function App({ consent, onEnded }: Props) {
  const { error, send } = useWrite();
  const words = t().staff;
  const [reads, changes] = [nounsOf(consent.scopes, 'read'), nounsOf(consent.scopes, 'write')];
  const { appName, label, userId, createdAt } = consent;

  function revoke(): void {
    const body = { consentId: consent.consentId };
    send(body, async (header) => {
      await ask((api, signal) => api.POST('/revokeOAuthConsent', { body, params: { header }, signal }));
      onEnded(words.appEnded(appName));
    });
  }

  return (
    <li class="person">
      <strong>{appName}</strong>
      <p class="quiet">{words.allowed(label || userId, day(new Date(createdAt)))}</p>
      {reads && <p class="quiet">{words.reads(reads)}</p>}
      {changes && <p class="quiet">{words.changes(changes)}</p>}
      {error !== undefined && <Failed error={error} />}
      <Sure question={words.revokeAsk(appName)} yes={words.revoke} look="plain" act={revoke}>
        {words.revoke}
      </Sure>
    </li>
  );
}
