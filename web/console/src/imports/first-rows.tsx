/** The first rows of a file, as they will be read. */

import { number } from '../../../shared/i18n/format.ts';
import { t } from '../words.ts';
import type { Preview } from './csv.ts';

export function FirstRows({ preview }: { readonly preview: Preview }) {
  const words = t().imports;
  return (
    // It is wider than a phone: whoever has only a keyboard scrolls it as well.
    <div class="wide" role="region" aria-label={words.firstRows} tabIndex={0}>
      <table class="grid">
        <caption>{words.rows(number(preview.count))}</caption>
        <thead>
          <tr>
            {preview.headings.map((each, index) => (
              <th scope="col" key={index}>
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.map((row, index) => (
            <tr key={index}>
              {preview.headings.map((_, place) => (
                <td key={place}>{row[place] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
