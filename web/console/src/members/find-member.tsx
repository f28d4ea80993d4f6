/** Find a member: by a name, an address, a number or a code. Of several the person chooses. */

import { useState } from 'preact/hooks';
import { sentenceOf } from '../../../shared/ui/status.tsx';
import { nameOf, type Member } from '../people.ts';
import { Field } from '../ui/field.tsx';
import { useSearch } from '../ui/use-search.ts';
import { t } from '../words.ts';
import { find, named, type Found } from './find.ts';

interface Props {
  readonly onChosen: (member: Member) => void;
  /** Who is not offered. */
  readonly without?: string;
}

export function FindMember({ onChosen, without }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [found, setFound] = useState<Found & { readonly text: string }>();
  const { isBusy, search } = useSearch();
  const words = t().members;

  function submit(event: Event): void {
    event.preventDefault();
    setFound(undefined);
    setProblem(text.trim() ? '' : words.empty);
    if (!text.trim()) return;
    search({ wanted: text.trim(), read: () => find(text), show, fail });
  }

  function show({ rows, nextCursor }: Found): void {
    const others = rows.filter((each) => each.userId !== without);
    const [only] = others;
    if (!only) setProblem(text.includes('@') ? words.nobodyByEmail : words.nobody);
    else if (others.length === 1 && nextCursor === null) onChosen(only);
    else setFound({ rows: others, nextCursor, text: text.trim() });
  }

  function more(before: NonNullable<typeof found>): void {
    search({
      wanted: `${before.text} ${before.nextCursor ?? ''}`,
      read: () => named(before.text, before.nextCursor),
      show: ({ rows, nextCursor }) => {
        const others = rows.filter((each) => each.userId !== without);
        setFound({ ...before, rows: [...before.rows, ...others], nextCursor });
      },
      fail,
    });
  }

  const fail = (error: unknown): void => setProblem(sentenceOf(error));

  return (
    <div class="stack" aria-busy={isBusy}>
      <form class="stack" role="search" noValidate onSubmit={submit}>
        <Field label={words.who} hint={words.whoHint} problem={problem} value={text} onInput={setText} />
        <button type="submit">
          {words.find}
        </button>
      </form>
      {found && (
        <div class="stack">
          <p role="status">{words.found(found.rows.length, found.nextCursor !== null)}</p>
          <ul class="plain-list">
            {found.rows.map((each) => (
              <li key={each.userId}>
                <button type="button" class="person" onClick={() => onChosen(each)}>
                  <span>{nameOf(each)}</span>
                  <span class="quiet">{contactOf(each)}</span>
                </button>
              </li>
            ))}
          </ul>
          {found.nextCursor !== null && (
            <button type="button" class="plain" aria-disabled={isBusy} onClick={() => more(found)}>
              {words.more}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** By what people with the same name are told apart. */
function contactOf(member: Member): string {
  const known = [member.email ?? member.phone, member.customerNumber, t().members.status[member.status]];
  return known.filter(Boolean).join(' · ');
}
