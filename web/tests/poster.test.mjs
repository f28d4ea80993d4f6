/** The poster: where everything stands, and a file that says where its parts are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const { fit, layout } = await load('console/src/programs/poster/layout.ts');
const { runsOf } = await load('console/src/programs/poster/drawing.ts');
const { pdfOf } = await load('console/src/programs/poster/pdf.ts');

/** As if each letter was half as wide as it is high. */
const measure = (text, size) => text.length * size * 0.5;
const join = { link: 'https://example.com/s/store_a', title: 'Scan', note: 'No app.' };
const poster = {
  paper: 'a4',
  language: 'de',
  store: 'Café Morgenrot',
  program: '珈琲カード',
  about: ['10 Stempel'],
  color: '#f4c430',
  join,
  checkIn: null,
};

for (const paper of ['a4', 'a5']) {
  for (const checkIn of [null, join]) {
    for (const store of ['Café', 'A very long name of a shop '.repeat(8), 'W'.repeat(300)]) {
      test(`${paper}, ${checkIn ? 'two codes' : 'one code'}, ${store.length} letters: all is on the page`, () => {
        const sheet = layout({ ...poster, paper, checkIn, store }, measure);
        for (const shape of sheet.shapes) {
          const wide = shape.kind === 'line' ? measure(shape.text, shape.size) : (shape.width ?? shape.size);
          const left = shape.kind === 'line' ? shape.x - wide / 2 : shape.x;
          const bottom = shape.kind === 'line' ? shape.y : shape.y + (shape.height ?? shape.size);
          assert.ok(left >= -0.01 && left + wide <= sheet.width + 0.01, JSON.stringify(shape).slice(0, 200));
          assert.ok(shape.y >= 0 && bottom <= sheet.height + 0.01, JSON.stringify(shape).slice(0, 200));
        }
        assert.equal(sheet.shapes.filter((each) => each.kind === 'code').length, checkIn ? 2 : 1);
      });
    }
  }
}

test('text on the colour can be read', () => {
  const inks = new Set(layout(poster, measure).shapes.filter((each) => each.kind === 'line').map((each) => each.color));
  assert.deepEqual([...inks], ['#111318']);
  const dark = layout({ ...poster, color: '#1d5fbf' }, measure).shapes.find((each) => each.text === 'Café Morgenrot');
  assert.equal(dark.color, '#ffffff');
});

test('a word that is too wide is broken, and a text without end is cut', () => {
  const place = { size: 10, isBold: false, width: 50, lines: 2 };
  assert.deepEqual(fit('ab cd', place, measure).lines, ['ab cd']);
  assert.deepEqual(fit('abcdefghijklmno', place, measure).lines, ['abcdefghij', 'klmno']);
  assert.match(fit('x'.repeat(1000), place, measure).lines.at(-1), /…$/);
});

test('modules that touch are one run', () => {
  assert.deepEqual(runsOf([[true, true, false, true]]), [
    [0, 0, 2],
    [3, 0, 1],
  ]);
});

test('the file says where its objects are, and what its texts say', async () => {
  const dots = { columns: 8, rows: 1, bits: new Uint8Array([0xff]), left: -1, below: 0, width: 2, height: 1 };
  const file = await pdfOf(layout(poster, measure), () => dots);
  const text = globalThis.Buffer.from(await file.arrayBuffer()).toString('latin1');
  assert.ok(text.startsWith('%PDF-1.7\n') && text.endsWith('%%EOF\n'));
  const start = Number(/startxref\n(\d+)\n/.exec(text)[1]);
  assert.ok(text.slice(start).startsWith('xref\n'));
  const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((each) => Number(each[1]));
  offsets.forEach((at, index) => assert.ok(text.slice(at).startsWith(`${index + 1} 0 obj\n`), String(index)));
  assert.ok(text.includes('/MediaBox [0 0 595.276 841.89]'));
  for (const [, length] of text.matchAll(/\/Length (\d+) >>\nstream\n/g)) assert.ok(Number(length) > 0);
});

test('a code to check in with is for programs in which a visit brings something', async () => {
  const { checksIn } = await load('console/src/programs/check-ins.ts');
  const earningMethods = ['qr_checkin', 'store_checkin'];
  assert.ok(checksIn({ earningMethods, rules: { pointsPerEuro: 1, pointsPerCheckin: 3 } }));
  assert.ok(!checksIn({ earningMethods, rules: { pointsPerEuro: 1, pointsPerCheckin: 0 } }));
  assert.ok(!checksIn({ earningMethods: ['scan_and_go'], rules: { pointsPerEuro: 1, pointsPerCheckin: 3 } }));
  assert.ok(!checksIn({ earningMethods, rules: { cashbackPercentage: 2 } }));
});
