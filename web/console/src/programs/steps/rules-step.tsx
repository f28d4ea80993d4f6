import { money } from '../../../../shared/i18n/format.ts';
import type { ProgramType } from '../../../../shared/lib/earning.ts';
import { Field } from '../../ui/field.tsx';
import { hasCost, RANGES, type NumberName } from '../draft.ts';
import { textOf } from '../fault-text.ts';
import { CHECKED } from '../form/fields.ts';
import { FormField } from '../form/form-field.tsx';
import { unitOf } from '../ranges.ts';
import { p } from '../words.ts';
import { Levels } from './levels.tsx';
import type { StepProps } from './step.ts';

export function RulesStep(props: StepProps) {
  const { draft, currency } = props;
  const words = p().wizard.rules;
  switch (draft.programType) {
    case 'stamps':
      return (
        <>
          <NumberField {...props} name="requiredStamps" label={words.requiredStamps} />
          <RewardField {...props} label={words.fullCard} hint={words.fullCardHint} />
          <VisitFields {...props} programType={draft.programType} />
        </>
      );
    case 'cashback':
      return (
        <NumberField {...props} name="cashbackPercentage" label={words.cashbackPercentage} hint={words.cashbackHint} />
      );
    case 'points':
    case 'tier':
      return (
        <>
          <NumberField {...props} name="pointsPerEuro" label={words.pointsPerEuro(money(1, currency))} />
          {draft.programType === 'tier' && <Levels {...props} />}
          <RewardField {...props} label={words.reward} hint={words.rewardHint} />
          <VisitFields {...props} programType={draft.programType} />
        </>
      );
    case null:
      return null;
  }
}

interface NumberProps extends StepProps {
  readonly name: NumberName;
  readonly label: string;
  readonly hint?: string;
}

function NumberField({ draft, faults, onChange, name, label, hint }: NumberProps) {
  const { numbers } = draft;
  return (
    <Field
      label={label}
      hint={hint}
      problem={textOf(faults[name], RANGES[name])}
      mode={RANGES[name].digits > 0 ? 'decimal' : 'numeric'}
      value={numbers[name]}
      onInput={(text) => onChange({ numbers: { ...numbers, [name]: text } })}
    />
  );
}

/** What a visit brings without a purchase: nothing, unless somebody chooses it. */
function VisitFields(props: StepProps & { readonly programType: ProgramType }) {
  const { draft, currency, programType, onChange } = props;
  const words = p().wizard.rules;
  return (
    <>
      <FormField
        field={{ kind: 'check', name: 'hasVisits', label: words.visits, hint: words.visitsHint }}
        value={draft.hasVisits ? CHECKED : ''}
        fault={undefined}
        onInput={(value) => onChange({ hasVisits: value === CHECKED })}
      />
      {draft.hasVisits && (
        <NumberField {...props} name="pointsPerCheckin" label={p().topics.visits.perCheckIn(unitOf({ programType, currency }))} />
      )}
    </>
  );
}

function RewardField({ label, hint, ...rest }: StepProps & { readonly label: string; readonly hint: string }) {
  const { draft, faults, onChange } = rest;
  return (
    <>
      <Field
        label={label}
        hint={hint}
        problem={textOf(faults['reward'])}
        value={draft.reward}
        onInput={(reward) => onChange({ reward })}
        isText
      />
      {hasCost(draft.programType) && draft.reward.trim() !== '' && (
        <NumberField {...rest} name="rewardCost" label={p().wizard.rules.rewardCost} />
      )}
    </>
  );
}
