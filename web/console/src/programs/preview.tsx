/** The card as customers will have it, beside what its rules mean. It is the component of the card itself. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { LoyaltyCard } from '../../../shared/card/loyalty-card.tsx';
import { cardOf, exampleOf, type Look } from './face.ts';
import { p } from './words.ts';

interface Props {
  readonly look: Look | null;
  readonly sentences: readonly string[];
  /** Whether what is typed cannot be shown. */
  readonly isInDoubt: boolean;
}

export function Preview({ look, sentences, isInDoubt }: Props) {
  const words = p().wizard.preview;
  return (
    <section class="preview" aria-label={words.title}>
      {look ? <Cards look={look} /> : <p class="quiet">{isInDoubt ? words.doubt : words.empty}</p>}
      {sentences.length > 0 && (
        <ul class="sentences">
          {sentences.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      <Announced text={sentences.join(' ')} />
    </section>
  );
}

function Cards({ look }: { readonly look: Look }) {
  const words = p().wizard.preview;
  const logo = useSettled(look.logo); // An address that is still being typed is of somebody else.
  const card = cardOf({ ...look, logo });
  const key = `${look.color ?? ''} ${look.programType}`; // A colour that is taken away is gone from the card.
  return (
    <>
      <p class="quiet">{words.offer}</p>
      <div class="phone" inert>
        <LoyaltyCard card={card} key={key} />
      </div>
      <p class="quiet">{words.member}</p>
      <div class="phone" inert>
        <LoyaltyCard card={card} membership={exampleOf(look)} key={key} />
      </div>
    </>
  );
}

const PAUSE_MS = 1_000;

/** Return a value once it has stayed the same for a while. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Say for readers what the rules mean, once typing pauses. */
function Announced({ text }: { readonly text: string }) {
  const first = useRef(text); // What the page opens with is read with the page.
  const settled = useSettled(text);
  return (
    <p class="for-readers" role="status">
      {settled === first.current ? '' : settled}
    </p>
  );
}
