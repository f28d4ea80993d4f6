/** What can be said of one level. What few need is opened when it is wanted. */

import { useId } from 'preact/hooks';
import { Field } from '../../ui/field.tsx';
import { LinesField } from '../../ui/lines-field.tsx';
import { RANGES } from '../draft.ts';
import { textOf } from '../fault-text.ts';
import type { Faults } from '../faults.ts';
import { p } from '../words.ts';
import { BENEFITS, FACTOR_RANGE, type EditedLevel } from './tier-form.ts';

interface Props {
  readonly level: EditedLevel;
  readonly index: number;
  readonly faults: Faults;
  readonly onChange: (changes: Partial<EditedLevel>) => void;
  /** Not of the only one. */
  readonly onRemove: (() => void) | undefined;
}

export function LevelFields({ level, index, faults, onChange, onRemove }: Props) {
  const words = p().levels;
  const { rules } = p().wizard;
  const name = level.name || rules.level(String(index + 1));
  const faultOf = (field: keyof EditedLevel) => faults[`levels.${index}.${field}`];
  return (
    <fieldset class="level">
      <legend class="for-readers">{name}</legend>
      <div class="line">
        <Field
          label={rules.level(String(index + 1))}
          problem={textOf(faultOf('name'))}
          value={level.name}
          onInput={(text) => onChange({ name: text })}
          isText
        />
        <Field
          label={rules.from(name)}
          problem={textOf(faultOf('from'), RANGES.minPoints)}
          mode="numeric"
          value={level.from}
          onInput={(from) => onChange({ from })}
        />
        <Field
          label={words.factor(name)}
          problem={textOf(faultOf('factor'), FACTOR_RANGE)}
          mode="decimal"
          value={level.factor}
          onInput={(factor) => onChange({ factor })}
        />
      </div>
      <details open={faultOf('benefits') !== undefined || faultOf('color') !== undefined || undefined}>
        <summary>{words.more(name)}</summary>
        <div class="stack">
          <LinesField
            label={words.benefits}
            hint={words.benefitsHint}
            problem={textOf(faultOf('benefits'), BENEFITS)}
            value={level.benefits}
            onInput={(benefits) => onChange({ benefits })}
          />
          <Field
            label={words.color}
            hint={words.colorHint}
            problem={textOf(faultOf('color'))}
            value={level.color}
            onInput={(color) => onChange({ color })}
          />
          <Kept level={level} onChange={onChange} />
          {onRemove && (
            <button type="button" class="plain" onClick={onRemove}>
              {rules.remove(name)}
            </button>
          )}
        </div>
      </details>
    </fieldset>
  );
}

function Kept({ level, onChange }: Pick<Props, 'level' | 'onChange'>) {
  const id = useId();
  const words = p().levels;
  return (
    <div class="field">
      <label class="check">
        <input
          type="checkbox"
          checked={level.isKept}
          aria-describedby={id}
          onChange={(event) => onChange({ isKept: event.currentTarget.checked })}
        />
        {words.kept}
      </label>
      <p id={id} class="quiet">
        {words.keptHint}
      </p>
    </div>
  );
}
