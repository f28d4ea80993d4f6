/** What the API says of other systems, in the language of the page: by code, and in its own English where we have no words. */

import { exactMoney } from '../../../shared/i18n/format.ts';
import { language } from '../../../shared/i18n/catalogue.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { t } from '../words.ts';
import { productOf } from './names.ts';

export type Meaning = components['schemas']['Meaning'];

interface Props {
  /** The API's sentence. */
  readonly text: string;
  readonly meaning: Meaning | null | undefined;
}

interface Part {
  readonly text: string;
  /** The API's English, or what the other system has said. */
  readonly isForeign: boolean;
}

const FOREIGN: ReadonlySet<string> = new Set(['text', 'words', 'error', 'problem']);
const MONEY = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/;

let sentences: Readonly<Record<string, string>> = {};

/** Load them before the page that needs them is drawn. */
export async function loadSentences(): Promise<void> {
  if (language === 'de') ({ SENTENCES: sentences } = await import('./sentences.de.ts'));
}

export function Sentence(props: Props) {
  return (
    <>
      {partsOf(props).map(({ text, isForeign }, at) =>
        isForeign ? (
          <span lang="en" key={at}>
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  );
}

/** The same where only a text has room; `undefined` if there are no words of ours. */
export function wordsOf(meaning: Meaning | null | undefined): string | undefined {
  if (!meaning || sentences[meaning.code] === undefined) return undefined;
  return partsOf({ text: '', meaning })
    .map((each) => each.text)
    .join('');
}

/** Read a meaning in the details of a refusal, which are of any shape. */
export function meaningIn(found: unknown): Meaning | undefined {
  const read = found as Partial<Meaning> | null | undefined;
  if (typeof read?.code !== 'string' || typeof read.parameters !== 'object') return undefined;
  return { code: read.code, parameters: read.parameters };
}

function partsOf({ text, meaning }: Props): readonly Part[] {
  const words = meaning ? sentences[meaning.code] : undefined;
  if (!meaning || words === undefined) return [{ text: withProduct(text, meaning), isForeign: true }];
  const { about, inLine } = meaning.parameters;
  const front = [about, inLine && t().developers.connections.inLine(inLine)].filter(Boolean).map((each) => `${each ?? ''}: `);
  const parts = words.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 0 ? { text: part, isForeign: false } : valueOf(part, text, meaning)));
  return [{ text: front.join(''), isForeign: false }, ...parts].filter((each) => each.text !== '');
}

/** The API's own sentence, with the name that people know of the other system. */
function withProduct(text: string, meaning: Meaning | null | undefined): string {
  const system = meaning?.parameters['system'];
  return system === undefined ? text : text.replace(system, () => productOf(system));
}

function valueOf(name: string, text: string, { parameters }: Meaning): Part {
  const value = name === 'text' ? text : (parameters[name] ?? '');
  if (name === 'refusal') return refusalOf(value, parameters['message'] ?? value);
  return { text: name === 'system' ? productOf(value) : inOurs(value), isForeign: FOREIGN.has(name) };
}

/** A refusal of ours has its words already. */
function refusalOf(code: string, message: string): Part {
  const codes: Readonly<Record<string, string>> = t().problem.codes;
  const words = codes[code];
  return words === undefined ? { text: message, isForeign: true } : { text: words, isForeign: false };
}

function inOurs(value: string): string {
  const [, amount, currency] = MONEY.exec(value) ?? [];
  return amount === undefined || currency === undefined ? value : exactMoney(Number(amount), currency);
}
