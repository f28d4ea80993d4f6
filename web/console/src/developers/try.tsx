/** `/console/developers/try`: lines to paste, with the ids of the account filled in. */

import { store } from '../access.ts';
import { t } from '../words.ts';
import { Code } from './code.tsx';
import { Head } from './head.tsx';
import { examples } from './examples.ts';

export default function Try() {
  const words = t().developers.try;
  const programs = store.value?.programs ?? [];
  const lines = examples({
    baseUrl: `${location.origin}/api/v1`,
    key: 'bk_test_sk_…',
    storeId: store.value?.storeId ?? '',
    programId: programs[0]?.programId,
  });
  return (
    <>
      <Head title={words.title} />
      <p class="quiet">
        {words.note} <a href="/console/developers/keys">{words.makeKey}</a>
      </p>
      <section class="panel">
        <Code label={words.shell} text={lines.shell} />
      </section>
      <section class="panel">
        <Code label={words.python} text={lines.python} />
      </section>
      <section class="panel">
        <Code label={words.javascript} text={lines.javascript} />
      </section>
      <section class="panel">
        <Code label={words.receiver} text={lines.receiver} />
        <p class="quiet">{words.receiverNote}</p>
      </section>
      <p>
        <a href="/docs" target="_blank" rel="noopener">
          {words.docs}
        </a>
      </p>
    </>
  );
}
