/** Say what the web app reads of memberships: a file of documents, each with a time. */

import { readFileSync } from 'node:fs';
import { load } from '../../../../web/tests/load.mjs';

const { standingOf } = await load('shared/card/standing.ts');
const { expiries } = await load('shared/card/expiries.ts');
const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const told = asked.map(({ membership, now: text }) => {
  const now = new Date(text);
  const expiring = expiries(membership, now).map(({ units, at }) => [at.toISOString(), units]);
  return { ...standingOf(membership, now), expiring };
});
process.stdout.write(JSON.stringify(told));
