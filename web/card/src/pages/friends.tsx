/** `/c/{programId}/friends`: the code by which the person tells friends of the program. */

import { useState } from 'preact/hooks';
import { ask } from '../../../shared/api/client.ts';
import { isConnected } from '../../../shared/api/connection.ts';
import type { ProgramCard } from '../../../shared/card/model.ts';
import { ownId } from '../../../shared/firebase/session.ts';
import { causeOf } from '../../../shared/lib/refusals.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { useAction } from '../../../shared/lib/use-action.ts';
import { Qr } from '../../../shared/ui/qr.tsx';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { PageProps } from '../main.tsx';
import type { MyCard } from '../data.ts';
import { keepOwn, recallOwn } from '../own.ts';
import { ownName } from '../own-names.ts';
import { AsOf } from '../parts/as-of.tsx';
import { OwnCard } from '../parts/own-card.tsx';
import { ReferralPromise } from '../parts/referral-promise.tsx';
import { useKept } from '../use-kept.ts';
import { number, t } from '../words.ts';

export default function FriendsPage({ id }: PageProps) {
  return (
    <>
      <h1 tabIndex={-1}>{t().friends.title}</h1>
      <OwnCard programId={id} show={(mine) => (mine.card ? <Friends mine={mine} card={mine.card} /> : <Closed />)} />
    </>
  );
}

const Closed = () => <p>{t().problem.codes['PROGRAM_INACTIVE']}</p>;

interface Told {
  readonly code: string;
  /** The merchant's own app, if there is one; else it is this one. */
  readonly link: string | null;
  readonly pendingReferrals: number;
  readonly rewardedReferrals: number;
}

function Friends({ mine, card }: { readonly mine: MyCard; readonly card: ProgramCard }) {
  const [uid, { programId }] = [ownId(), card];
  // The code is the same for ever: without a connection there is the one that was kept.
  const { kept, error, reload } = useKept(
    ownName('friends', uid, programId),
    () => recallOwn<Told>('friends', uid, programId),
    async () => keepOwn(await readCode(programId), 'friends', uid, programId),
  );
  const isLost = error === undefined ? !isConnected.value : causeOf(error) === 'connection';
  const shown = error === undefined || isLost ? kept : undefined;

  return (
    <>
      <ReferralPromise card={card} />
      {error === undefined && !kept && <Loading />}
      {isLost && kept && <AsOf at={kept.at} />}
      {error !== undefined && !shown && <Failed error={error} retry={reload} />}
      {shown && <Invitation told={shown.value} card={card} storeId={mine.membership.storeId} />}
    </>
  );
}

function readCode(programId: string): Promise<Told> {
  const body = { programId, userId: ownId() };
  return ask((api, signal) => api.POST('/getReferralCode', { body, signal }));
}

interface InvitationProps {
  readonly told: Told;
  readonly card: ProgramCard;
  readonly storeId: string;
}

function Invitation({ told, card, storeId }: InvitationProps) {
  const [said, setSaid] = useState('');
  const { run, error } = useAction();
  const words = t().friends;
  const own = new URL(`/s/${encodeURIComponent(storeId)}`, location.origin);
  own.searchParams.set('referralCode', told.code);
  const url = safeUrl(told.link) ?? own.href;

  async function share(): Promise<void> {
    const text = words.invite(card.programName);
    // Not every browser has it.
    const { share: hand } = navigator as { share?: Navigator['share'] };
    if (hand) {
      await hand.call(navigator, { text, url }).catch((failure: unknown) => {
        const isChanged = failure instanceof DOMException && failure.name === 'AbortError';
        if (!isChanged) throw failure; // Who closes the dialogue has changed their mind.
      });
      return;
    }
    await navigator.clipboard.writeText(`${text} ${url}`);
    setSaid(words.copied);
  }

  return (
    <>
      <div class="code">
        <Qr text={url} label={words.picture} />
        <p class="text">{told.code}</p>
      </div>
      <button type="button" onClick={() => run(share)}>
        {words.share}
      </button>
      <p role="status">{said}</p>
      {error !== undefined && <p class="problem" role="alert">{words.notCopied}</p>}
      <dl class="figures">
        <dt>{words.pending}</dt>
        <dd>{number(told.pendingReferrals)}</dd>
        <dt>{words.rewarded}</dt>
        <dd>{number(told.rewardedReferrals)}</dd>
      </dl>
    </>
  );
}
