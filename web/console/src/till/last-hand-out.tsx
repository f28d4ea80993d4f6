/** The reward that was handed out last, after the customer has gone: what it was, and its undoing. */

import { t } from '../words.ts';
import { HandOutUndo } from './hand-out-undo.tsx';
import { programOf, sentenceOf, type HandOut } from './hand-outs.ts';

interface Props {
  readonly handOut: HandOut;
  readonly onUndone: (handOut: HandOut) => void;
}

export function LastHandOut({ handOut, onUndone }: Props) {
  const words = t().till;
  const program = programOf(handOut.programId);
  return (
    <section class="panel good" aria-label={words.handOut.last}>
      <div role="status">
        <p>
          {[handOut.name, program?.programName].filter(Boolean).join(' · ')}
        </p>
        <p class="large">{sentenceOf(handOut)}</p>
      </div>
      <HandOutUndo handOut={handOut} onUndone={onUndone} />
    </section>
  );
}
