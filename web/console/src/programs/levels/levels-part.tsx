/** The levels of a program: what they need, how they are lost, and who moves by that. */

import { useRef, useState } from 'preact/hooks';
import { Problem } from '../../../../shared/api/client.ts';
import { locale } from '../../../../shared/i18n/format.ts';
import { may } from '../../access.ts';
import { Field } from '../../ui/field.tsx';
import { RANGES } from '../draft.ts';
import { failureText } from '../failure-text.ts';
import { textOf } from '../fault-text.ts';
import { faultsOfLevels, type Faults } from '../faults.ts';
import { EditForm } from '../form/edit-form.tsx';
import { typedAs } from '../numbers.ts';
import { updateProgram, type PartProps, type Program } from '../program.ts';
import { countRange } from '../ranges.ts';
import { placeOf } from '../request.ts';
import { useWrite } from '../../ui/use-write.ts';
import { p } from '../words.ts';
import { FACTOR_RANGE, faultsOfFactors, levelsOf, tiersFrom, type EditedLevel } from './tier-form.ts';
import { WhoMoves } from './who-moves.tsx';

export function LevelsPart({ program, onChanged }: PartProps) {
  if (!('tiers' in program.rules)) return null;
  const canChange = may('updateLoyaltyProgram');
  return (
    <>
      {canChange && <LevelForm program={program} onChanged={onChanged} />}
      {canChange && <Policy program={program} onChanged={onChanged} />}
      {!canChange && <p class="panel">{p().programs.readOnly}</p>}
      {may('recalculateTiers', 'getTierRecalculation') && <WhoMoves program={program} />}
    </>
  );
}

const LEVELS_MAX = 20;

function LevelForm({ program, onChanged }: PartProps) {
  const words = p().levels;
  const { rules } = p().wizard;
  const tiers = 'tiers' in program.rules ? program.rules.tiers : [];
  const [levels, setLevels] = useState(() => levelsOf(tiers, locale));
  const [isTried, setTried] = useState(false);
  const [refused, setRefused] = useState<Faults>({});
  const [isDone, setDone] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, send } = useWrite();
  const own = { ...faultsOfLevels(levels, locale), ...faultsOfFactors(levels, locale) };
  const faults = { ...refused, ...(isTried ? own : {}) };

  function put(changed: readonly EditedLevel[]): void {
    setLevels([...changed]);
    setRefused({});
    setDone(false);
  }
  const change = (index: number, changes: Partial<EditedLevel>): void =>
    put(levels.map((each, at) => (at === index ? { ...each, ...changes } : each)));

  function submit(event: Event): void {
    event.preventDefault();
    setTried(true);
    if (Object.keys(own).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    const changes = { rules: { tiers: tiersFrom(levels, locale) } };
    send(changes, async (headers) => {
      try {
        await updateProgram(program, changes, headers);
        setDone(true);
        onChanged();
      } catch (failure) {
        const fields = failure instanceof Problem ? Object.keys(failure.details['fields'] ?? {}) : [];
        if (fields.length === 0) throw failure;
        setRefused(Object.fromEntries(fields.map((each) => [placeOf(each).field, 'refused'])));
      }
    });
  }

  return (
    <form class="panel" noValidate onSubmit={submit} ref={form} aria-busy={isBusy}>
      <h2>{words.title}</h2>
      <p class="quiet">{words.note}</p>
      {levels.map((level, index) => {
        const name = level.name || rules.level(String(index + 1));
        return (
          <div class="line" key={index}>
            <Field
              label={rules.level(String(index + 1))}
              problem={textOf(faults[`levels.${index}.name`])}
              value={level.name}
              onInput={(text) => change(index, { name: text })}
              isText
            />
            <Field
              label={rules.from(name)}
              problem={textOf(faults[`levels.${index}.from`], RANGES.minPoints)}
              mode="numeric"
              value={level.from}
              onInput={(from) => change(index, { from })}
            />
            <Field
              label={words.factor(name)}
              problem={textOf(faults[`levels.${index}.factor`], FACTOR_RANGE)}
              mode="decimal"
              value={level.factor}
              onInput={(factor) => change(index, { factor })}
            />
            {levels.length > 1 && (
              <button type="button" class="plain" onClick={() => put(levels.filter((_, at) => at !== index))}>
                {rules.remove(name)}
              </button>
            )}
          </div>
        );
      })}
      {levels.length < LEVELS_MAX && (
        <div>
          <button
            type="button"
            class="plain"
            onClick={() => put([...levels, { name: '', from: '', factor: '', before: null }])}
          >
            {rules.add}
          </button>
        </div>
      )}
      <p class="problem" role="alert">
        {error === undefined ? '' : failureText(error)}
      </p>
      <div class="line">
        <button type="submit" aria-disabled={isBusy}>
          {p().terms.save}
        </button>
        <p role="status">{isDone ? p().terms.saved : ''}</p>
      </div>
    </form>
  );
}

const BASES = ['lifetime', 'rolling_12_months', 'calendar_year', 'balance'] as const;
const DOWNGRADES = ['none', 'one', 'all'] as const;

function Policy({ program, onChanged }: PartProps) {
  const words = p().levels;
  const policy = program.tierPolicy;
  return (
    <>
      <h2>{words.policy}</h2>
      <EditForm
        fields={() => [
          { kind: 'select', name: 'basis', label: words.basis, options: BASES.map((value) => ({ value, name: words.bases[value] })) },
          {
            kind: 'select',
            name: 'downgrade',
            label: words.downgrade,
            options: DOWNGRADES.map((value) => ({ value, name: words.downgrades[value] ?? value })),
          },
          { kind: 'number', name: 'graceDays', label: words.graceDays, range: countRange(0, 730) },
        ]}
        typed={{
          basis: policy?.basis ?? 'lifetime',
          downgrade: policy?.downgrade ?? 'none',
          graceDays: typedAs(policy?.graceDays ?? 0, locale),
        }}
        submit={p().terms.save}
        done={p().terms.saved}
        save={async (answers, headers) => {
          type Policy = NonNullable<Program['tierPolicy']>;
          const tierPolicy = {
            basis: answers.text('basis') as NonNullable<Policy['basis']>,
            downgrade: answers.text('downgrade') as NonNullable<Policy['downgrade']>,
            graceDays: answers.number('graceDays'),
          };
          await updateProgram(program, { tierPolicy }, headers);
          onChanged();
        }}
      />
    </>
  );
}
