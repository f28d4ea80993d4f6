/** The campaigns of a program: the list, a new one, or one of them. */

import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../../../shared/api/client.ts';
import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { dayIn, lastDay, number } from '../../../../shared/i18n/format.ts';
import { useAction } from '../../../../shared/lib/use-action.ts';
import { Failed, Loading } from '../../../../shared/ui/status.tsx';
import { may, store } from '../../access.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList, goToList, namedHere, NEW } from '../part-link.tsx';
import { PartList } from '../part-list.tsx';
import type { PartProps, Program } from '../program.ts';
import { p } from '../words.ts';
import { campaignFields, hoursInWords, saveCampaign, typedCampaign, type Campaign } from './campaign.ts';
import { faultsOfHours } from './hours.ts';
import { campaignInWords, questionOfHours } from './in-words.ts';
import { OneCampaign } from './one-campaign.tsx';

export function Campaigns({ program, onChanged }: PartProps) {
  const [campaigns, setCampaigns] = useState<readonly Campaign[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const { isBusy, error, run } = useAction();
  const { programId } = program;
  const named = namedHere();

  function load(from: string | null): void {
    run(async () => {
      const body = { programId, limit: 20, cursor: from };
      const page = await ask((api, signal) => api.POST('/listCampaigns', { body, signal }));
      setCampaigns((before) => [...(from === null ? [] : (before ?? [])), ...page.campaigns]);
      setCursor(page.nextCursor);
    });
  }
  useEffect(() => load(null), [programId]);

  function changed(): void {
    load(null);
    onChanged();
  }

  if (error !== undefined) return <Failed error={error} retry={() => load(null)} />;
  if (!campaigns) return <Loading />;
  if (named === NEW) return <NewCampaign program={program} onChanged={changed} />;
  const one = campaigns.find((each) => each.campaignId === named);
  if (one) return <OneCampaign program={program} campaign={one} onChanged={changed} key={one.campaignId} />;
  return (
    <>
      <List program={program} campaigns={campaigns} />
      {cursor !== null && (
        <button type="button" class="plain" aria-disabled={isBusy} onClick={() => load(cursor)}>
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
        save={(answers, headers, before) => saveCampaign(program, null, answers, zone, headers, before)}
        onSaved={() => {
          onChanged();
          goToList(program, 'campaigns');
        }}
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

function bringsOf({ multiplier, bonus }: Campaign, program: Program): string {
  const words = p().campaigns;
  return multiplier === null ? words.besides(exactAmountOf(bonus ?? 0, program)) : words.times(number(multiplier));
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
