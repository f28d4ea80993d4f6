/** `/console/members/{userId}`: who it is, what is on the cards of this store, and what was booked. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import type { components } from '../../../shared/api/schema.gen.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { store } from '../access.ts';
import type { PageProps } from '../sections.ts';
import { MemberCard } from './member-card.tsx';
import { Standing } from './standing.tsx';
import { nameOf, type Member } from '../people.ts';
import { t } from '../words.ts';

type Answer = components['schemas']['GetMemberResponse'];

export default function MemberPage({ id }: PageProps) {
  const [found, setFound] = useState<Answer>();
  const [error, setError] = useState<unknown>();
  const words = t().member;

  function load(): void {
    setError(undefined);
    ask((api, signal) => api.POST('/getMember', { body: { userId: id }, signal })).then(setFound, setError);
  }
  useEffect(load, [id]);

  const name = found && nameOf(found.member);
  return (
    <>
      <a class="back" href="/console/members">
        {words.back}
      </a>
      <h1 tabIndex={-1}>{name ?? t().members.title}</h1>
      {!found && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={load} />}
      {found && (
        <>
          <Profile member={found.member} />
          <Cards answer={found} onChanged={load} />
          <Standing member={found.member} memberships={found.memberships} onChanged={load} />
        </>
      )}
    </>
  );
}

function Profile({ member }: { readonly member: Member }) {
  const words = t().member;
  const lines = [
    [words.email, member.email],
    [words.phone, member.phone],
    [words.number, member.customerNumber],
    [words.birthday, member.birthday],
    [words.id, member.userId],
    [t().members.standing, t().members.status[member.status]],
  ] as const;
  return (
    <section class="panel">
      <h2>{words.profile}</h2>
      <dl>
        {lines.map(
          ([label, value]) =>
            value && (
              <div class="pair" key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

interface CardsProps {
  readonly answer: Answer;
  readonly onChanged: () => void;
}

function Cards({ answer, onChanged }: CardsProps) {
  const here = store.value;
  const programs = new Map((here?.programs ?? []).map((each) => [each.programId, each]));
  const cards = answer.memberships.filter((each) => programs.has(each.programId));
  const isElsewhere = answer.memberships.some((each) => each.storeId !== here?.storeId);
  return (
    <>
      {cards.length === 0 && <p class="panel">{t().member.noCards}</p>}
      {cards.map((membership) => {
        const program = programs.get(membership.programId);
        return (
          program && (
            <MemberCard
              userId={answer.member.userId}
              membership={membership}
              program={program}
              onChanged={onChanged}
              key={membership.programId}
            />
          )
        );
      })}
      {isElsewhere && <p class="quiet">{t().member.elsewhere}</p>}
    </>
  );
}
