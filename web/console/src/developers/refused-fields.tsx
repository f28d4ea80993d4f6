/** What the API has refused of a connector's form, by the field that it is about. */

import { Problem } from '../../../shared/api/client.ts';
import type { FieldOf } from './form-of.ts';
import { refusalOf } from './hints.ts';
import { meaningIn, Sentence, wordsOf, type Meaning } from './sentences.tsx';

interface Refused {
  /** Of the field; nothing for what is about several fields together. */
  readonly name: string | undefined;
  readonly text: string;
  readonly meaning: Meaning | undefined;
}

interface Props {
  readonly error: unknown;
  readonly fields: readonly FieldOf[];
}

/** Read a failure: `config.apiKey` is about `apiKey`. */
export function refusedFields(failure: unknown, fields: readonly FieldOf[]): Readonly<Record<string, string>> {
  const found = refusedOf(failure, fields).flatMap(({ name, text, meaning }) =>
    name === undefined ? [] : [[name, wordsOf(meaning) ?? refusalOf(text)] as const],
  );
  return Object.fromEntries(found);
}

/** What is about several fields together: `config` is about all of them. */
export function RefusedWhole({ error, fields }: Props) {
  const whole = refusedOf(error, fields).filter((each) => each.name === undefined);
  return (
    <>
      {whole.map(({ text, meaning }) => (
        <p class="problem" key={text}>
          <Sentence text={text} meaning={meaning} />
        </p>
      ))}
    </>
  );
}

function refusedOf(failure: unknown, fields: readonly FieldOf[]): readonly Refused[] {
  const { fields: said, meanings } = failure instanceof Problem ? failure.details : {};
  if (typeof said !== 'object' || said === null) return [];
  const names = new Set(fields.map((each) => each.name));
  const known = (meanings ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(said).map(([path, text]) => ({
    name: path.split('.').find((each) => names.has(each)),
    text: String(text),
    meaning: meaningIn(known[path]),
  }));
}
