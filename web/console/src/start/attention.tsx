/** What needs attention, each with the page where it is mended. */

import { Failed, Loading } from '../../../shared/ui/status.tsx';
import { may, store } from '../access.ts';
import { useRead } from '../ui/use-read.ts';
import { t } from '../words.ts';
import { CHECKS, type Check, type Finding } from './checks.ts';

interface Found {
  readonly findings: readonly Finding[];
  /** What could not be asked. */
  readonly failed: readonly { readonly check: Check; readonly error: unknown }[];
}

export function Attention() {
  const { value, again } = useRead(look, [store.value?.storeId]);
  const words = t().start;
  if (!value) {
    return (
      <section class="panel attention" aria-label={words.attention} aria-busy>
        <Loading />
      </section>
    );
  }
  const { findings, failed } = value;
  const isWell = findings.length === 0 && failed.length === 0;
  return (
    <section class={isWell ? 'panel attention good' : 'panel attention'} aria-label={words.attention}>
      {isWell ? <p>{words.allWell}</p> : <h2>{words.attention}</h2>}
      <ul class="plain-list findings">
        {findings.map(({ text, to }) => (
          <li key={text}>
            {text} {to && <a href={to}>{words.look}</a>}
          </li>
        ))}
      </ul>
      {failed.length > 0 && (
        <>
          <p class="problem">{words.unchecked(failed.map(({ check }) => words.checks[check.id]).join(', '))}</p>
          <Failed error={failed[0]?.error} retry={again} />
        </>
      )}
    </section>
  );
}

/** Ask all that the role may ask, at once. What cannot be asked hides nothing of the others. */
async function look(): Promise<Found> {
  const here = store.value;
  if (!here) return { findings: [], failed: [] };
  const checks = CHECKS.filter((each) => may(...each.needs));
  const asked = await Promise.allSettled(checks.map((each) => each.look(here)));
  const findings: Finding[] = [];
  const failed: Found['failed'][number][] = [];
  asked.forEach((each, index) => {
    const check = checks[index];
    if (each.status === 'fulfilled') findings.push(...each.value);
    else if (check) failed.push({ check, error: each.reason });
  });
  return { findings, failed };
}
