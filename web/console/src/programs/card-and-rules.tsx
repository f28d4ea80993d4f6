/** Change what the wizard has asked for; the card beside shows it before it is saved. */

import { locale, money } from '../../../shared/i18n/format.ts';
import type { Rules } from '../../../shared/lib/earning.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { may } from '../access.ts';
import { isCheckIn, perCheckIn } from './check-ins.ts';
import { COLOR_FIRST, RANGES } from './draft.ts';
import { EditForm } from './form/edit-form.tsx';
import type { Answers, FormField, Typed } from './form/fields.ts';
import { changeRewards, fullCardFields, typedFullCard, withCard, WITH_CARD } from './full-card.ts';
import { inSentences } from './in-sentences.ts';
import { perCheckInField } from './more/visits.ts';
import { readNumber, typedAs } from './numbers.ts';
import { Preview } from './preview.tsx';
import { lookOf, updateProgram, type Changes, type PartProps, type Program } from './program.ts';
import { countRange, moneyRange } from './ranges.ts';
import { p } from './words.ts';

const TEXT_MAX = 500;
const NAME_MAX = 100;

export function CardAndRules({ program, onChanged }: PartProps) {
  const words = p().terms;
  if (!may('updateLoyaltyProgram')) return <p class="panel">{p().programs.readOnly}</p>;
  return (
    <>
      <p class="quiet">{words.fixed(p().programs.types[program.programType])}</p>
      <EditForm
        fields={(typed) => fieldsOf(program, typed)}
        typed={typedOf(program)}
        submit={words.save}
        done={words.saved}
        save={async (answers, headers, before) => {
          await updateProgram(program, changesOf(program, before), changesOf(program, answers), headers);
          if (isCardChanged(program, answers)) await changeRewards(program, answers.number('requiredStamps'), headers);
          await onChanged();
        }}
        beside={(answers) => <Beside program={program} answers={answers} />}
      />
    </>
  );
}

function Beside({ program, answers }: { readonly program: Program; readonly answers: Answers | null }) {
  if (!answers) return <Preview look={null} sentences={[]} isInDoubt />;
  const changed = withChanges(program, answers);
  const rewards = changed.rewards.filter((each) => each.isActive);
  return <Preview look={lookOf(changed)} sentences={inSentences({ ...changed, rewards })} isInDoubt={false} />;
}

function fieldsOf(program: Program, typed: Typed): FormField[] {
  const { name, look } = p().wizard;
  return [
    { kind: 'text', name: 'programName', label: name.name, hint: name.nameHint, max: NAME_MAX },
    { kind: 'text', name: 'description', label: name.description, hint: name.descriptionHint, max: TEXT_MAX, isOptional: true },
    ...ruleFields(program, typed),
    ...(hasCheckIns(program) ? [perCheckInField(program)] : []),
    { kind: 'color', name: 'color', label: look.color },
    { kind: 'link', name: 'logo', label: look.logo, hint: look.logoHint, max: TEXT_MAX * 4, isOptional: true },
  ];
}

function stampsIn(typed: Typed): number | null {
  const read = readNumber(typed['requiredStamps'] ?? '', locale, RANGES.requiredStamps);
  return 'value' in read ? read.value : null;
}

/** Whether the rewards of a full card go with it. */
const isCardChanged = (program: Program, answers: Answers): boolean =>
  'requiredStamps' in program.rules && program.rules.requiredStamps !== answers.number('requiredStamps') && answers.flag(WITH_CARD);

const hasCheckIns = ({ earningMethods }: Program): boolean => earningMethods.some(isCheckIn);

function ruleFields(program: Program, typed: Typed): FormField[] {
  const words = p().terms;
  const { rules } = p().wizard;
  const { currency } = program;
  const minimum: FormField = {
    kind: 'number',
    name: 'minimumPurchase',
    label: words.minimumPurchase(currency),
    range: moneyRange(program),
    isOptional: true,
  };
  switch (program.programType) {
    case 'stamps':
      return [
        { kind: 'number', name: 'requiredStamps', label: rules.requiredStamps, range: RANGES.requiredStamps },
        ...fullCardFields(program, stampsIn(typed)),
        { kind: 'number', name: 'stampsPerPurchase', label: words.stampsPerPurchase, range: countRange(1, 100) },
      ];
    case 'cashback':
      return [
        { kind: 'number', name: 'cashbackPercentage', label: rules.cashbackPercentage, range: RANGES.cashbackPercentage },
        { kind: 'number', name: 'maxCashbackPerTransaction', label: words.maxCashback(currency), range: moneyRange(program), isOptional: true },
        minimum,
      ];
    default:
      return [
        { kind: 'number', name: 'pointsPerEuro', label: rules.pointsPerEuro(money(1, currency)), range: RANGES.pointsPerEuro },
        minimum,
      ];
  }
}

function typedOf({ programName, description, rules, branding }: Program): Typed {
  const numbers = Object.entries(rules).filter((each): each is [string, number] => typeof each[1] === 'number');
  return {
    programName,
    description,
    color: branding.color ?? COLOR_FIRST,
    logo: branding.logo ?? '',
    ...Object.fromEntries(numbers.map(([name, value]) => [name, typedAs(value, locale)])),
    pointsPerCheckin: typedAs(perCheckIn(rules), locale),
    ...typedFullCard(),
  };
}

const rulesOf = (program: Program, answers: Answers): NonNullable<Changes['rules']> => ({
  ...ofPurchases(program, answers),
  ...(hasCheckIns(program) && { pointsPerCheckin: answers.number('pointsPerCheckin') }),
});

function ofPurchases(program: Program, answers: Answers): NonNullable<Changes['rules']> {
  switch (program.programType) {
    case 'stamps':
      return { requiredStamps: answers.number('requiredStamps'), stampsPerPurchase: answers.number('stampsPerPurchase') };
    case 'cashback':
      return {
        cashbackPercentage: answers.number('cashbackPercentage'),
        maxCashbackPerTransaction: answers.numberOrNull('maxCashbackPerTransaction'),
        minimumPurchase: answers.numberOrNull('minimumPurchase'),
      };
    default:
      return { pointsPerEuro: answers.number('pointsPerEuro'), minimumPurchase: answers.numberOrNull('minimumPurchase') };
  }
}

const changesOf = (program: Program, answers: Answers): Changes => ({
  programName: answers.text('programName'),
  description: answers.text('description'),
  rules: rulesOf(program, answers),
  branding: { color: answers.text('color'), logo: safeUrl(answers.text('logo')) ?? null },
});

const withChanges = (program: Program, answers: Answers): Program => ({
  ...program,
  programName: answers.text('programName'),
  description: answers.text('description'),
  rewards: isCardChanged(program, answers) ? withCard(program, answers.number('requiredStamps')) : program.rewards,
  rules: { ...program.rules, ...rulesOf(program, answers) } as Rules,
  branding: { color: answers.text('color'), logo: safeUrl(answers.text('logo')) ?? null },
});
