/** Make an API key: what it is for decides what it may do. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { Choices } from '../ui/choices.tsx';
import { Field } from '../ui/field.tsx';
import { Refused } from '../ui/refused.tsx';
import { useWrite } from '../ui/use-write.ts';
import { t } from '../words.ts';
import { mayChange } from './key-row.tsx';

type Made = components['schemas']['CreateApiKeyResponse'];

const USES = ['live-secret', 'live-publishable', 'test-secret', 'test-publishable'] as const;
type Use = (typeof USES)[number];

interface Kind {
  readonly mode: 'live' | 'test';
  readonly kind: 'secret' | 'publishable';
}

const KINDS: Readonly<Record<Use, Kind>> = {
  'live-secret': { mode: 'live', kind: 'secret' },
  'live-publishable': { mode: 'live', kind: 'publishable' },
  'test-secret': { mode: 'test', kind: 'secret' },
  'test-publishable': { mode: 'test', kind: 'publishable' },
};

export function MakeKey({ onMade }: { readonly onMade: (made: Made) => void }) {
  const uses = USES.filter((each) => mayChange(KINDS[each]));
  const [use, setUse] = useState<Use | null>(null);
  const [label, setLabel] = useState('');
  const [problem, setProblem] = useState('');
  const { isBusy, error, again, send } = useWrite();
  const words = t().developers.keys;

  function submit(event: Event): void {
    event.preventDefault();
    setProblem(use ? '' : words.useEmpty);
    if (!use) return;
    const body = { ...KINDS[use], ...(label.trim() && { label: label.trim() }) };
    send(body, async (headers) => {
      onMade(await ask((api, signal) => api.POST('/createApiKey', { body, headers, signal })));
      setLabel('');
      setUse(null);
    });
  }

  return (
    <>
      <form class="panel" noValidate onSubmit={submit}>
        <h2>{words.make}</h2>
        <Choices
          legend={words.use}
          choices={uses.map((value) => ({ value, name: words.uses[value], note: words.useNotes[value] }))}
          value={use}
          onChoose={setUse}
          problem={problem}
        />
        {uses.length < USES.length && <p class="quiet">{words.ownersOnly}</p>}
        <Field label={words.labelOptional} hint={words.labelHint} value={label} onInput={setLabel} />
        <button type="submit" aria-disabled={isBusy}>
          {words.make}
        </button>
      </form>
      <Refused error={error} again={again} />
    </>
  );
}
