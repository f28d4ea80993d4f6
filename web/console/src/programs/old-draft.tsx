/** Says that the wizard goes on with what was typed another time, and how to begin anew. */

import { Sure } from '../../../shared/ui/sure.tsx';
import { p } from './words.ts';

export function OldDraft({ onBeginAnew }: { readonly onBeginAnew: () => void }) {
  const words = p().wizard.draft;
  return (
    <div class="line">
      <p class="quiet">{words.note}</p>
      <Sure question={words.anewAsk} yes={words.anewYes} look="plain" act={onBeginAnew}>
        {words.anew}
      </Sure>
    </div>
  );
}
