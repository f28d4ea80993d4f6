/** `/console/programs/{programId}` and its parts: one program. */

import './programs.css';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { parts } from '../../../shared/lib/router.ts';
import { Failed, Loading } from '../../../shared/ui/status.tsx';
import type { PageProps } from '../sections.ts';
import { useRead } from '../ui/use-read.ts';
import { Campaigns } from './campaigns/campaigns.tsx';
import { CardAndRules } from './card-and-rules.tsx';
import { LevelsPart } from './levels/levels-part.tsx';
import { MoreRules } from './more/more-rules.tsx';
import { Overview } from './overview.tsx';
import { readProgram, type PartProps, type Program } from './program.ts';
import { Rewards } from './rewards/rewards.tsx';
import { p } from './words.ts';

type Part = keyof ReturnType<typeof p>['program']['parts'];

const PARTS: Readonly<Record<Part, ComponentType<PartProps>>> = {
  overview: Overview,
  card: CardAndRules,
  more: MoreRules,
  rewards: Rewards,
  campaigns: Campaigns,
  levels: LevelsPart,
};

export default function ProgramPage({ id }: PageProps) {
  const { value: program, error, again, reload } = useRead(() => readProgram(id), [id]);
  const words = p().program;

  useEffect(() => {
    if (program) document.title = `${program.programName} · Punktwerk`;
  }, [program]);

  const named = parts()[3] ?? 'overview';
  const part = named in PARTS ? (named as Part) : 'overview';
  const View = PARTS[part];
  return (
    <>
      <a class="back" href="/console/programs">
        {words.back}
      </a>
      <h1 tabIndex={-1}>{program?.programName ?? p().programs.title}</h1>
      {!program && error === undefined && <Loading />}
      {error !== undefined && <Failed error={error} retry={again} />}
      {program && (
        <>
          <Parts program={program} now={part} />
          <View program={program} onChanged={reload} />
        </>
      )}
    </>
  );
}

function Parts({ program, now }: { readonly program: Program; readonly now: Part }) {
  const words = p().program;
  const open = (Object.keys(PARTS) as Part[]).filter((each) => each !== 'levels' || program.programType === 'tier');
  return (
    <nav class="pages parts" aria-label={words.partsOf(program.programName)}>
      {open.map((each) => (
        <a
          href={addressOf(program, each)}
          aria-current={each === now ? 'page' : undefined}
          ref={each === now ? show : null}
          key={each}
        >
          {words.parts[each]}
        </a>
      ))}
    </nav>
  );
}

function addressOf({ programId }: Program, part: Part): string {
  const base = `/console/programs/${encodeURIComponent(programId)}`;
  return part === 'overview' ? base : `${base}/${part}`;
}

/** On a phone the row is longer than the screen. */
function show(link: HTMLElement | null): void {
  link?.scrollIntoView({ block: 'nearest', inline: 'center' });
}
