/** What a program has of a kind, such as rewards, as a table that leads to each of them; and to a new one. */

import type { ComponentChildren } from 'preact';
import { NEW, partAddress } from './part-link.tsx';
import type { Program } from './program.ts';

interface Row {
  readonly id: string;
  readonly name: string;
  /** Under `columns`, without the first of them, which has the name. */
  readonly cells: readonly ComponentChildren[];
}

interface Props {
  readonly program: Program;
  readonly part: 'rewards' | 'campaigns';
  readonly words: { readonly none: string; readonly caption: string; readonly new: string };
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly mayMake: boolean;
}

export function PartList({ program, part, words, columns, rows, mayMake }: Props) {
  return (
    <>
      {rows.length === 0 && <p class="panel">{words.none}</p>}
      {rows.length > 0 && (
        <section class="panel">
          <table>
            <caption>{words.caption}</caption>
            <thead>
              <tr>
                {columns.map((each) => (
                  <th scope="col" key={each}>
                    {each}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ id, name, cells }) => (
                <tr key={id}>
                  <th scope="row">
                    <a href={partAddress(program, part, id)}>{name}</a>
                  </th>
                  {cells.map((each, index) => (
                    <td key={columns[index + 1]} data-label={columns[index + 1]}>{each}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {mayMake && (
        <div>
          <a class="button" href={partAddress(program, part, NEW)}>
            {words.new}
          </a>
        </div>
      )}
    </>
  );
}
