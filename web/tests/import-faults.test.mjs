/** Why a file or a row is refused: sentences of the API in the words of the page. A test of the API has the same ones. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

globalThis.navigator ??= { language: 'en-GB' };
globalThis.addEventListener ??= () => {}; // What watches the connection has no browser here.
const { sentenceFor } = await load('console/src/imports/file-faults.ts');
const { fieldsOf, reasonOf } = await load('console/src/imports/row-faults.ts');
const { imports: words } = await load('console/src/i18n/en/imports.ts');
const { files, rows } = JSON.parse(readFileSync(new URL('import-sentences.json', import.meta.url), 'utf8'));

const VARIABLE = { unknownHeadings: 'Vorname', openQuote: '2', longRow: '2', tooMany: '100,000' };

for (const [name, problem] of Object.entries(files)) {
  const words_ = words.fileFaults[name];
  const expected = typeof words_ === 'function' ? words_(VARIABLE[name]) : words_;
  test(problem, () => assert.equal(sentenceFor(problem), expected));
}

for (const [name, message] of Object.entries(rows)) {
  const { whole, any, kind } = words.rowFaults;
  test(message, () => {
    const fields = [message.split(' ')[0]].filter((each) => each !== 'The');
    const row = { error: 'INVALID_PARAMETERS', outcome: 'failed', message, fields, duplicateOf: null };
    assert.equal(reasonOf(row, new Map()), whole[name] ?? any[name] ?? kind[name]);
    assert.equal(fieldsOf(row), words.fieldNames[fields[0]] ?? '');
  });
}

test('what has no words is said as the API says it', () => {
  assert.equal(sentenceFor('is odd'), 'The file cannot be read. The exact reason is: is odd');
  const row = { error: 'INVALID_PARAMETERS', outcome: 'failed', message: 'firstName is odd.', fields: ['firstName'], duplicateOf: null };
  assert.match(reasonOf(row, new Map()), /firstName is odd\.$/);
});

test('each fault of a row is said at its field', () => {
  const message = `${rows.email.replace(/\.$/, '')}; ${rows.day.replace(/\.$/, '')}.`;
  const row = { error: 'INVALID_PARAMETERS', outcome: 'failed', message, fields: ['email', 'birthday'], duplicateOf: null };
  const { email, birthday } = words.fieldNames;
  assert.equal(reasonOf(row, new Map()), `${email}: ${words.rowFaults.kind.email} ${birthday}: ${words.rowFaults.kind.day}`);
});
