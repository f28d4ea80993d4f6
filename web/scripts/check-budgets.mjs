/** Compare what a first visit loads, gzipped, with budgets.json. Exits with 1 if it is more. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const root = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const manifest = JSON.parse(read('dist/.vite/manifest.json').toString());
const budgets = JSON.parse(read('budgets.json').toString());

/** Collect the files of an entry: itself, its styles, and what it imports at once. */
function collect(name, files) {
  const entry = manifest[name];
  if (!entry) throw new Error(`budgets.json names ${name}, which is not built`);
  if (files.has(entry.file)) return;
  files.add(entry.file);
  entry.css?.forEach((each) => files.add(each));
  entry.imports?.forEach((each) => collect(each, files));
}

let failed = false;
for (const [name, { kib, ...entries }] of Object.entries(budgets)) {
  const files = new Set();
  Object.values(entries).forEach((each) => collect(each, files));
  const bytes = [...files].reduce((sum, file) => sum + gzipSync(read(`dist/${file}`)).length, 0);
  const used = bytes / 1024;
  const isOver = used > kib;
  failed ||= isOver;
  console.log(`${name}: ${used.toFixed(1)} of ${kib} KiB${isOver ? ', too much' : ''}`);
}
process.exit(failed ? 1 : 0);
