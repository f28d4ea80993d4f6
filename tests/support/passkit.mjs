// Reads the files of a pass with passkit-generator, which checks them, and builds the pass anew.
//
// node passkit.mjs FOLDER: the files in FOLDER/files, certificates as PEM in FOLDER; prints what it
// has understood, and writes FOLDER/built.pkpass.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { PKPass } = createRequire(new URL('../../tools/package.json', import.meta.url))('passkit-generator');

const folder = process.argv[2];
const files = Object.fromEntries(
  readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath ?? each.path, each.name))
    .map((path) => [path.slice(join(folder, 'files').length + 1), readFileSync(path)]),
);
const pem = (name) => readFileSync(join(folder, `${name}.pem`), 'utf8');
const pass = new PKPass(files, {
  wwdr: pem('wwdr'),
  signerCert: pem('certificate'),
  signerKey: pem('key'),
});
const { type, props, languages } = pass;
writeFileSync(join(folder, 'built.pkpass'), pass.getAsBuffer());
process.stdout.write(JSON.stringify({ type, props, languages, primary: pass.primaryFields }));
