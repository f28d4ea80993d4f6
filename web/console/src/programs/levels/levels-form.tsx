/** Change the levels, what counts for them and how they are lost: one form, saved as a whole. */

import { useState } from 'preact/hooks';
import { locale } from '../../../../shared/i18n/format.ts';
import { answersOf, faultsOfForm, type Typed } from '../form/fields.ts';
import { lastPart } from '../form/edit-form.tsx';
import { FormField } from '../form/form-field.tsx';
import { FormFoot } from '../form/form-foot.tsx';
import { useForm } from '../form/use-form.ts';
import { updateProgram, type Changes, type PartProps } from '../program.ts';
import { placeOf } from '../request.ts';
import { p } from '../words.ts';
import { LevelFields } from './level-fields.tsx';
import { policyFields, policyFrom, typedPolicy } from './policy.ts';
import { faultsOfTiers, levelsOf, NEW_LEVEL, tiersFrom, type EditedLevel } from './tier-form.ts';

const LEVELS_MAX = 20;

interface Content {
  readonly levels: readonly EditedLevel[];
  readonly policy: Typed;
}

const changesOf = ({ levels, policy }: Content): Changes => ({
  rules: { tiers: tiersFrom(levels, locale) },
  tierPolicy: policyFrom(answersOf(policyFields(policy), policy, locale)),
});

export function LevelsForm({ program, onChanged }: PartProps) {
  const words = p().levels;
  const tiers = 'tiers' in program.rules ? program.rules.tiers : [];
  const [levels, setLevels] = useState<readonly EditedLevel[]>(() => levelsOf(tiers, locale));
  const [policy, setPolicy] = useState(() => typedPolicy(program));
  const fields = policyFields(policy);

  const form = useForm({
    content: { levels, policy },
    faults: { ...faultsOfTiers(levels, locale), ...faultsOfForm(fields, policy, locale) },
    save: async (headers, before) => {
      await updateProgram(program, changesOf(before), changesOf({ levels, policy }), headers);
      await onChanged();
    },
    placeOf: (field) =>
      field.startsWith('rules.tiers[') ? placeOf(field).field : (fields.find(({ name }) => name === lastPart(field))?.name ?? null),
  });

  function put(changed: readonly EditedLevel[]): void {
    setLevels(changed);
    form.touched();
  }

  return (
    <form class="panel" noValidate onSubmit={form.submit} ref={form.element} aria-busy={form.isBusy}>
      <h2>{words.title}</h2>
      <p class="quiet">{words.note}</p>
      {levels.map((level, index) => (
        <LevelFields
          level={level}
          index={index}
          faults={form.faults}
          onChange={(changes) => put(levels.map((each, at) => (at === index ? { ...each, ...changes } : each)))}
          onRemove={levels.length > 1 ? () => put(levels.filter((_, at) => at !== index)) : undefined}
          key={index}
        />
      ))}
      {levels.length < LEVELS_MAX && (
        <div>
          <button type="button" class="plain" onClick={() => put([...levels, NEW_LEVEL])}>
            {p().wizard.rules.add}
          </button>
        </div>
      )}
      <h3>{words.policy}</h3>
      {fields.map((field) => (
        <FormField
          field={field}
          value={policy[field.name] ?? ''}
          fault={form.faults[field.name]}
          onInput={(value) => {
            setPolicy((before) => ({ ...before, [field.name]: value }));
            form.touched();
          }}
          key={field.name}
        />
      ))}
      <FormFoot form={form} submit={p().terms.save} done={p().terms.saved} />
    </form>
  );
}
