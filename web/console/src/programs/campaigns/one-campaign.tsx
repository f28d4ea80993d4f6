/** One campaign: change it, or end it. */

import { ask } from '../../../../shared/api/client.ts';
import { Failed } from '../../../../shared/ui/status.tsx';
import { Sure } from '../../../../shared/ui/sure.tsx';
import { may, store } from '../../access.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList } from '../part-link.tsx';
import type { Answers } from '../form/fields.ts';
import type { Program } from '../program.ts';
import { useWrite } from '../../ui/use-write.ts';
import { p } from '../words.ts';
import { campaignFields, hoursInWords, saveCampaign, typedCampaign, type Campaign } from './campaign.ts';
import { faultsOfHours } from './hours.ts';
import { campaignInWords, questionOfHours } from './in-words.ts';

interface Props {
  readonly program: Program;
  readonly campaign: Campaign;
  readonly onChanged: () => Promise<void>;
}

export function OneCampaign({ program, campaign, onChanged }: Props) {
  const words = p().campaigns;
  const zone = store.value?.timeZone ?? 'UTC';
  const isOver = campaign.status === 'ended';
  const isOpen = !isOver && may('updateCampaign');
  const before = typedCampaign(campaign, zone);
  const isSame = (answers: Answers): boolean => ['start', 'end'].every((each) => answers.text(each) === before[each]);
  const goods = [...campaign.categories, ...campaign.productIds];
  return (
    <>
      <BackToList program={program} part="campaigns" name={words.all} />
      <h2>{campaign.name}</h2>
      {isOver && <p class="panel">{words.over}</p>}
      {!isOver && !isOpen && <p class="panel">{p().programs.readOnly}</p>}
      {goods.length > 0 && <p class="quiet">{words.kept(goods.join(', '))}</p>}
      {campaign.happyHours.length > 1 && <p class="quiet">{words.keptHours(hoursInWords(campaign).join('; '))}</p>}
      {isOpen && (
        <EditForm
          fields={(typed) => campaignFields(program, typed)}
          typed={before}
          submit={p().terms.save}
          done={p().terms.saved}
          check={faultsOfHours}
          summary={(answers) => campaignInWords(answers, program)}
          question={(answers) => (isSame(answers) ? '' : questionOfHours(answers))}
          save={async (answers, headers, was) => {
            await saveCampaign(program, campaign, answers, zone, headers, was);
            await onChanged();
          }}
        />
      )}
      {isOpen && may('endCampaign') && <End program={program} campaign={campaign} onChanged={onChanged} />}
    </>
  );
}

function End({ program, campaign, onChanged }: Props) {
  const words = p().campaigns;
  const { isBusy, error, send } = useWrite();
  const body = { programId: program.programId, campaignId: campaign.campaignId };

  function end(): void {
    send(body, async (headers) => {
      await ask((api, signal) => api.POST('/endCampaign', { body, headers, signal }));
      await onChanged();
    });
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <div>
        <Sure question={words.endAsk} yes={words.yes} look="severe" act={end}>
          {words.end_}
        </Sure>
      </div>
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}
