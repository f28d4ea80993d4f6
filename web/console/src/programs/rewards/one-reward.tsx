/** One reward: change it, give a voucher codes, or archive it. */

import { ask } from '../../../../shared/api/client.ts';
import { Failed } from '../../../../shared/ui/status.tsx';
import { Sure } from '../../../../shared/ui/sure.tsx';
import { may, store } from '../../access.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList } from '../part-link.tsx';
import type { Program } from '../program.ts';
import { useWrite } from '../../ui/use-write.ts';
import { p } from '../words.ts';
import { othersOf, rewardFields, saveReward, typedReward, type Reward } from './reward.ts';
import { VoucherCodes } from './voucher-codes.tsx';

interface Props {
  readonly program: Program;
  readonly reward: Reward;
  readonly onChanged: () => Promise<void>;
}

export function OneReward({ program, reward, onChanged }: Props) {
  const words = p().rewards;
  const zone = store.value?.timeZone ?? 'UTC';
  const isArchived = reward.archivedAt !== null;
  const isOpen = !isArchived && may('updateReward');
  return (
    <>
      <BackToList program={program} part="rewards" name={words.all} />
      <h2>{reward.title}</h2>
      {othersOf(reward).map((each) => (
        <p class="quiet" key={each}>
          {each}
        </p>
      ))}
      {isArchived && <p class="panel">{words.archived}</p>}
      {!isArchived && !isOpen && <p class="panel">{p().programs.readOnly}</p>}
      {isOpen && (
        <EditForm
          fields={(typed) => rewardFields(program, typed, reward)}
          typed={typedReward(reward, zone)}
          submit={p().terms.save}
          done={p().terms.saved}
          save={async (answers, headers, before) => {
            await saveReward(program, reward, answers, zone, headers, before);
            await onChanged();
          }}
        />
      )}
      {isOpen && reward.type === 'voucher' && may('importVoucherCodes') && (
        <VoucherCodes program={program} reward={reward} onChanged={onChanged} />
      )}
      {isOpen && may('archiveReward') && <Archive program={program} reward={reward} onChanged={onChanged} />}
    </>
  );
}

function Archive({ program, reward, onChanged }: Props) {
  const words = p().rewards;
  const { isBusy, error, send } = useWrite();
  const body = { programId: program.programId, rewardId: reward.rewardId };

  function archive(): void {
    send(body, async (headers) => {
      await ask((api, signal) => api.POST('/archiveReward', { body, headers, signal }));
      await onChanged();
    });
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <div>
        <Sure question={words.archiveAsk} yes={words.yes} look="severe" act={archive}>
          {words.archive}
        </Sure>
      </div>
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}
