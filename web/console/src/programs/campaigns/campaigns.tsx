/** The campaigns of a program: the list, a new one, or one of them. */

import { useRef } from 'preact/hooks';
import { ask } from '../../../../shared/api/client.ts';
import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { dayIn, exactMoney, lastDay, number } from '../../../../shared/i18n/format.ts';
import { Failed, Loading } from '../../../../shared/ui/status.tsx';
import { may, store } from '../../access.ts';
import { usePages } from '../../ui/use-pages.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList, goToList, namedHere, NEW } from '../part-link.tsx';
import { PartList } from '../part-list.tsx';
import type { PartProps, Program } from '../program.ts';
import { p } from '../words.ts';
import { campaignFields, hoursInWords, saveCampaign, typedCampaign, type Campaign } from './campaign.ts';
import { faultsOfHours } from './hours.ts';
import { campaignInWords, questionOfHours } from './in-words.ts';
import { OneCampaign } from './one-campaign.tsx';

const LIMIT = 20;
const LIMIT_MAX = 100;

export function Campaigns({ program, onChanged }: PartProps) {
  const shown = useRef(0);
  const { programId } = program;
  const named = namedHere();
  const { rows: campaigns, error, isBusy, hasMore, more, again, reload } = usePages<Campaign>(
    async (cursor) => {
      // Read anew, it has all that was shown: the one that is open may be far down.
      const limit = cursor === null ? Math.min(LIMIT_MAX, Math.max(LIMIT, shown.current)) : LIMIT;
      const page = await ask((api, signal) => api.POST('/listCampaigns', { body: { programId, limit, cursor }, signal }));
      return { rows: page.campaigns, nextCursor: page.nextCursor };
    },
    (each) => each.campaignId,
    [programId],
  );
  shown.current = campaigns?.length ?? 0;

  async function changed(): Promise<void> {
    await Promise.all([reload(), onChanged()]);
  }

  const failed = error !== undefined && <Failed error={error} retry={again} />;
  if (!campaigns) return failed || <Loading />;
  const one = campaigns.find((each) => each.campaignId === named);
  const isList = named !== NEW && !one;
  return (
    <>
      {failed}
      {named === NEW && <NewCampaign program={program} onChanged={changed} />}
      {one && <OneCampaign program={program} campaign={one} onChanged={changed} key={one.campaignId} />}
      {isList && <List program={program} campaigns={campaigns} />}
      {isList && hasMore && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={more}>
          {p().campaigns.more}
        </button>
      )}
    </>
  );
}

function NewCampaign({ program, onChanged }: PartProps) {
  const words = p().campaigns;
  const zone = store.value?.timeZone ?? 'UTC';
  return (
    <>
      <BackToList program={program} part="campaigns" name={words.all} />
      <h2>{words.new}</h2>
      <EditForm
        fields={(typed) => campaignFields(program, typed)}
        typed={typedCampaign(null, zone)}
        submit={words.create}
        done={words.created}
        check={faultsOfHours}
        summary={(answers) => campaignInWords(answers, program)}
        question={questionOfHours}
        save={async (answers, headers, before) => {
          await saveCampaign(program, null, answers, zone, headers, before);
          await onChanged();
        }}
        onSaved={() => goToList(program, 'campaigns')}
      />
    </>
  );
}

function List({ program, campaigns }: { readonly program: Program; readonly campaigns: readonly Campaign[] }) {
  const words = p().campaigns;
  return (
    <PartList
      program={program}
      part="campaigns"
      words={words}
      columns={[words.name, words.brings, words.time, words.state]}
      rows={campaigns.map((each) => ({
        id: each.campaignId,
        name: each.name,
        cells: [bringsOf(each, program), <When campaign={each} />, words.states[each.status] ?? each.status],
      }))}
      mayMake={may('createCampaign')}
    />
  );
}

function bringsOf({ multiplier, bonus, minimumSpend }: Campaign, program: Program): string {
  const words = p().campaigns;
  const brings = multiplier === null ? words.besides(exactAmountOf(bonus ?? 0, program)) : words.times(number(multiplier));
  return minimumSpend ? `${brings}, ${words.leastOf(exactMoney(minimumSpend, program.currency))}` : brings;
}

/** When it runs, and on which days and at which hours of that. */
function When({ campaign }: { readonly campaign: Campaign }) {
  return (
    <>
      {datesOf(campaign)}
      {hoursInWords(campaign).map((each) => (
        <span class="hours" key={each}>
          {each}
        </span>
      ))}
    </>
  );
}

function datesOf({ startsAt, endsAt, endedAt }: Campaign): string {
  const words = p().campaigns;
  const zone = store.value?.timeZone;
  const from = dayIn(startsAt, zone);
  const end = endedAt ?? endsAt;
  return end === null ? words.since(from) : words.fromTo(from, lastDay(end, zone));
}
