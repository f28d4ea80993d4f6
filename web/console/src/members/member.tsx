/** `/console/members/{userId}`: who it is, what is on the cards of this store, and what was booked. */

import { useState } from 'preact/hooks';
import './members.css';
import { ask } from '../../../shared/api/client.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may } from '../access.ts';
import { nameOf } from '../people.ts';
import type { PageProps } from '../sections.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { Cards } from './cards.tsx';
import { Merge } from './merge.tsx';
import { OwnData } from './own-data.tsx';
import { Profile } from './profile.tsx';
import { Standing } from './standing.tsx';

export default function MemberPage({ id }: PageProps) {
  const [said, setSaid] = useState('');
  const [isErased, setErased] = useState(false);
  const words = t().member;

  const read = useRead(() => ask((api, signal) => api.POST('/getMember', { body: { userId: id }, signal })), [id]);
  const { value: found, error, again: load } = read;

  function merged(): void {
    setSaid(words.merged);
    load();
  }

  const name = found && nameOf(found.member);
  return (
    <>
      <a class="back" href="/console/members">
        {words.back}
      </a>
      <h1 tabIndex={-1}>{isErased ? t().members.title : (name ?? t().members.title)}</h1>
      {isErased && (
        <p class="panel good" role="status">
          {words.erased}
        </p>
      )}
      {!found && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {found && !isErased && (
        <>
          {said && (
            <p class="panel good" role="status">
              {said}
            </p>
          )}
          <Profile member={found.member} onChanged={load} />
          <Cards answer={found} onChanged={load} />
          <Standing member={found.member} memberships={found.memberships} onChanged={load} />
          {may('mergeMembers') && found.member.status !== 'erasing' && (
            <section class="panel">
              <h2>{words.twice}</h2>
              <Merge found={found} onMerged={merged} />
            </section>
          )}
          <OwnData member={found.member} onErased={() => setErased(true)} />
        </>
      )}
    </>
  );
}
