/** Where nobody was found: what makes somebody a customer. */

import { may } from '../access.ts';
import { linkTo } from '../sections.ts';
import { t } from '../words.ts';

export function Nobody() {
  const words = t().till;
  const members = may('createMember') ? linkTo('members') : undefined;
  return (
    <p>
      {words.poster} {members && <a href={members}>{t().members.create}</a>}
    </p>
  );
}
