/** Every rule that is in force besides those that the card's side says, whoever has set it. */

import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { TOPIC_IDS, topicOf } from './topics.ts';

interface Props {
  readonly program: Program;
  /** What is said elsewhere on the page. */
  readonly said: readonly string[];
}

export function InForce({ program, said }: Props) {
  const words = p().topics;
  const parts = TOPIC_IDS.map((id) => {
    const sentences = topicOf(id).sentences(program);
    return { id, sentences: sentences.filter((each) => !said.includes(each)) };
  });
  return (
    <section class="panel">
      <h2>{words.inForce}</h2>
      <dl class="in-force">
        {parts
          .filter(({ sentences }) => sentences.length > 0)
          .map(({ id, sentences }) => (
            <div class="pair" key={id}>
              <dt>{words[id].title}</dt>
              <dd>{sentences.join(' ')}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
