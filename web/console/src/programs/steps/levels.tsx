/** The levels of a program, from the lowest. The first is everybody's. */

import { Field } from '../../ui/field.tsx';
import { RANGES, type Level } from '../draft.ts';
import { textOf } from '../fault-text.ts';
import { p } from '../words.ts';
import type { StepProps } from './step.ts';

const LEVELS_MAX = 20;

export function Levels({ draft, faults, onChange }: Pick<StepProps, 'draft' | 'faults' | 'onChange'>) {
  const words = p().wizard.rules;
  const { levels } = draft;

  function change(index: number, changes: Partial<Level>): void {
    onChange({ levels: levels.map((each, at) => (at === index ? { ...each, ...changes } : each)) });
  }

  return (
    <fieldset class="levels">
      <legend>{words.levels}</legend>
      {levels.map((level, index) => (
        <div class="line" key={index}>
          <Field
            label={words.level(String(index + 1))}
            problem={textOf(faults[`levels.${index}.name`])}
            value={level.name}
            onInput={(name) => change(index, { name })}
            isText
          />
          {index > 0 && (
            <Field
              label={words.from(level.name || words.level(String(index + 1)))}
              problem={textOf(faults[`levels.${index}.from`], RANGES.minPoints)}
              mode="numeric"
              value={level.from}
              onInput={(from) => change(index, { from })}
            />
          )}
          {index > 0 && levels.length > 2 && (
            <button
              type="button"
              class="plain"
              onClick={() => onChange({ levels: levels.filter((_, at) => at !== index) })}
            >
              {words.remove(level.name || words.level(String(index + 1)))}
            </button>
          )}
        </div>
      ))}
      {levels.length < LEVELS_MAX && (
        <button type="button" class="plain" onClick={() => onChange({ levels: [...levels, { name: '', from: '' }] })}>
          {words.add}
        </button>
      )}
    </fieldset>
  );
}
