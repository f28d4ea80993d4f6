/** Members in a table: who they are, and a link to each. */

import { day } from '../../../shared/i18n/format.ts';
import { nameOf, type Member } from '../people.ts';
import { t } from '../words.ts';

export const linkTo = (userId: string): string => `/console/members/${encodeURIComponent(userId)}`;

interface Props {
  readonly caption: string;
  readonly rows: readonly Member[];
}

export function MemberTable({ caption, rows }: Props) {
  const words = t().members;
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {[words.name, words.contact, words.number, words.standing, words.since].map((each) => (
            <th scope="col" key={each}>
              {each}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.userId}>
            <th scope="row">
              <a href={linkTo(row.userId)}>{nameOf(row)}</a>
            </th>
            <td>{row.email ?? row.phone ?? ''}</td>
            <td>{row.customerNumber ?? ''}</td>
            <td>{words.status[row.status]}</td>
            <td>{day(new Date(row.createdAt))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
