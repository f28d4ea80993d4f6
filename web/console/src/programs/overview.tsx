/** What a program is, whether it is open, and what can be done next. */

import { may } from '../access.ts';
import { openingFailure } from './failure-text.ts';
import { inSentences } from './in-sentences.ts';
import { made } from './made.ts';
import { NEW, partAddress } from './part-link.tsx';
import { Preview } from './preview.tsx';
import { InForce } from './more/in-force.tsx';
import { lookOf, updateProgram, type PartProps, type Program } from './program.ts';
import { useWrite } from '../ui/use-write.ts';
import { p } from './words.ts';

export function Overview({ program, onChanged }: PartProps) {
  const words = p().program;
  const sentences = inSentences({ ...program, rewards: program.rewards.filter((each) => each.isActive) });
  return (
    <>
      <div class="with-preview">
        <div class="stack">
          {made.value === program.programId && (
            <section class="panel good" role="status">
              <p class="large">{program.isActive ? words.madeOpen : words.madeClosed}</p>
            </section>
          )}
          <State program={program} onChanged={onChanged} />
        </div>
        <Preview look={lookOf(program)} sentences={sentences} isInDoubt={false} />
      </div>
      <InForce program={program} said={sentences} />
    </>
  );
}

/** Points without a reward are for nothing, unless they pay. */
const canSpendNothing = ({ programType, pointValue, rewards }: Program): boolean =>
  programType !== 'cashback' && pointValue === null && !rewards.some((each) => each.isActive);

function State({ program, onChanged }: PartProps) {
  const { isBusy, error, send } = useWrite();
  const words = p().program;
  const { isActive } = program;

  function change(): void {
    send(!isActive, async (headers) => {
      await updateProgram(program, { isActive }, { isActive: !isActive }, headers);
      made.value = undefined;
      await onChanged();
    });
  }

  return (
    <section class="panel" aria-busy={isBusy}>
      <h2>{isActive ? words.isOpen : words.isClosed}</h2>
      <p>{isActive ? words.openNow : words.closedNow}</p>
      {canSpendNothing(program) && may('createReward') && (
        <a class="back" href={partAddress(program, 'rewards', NEW)}>
          {words.addReward}
        </a>
      )}
      {isActive && may('getStoreQrCode') && (
        <a class="back" href="/console/programs/poster">
          {p().programs.poster}
        </a>
      )}
      {may('updateLoyaltyProgram') && (
        <>
          <p class="quiet">{isActive ? words.closeNote : words.openNote}</p>
          <p class="problem" role="alert">
            {error === undefined ? '' : openingFailure(error)}
          </p>
          <div>
            <button type="button" class={isActive ? 'severe' : undefined} aria-disabled={isBusy} onClick={change}>
              {isActive ? words.close : words.open}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
