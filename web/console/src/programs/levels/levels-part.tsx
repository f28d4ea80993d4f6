/** The levels of a program: what they need, how they are lost, and who moves by that. */

import { may } from '../../access.ts';
import type { PartProps } from '../program.ts';
import { p } from '../words.ts';
import { LevelsForm } from './levels-form.tsx';
import { WhoMoves } from './who-moves.tsx';

export function LevelsPart({ program, onChanged }: PartProps) {
  if (!('tiers' in program.rules)) return null;
  return (
    <>
      {may('updateLoyaltyProgram') ? (
        <LevelsForm program={program} onChanged={onChanged} />
      ) : (
        <p class="panel">{p().programs.readOnly}</p>
      )}
      {may('recalculateTiers', 'getTierRecalculation') && <WhoMoves program={program} />}
    </>
  );
}
