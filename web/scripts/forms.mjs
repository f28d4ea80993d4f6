/** Write what forms of the console need and only the OpenAPI document knows: a new connector appears by itself. */

import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { schemas } = JSON.parse(readFileSync(new URL('../docs/openapi.json', root)).toString()).components;
const TARGET = new URL('console/src/developers/forms.gen.ts', root);

/** Set by `make run` and tests alone, or by the shop itself. */
const NOT_ASKED = new Set(['baseUrl', 'previousWebhookSecret', 'previousWebhookSecretUntilS']);

const resolved = (schema) => (schema.$ref ? resolved({ ...schemas[schema.$ref.split('/').at(-1)], ...without(schema, '$ref') }) : schema);

function without(schema, name) {
  return Object.fromEntries(Object.entries(schema).filter(([each]) => each !== name));
}

/** Return one schema of a field that may be null, and whether it may. */
function solid(schema) {
  const found = resolved(schema);
  if (Array.isArray(found.type)) {
    return { ...found, type: found.type.find((each) => each !== 'null') };
  }
  if (!found.anyOf) return found;
  const inner = found.anyOf.map(resolved).find((each) => each.type !== 'null');
  return { ...without(found, 'anyOf'), ...inner, description: found.description };
}

function kindOf(name, { type, enum: words, writeOnly }) {
  if (name === 'file' || name.endsWith('File')) return 'file';
  if (words) return 'choice';
  if (type === 'object' || type === 'array') return 'json';
  if (type === 'boolean' || type === 'integer') return type;
  return writeOnly ? 'secret' : 'text';
}

/** A description as a person reads it: without the marks of code, and `sk_...` at an end without a full stop. */
const plain = (text) => text.replaceAll('`', '').replaceAll(/\.{3,4}/g, '…');

function fieldsOf({ properties, required = [] }) {
  return Object.entries(properties)
    .filter(([name]) => !NOT_ASKED.has(name))
    .map(([name, schema]) => {
      const found = solid(schema);
      return {
        name,
        kind: kindOf(name, found),
        isRequired: required.includes(name),
        ...(found.enum && { choices: found.enum.map(String), isNumber: found.type === 'integer' }),
        ...(found.default !== undefined && found.default !== null && { preset: found.default }),
        ...(found.description && { hint: plain(found.description) }),
      };
    })
    .sort((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

/** Return a form for each component that a kind's `anyOf` names, by the name of its system. */
function formsOf(component, suffix) {
  const named = (schemas[component].anyOf ?? schemas[component].oneOf).map((each) => each.$ref.split('/').at(-1));
  return Object.fromEntries(
    named.map((name) => {
      const schema = schemas[name];
      const [about = ''] = plain(schema.description ?? '').split('\n\n');
      return [name.replace(suffix, '').toLowerCase(), { about, fields: fieldsOf(schema) }];
    }),
  );
}

const forms = {
  psp: formsOf('PSPConfig', 'Config'),
  pos: formsOf('PosCredentials', 'PosCredentials'),
  erp: formsOf('ErpCredentials', 'ErpCredentials'),
  shop: formsOf('ShopCredentials', 'ShopCredentials'),
};
const patterns = schemas.EventPattern.anyOf.map(resolved).find((each) => each.enum.includes('*')).enum;
const all = Object.values(forms).flatMap((each) => Object.values(each));
const unionOf = (name, texts) => `export type ${name} =\n${[...new Set(texts)].sort().map((each) => `  | ${JSON.stringify(each)}`).join('\n')};\n`;
const written = (name, type, value) => `export const ${name}: ${type} = ${JSON.stringify(value, null, 2)};\n`;

writeFileSync(
  TARGET,
  [
    '/** Written by scripts/forms.mjs from docs/openapi.json. */\n',
    "import type { Forms } from './form-of.ts';\n",
    // What other languages translate: a text that is new here is missing there, and the build says so.
    unionOf('Hint', all.flatMap((form) => [form.about, ...form.fields.map((each) => each.hint)]).filter(Boolean)),
    unionOf('FieldName', all.flatMap((form) => form.fields.map((each) => each.name))),
    written('FORMS', 'Forms', forms),
    written('EVENT_TYPES', 'readonly string[]', schemas.EventType.enum),
    written('EVENT_GROUPS', 'readonly string[]', patterns.filter((each) => each !== '*')),
    written('PAGES_OF_SHOPS', 'readonly string[]', schemas.ConnectShopRequest.properties.system.enum),
  ].join('\n'),
);
