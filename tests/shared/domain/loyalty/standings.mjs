/** Say what the web app reads of memberships: a file of documents, each with a time. */

import { readFileSync } from 'node:fs';
import { load } from '../../../../web/tests/load.mjs';

const { standingOf } = await load('shared/card/standing.ts');
const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const told = asked.map(({ membership, now }) => standingOf(membership, new Date(now)));
process.stdout.write(JSON.stringify(told));
