/** The rewards of a program: the list, a new one, or one of them. */

import { ask } from '../../../../shared/api/client.ts';
import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { Failed, Loading } from '../../../../shared/ui/status.tsx';
import { may, store } from '../../access.ts';
import { useRead } from '../../ui/use-read.ts';
import { EditForm } from '../form/edit-form.tsx';
import { BackToList, goToList, namedHere, NEW } from '../part-link.tsx';
import { PartList } from '../part-list.tsx';
import type { PartProps, Program } from '../program.ts';
import { p } from '../words.ts';
import { OneReward } from './one-reward.tsx';
import { rewardFields, saveReward, typedReward, type Reward } from './reward.ts';

export function Rewards({ program, onChanged }: PartProps) {
  const { programId } = program;
  const named = namedHere();
  const body = { programId, includeArchived: true };
  const read = useRead(() => ask((api, signal) => api.POST('/listRewards', { body, signal })), [programId]);
  const { error, again: load, reload } = read;
  const rewards = read.value?.rewards;

  async function changed(): Promise<void> {
    await Promise.all([reload(), onChanged()]);
  }

  if (!rewards) return error === undefined ? <Loading /> : <Failed error={error} retry={load} />;
  const one = rewards.find((each) => each.rewardId === named);
  return (
    <>
      {error !== undefined && <Failed error={error} retry={load} />}
      {named === NEW && <NewReward program={program} onChanged={changed} />}
      {one && <OneReward program={program} reward={one} onChanged={changed} key={one.rewardId} />}
      {named !== NEW && !one && <List program={program} rewards={rewards} />}
    </>
  );
}

function NewReward({ program, onChanged }: PartProps) {
  const words = p().rewards;
  const zone = store.value?.timeZone ?? 'UTC';
  return (
    <>
      <BackToList program={program} part="rewards" name={words.all} />
      <h2>{words.new}</h2>
      <EditForm
        fields={(typed) => rewardFields(program, typed, null)}
        typed={typedReward(null, zone)}
        submit={words.create}
        done={words.created}
        save={async (answers, headers, before) => {
          await saveReward(program, null, answers, zone, headers, before);
          await onChanged();
        }}
        onSaved={() => goToList(program, 'rewards')}
      />
    </>
  );
}

function List({ program, rewards }: { readonly program: Program; readonly rewards: readonly Reward[] }) {
  const words = p().rewards;
  return (
    <PartList
      program={program}
      part="rewards"
      words={words}
      columns={[words.name, words.kind, words.cost, words.state]}
      rows={rewards.map((each) => ({
        id: each.rewardId,
        name: each.title,
        cells: [
          words.types[each.type] ?? each.type,
          exactAmountOf(each.requiredPoints, program),
          words.states[stateOf(each, new Date())],
        ],
      }))}
      mayMake={may('createReward')}
    />
  );
}

function stateOf(reward: Reward, now: Date): 'offered' | 'paused' | 'planned' | 'over' | 'archived' {
  if (reward.archivedAt !== null) return 'archived';
  if (!reward.isActive) return 'paused';
  if (reward.validFrom !== null && new Date(reward.validFrom) > now) return 'planned';
  return reward.validUntil !== null && new Date(reward.validUntil) <= now ? 'over' : 'offered';
}
