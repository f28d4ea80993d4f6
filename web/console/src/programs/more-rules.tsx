/** What a program may have besides: check-ins, limits, gifts, expiry, and what returns take back. */

import { locale } from '../../../shared/i18n/format.ts';
import { may } from '../access.ts';
import { EditForm } from './form/edit-form.tsx';
import { CHECKED, type Answers, type FormField, type Typed } from './form/fields.ts';
import type { Faults } from './faults.ts';
import { typedAs } from './numbers.ts';
import { updateProgram, type Changes, type PartProps, type Program } from './program.ts';
import { countRange, unitOf, unitRange } from './ranges.ts';
import { p } from './words.ts';

export function MoreRules({ program, onChanged }: PartProps) {
  const words = p().terms;
  if (!may('updateLoyaltyProgram')) return <p class="panel">{p().programs.readOnly}</p>;
  return (
    <>
      <p class="quiet">{words.moreNote}</p>
      <EditForm
        fields={(typed) => fieldsOf(program, typed)}
        typed={typedOf(program)}
        submit={words.save}
        done={words.saved}
        check={checked}
        placeOf={placeOf}
        save={async (answers, headers) => {
          await updateProgram(program, changesOf(program, answers), headers);
          onChanged();
        }}
      />
    </>
  );
}

const REFUNDS = ['within_balance', 'unlimited', 'only_pending'] as const;
const METHODS = ['qr_checkin', 'store_checkin', 'scan_and_go', 'click_collect'] as const;
const DAYS_MAX = 3_650;
const MONTHS_MAX = 120;

/** Who had fixed dates keeps them until something else is chosen. */
function expiryKindOf({ pointsExpiry }: Program): 'never' | 'days' | 'months' | 'dates' {
  if (!pointsExpiry) return 'never';
  if (pointsExpiry.fixedDates?.length) return 'dates';
  return pointsExpiry.afterMonths == null ? 'days' : 'months';
}

function fieldsOf(program: Program, typed: Typed): FormField[] {
  const words = p().terms;
  const unit = unitOf(program);
  const expiry = typed['expiry'] ?? 'never';
  const kinds = (['never', 'days', 'months', 'dates'] as const).filter(
    (each) => each !== 'dates' || expiryKindOf(program) === 'dates',
  );
  const hasCount = expiry === 'days' || expiry === 'months';
  return [
    { kind: 'number', name: 'welcomeBonus', label: words.welcomeBonus(unit), hint: words.welcomeBonusHint, range: unitRange(program, 0) },
    { kind: 'number', name: 'referrer', label: words.referrer(unit), range: unitRange(program, 0), isOptional: true },
    { kind: 'number', name: 'referred', label: words.referred(unit), range: unitRange(program, 0), isOptional: true },
    {
      kind: 'several',
      name: 'earningMethods',
      label: words.methods,
      options: METHODS.map((value) => ({ value, name: words.method[value] })),
    },
    { kind: 'number', name: 'pointsPerCheckin', label: words.perCheckIn(unit), hint: words.perCheckInHint, range: unitRange(program, 0), isOptional: true },
    { kind: 'number', name: 'perDay', label: words.checkInsPerDay, range: countRange(1, 100) },
    { kind: 'check', name: 'receiptClaims', label: words.receiptClaims },
    { kind: 'number', name: 'maxPerDay', label: words.maxPerDay(unit), range: unitRange(program), isOptional: true },
    {
      kind: 'select',
      name: 'expiry',
      label: words.expiry,
      hint: words.expiryHint,
      options: kinds.map((value) => ({ value, name: words.expiries[value] })),
    },
    ...(hasCount
      ? [
          {
            kind: 'number',
            name: 'expiryCount',
            label: words.expiryCount,
            range: countRange(1, expiry === 'days' ? DAYS_MAX : MONTHS_MAX),
          } as const,
        ]
      : []),
    { kind: 'number', name: 'pendingDays', label: words.pendingDays, hint: words.pendingDaysHint, range: countRange(0, 365) },
    { kind: 'select', name: 'refundPolicy', label: words.refunds, options: REFUNDS.map((value) => ({ value, name: words.refund[value] })) },
    { kind: 'number', name: 'redemptionCancelDays', label: words.cancelDays, range: countRange(0, 365) },
    { kind: 'check', name: 'allowsUnverified', label: words.unverified },
  ];
}

function typedOf(program: Program): Typed {
  const { pointsExpiry, referral, earningLimits } = program;
  const number = (value: number | null | undefined): string => typedAs(value, locale);
  return {
    welcomeBonus: number(program.welcomeBonus),
    referrer: number(referral?.referrerPoints),
    referred: number(referral?.newMemberPoints),
    earningMethods: program.earningMethods.join(','),
    pointsPerCheckin: number(program.rules.pointsPerCheckin),
    perDay: number(program.checkInLimit.perDay),
    receiptClaims: program.receiptClaims ? CHECKED : '',
    maxPerDay: number(earningLimits.maxPerDay),
    expiry: expiryKindOf(program),
    expiryCount: number(pointsExpiry?.afterMonths ?? pointsExpiry?.afterDays ?? 12),
    pendingDays: number(program.pendingDays),
    refundPolicy: program.refundPolicy,
    redemptionCancelDays: number(program.redemptionCancelDays),
    allowsUnverified: program.allowsUnverified ? CHECKED : '',
  };
}

const checked = (answers: Answers): Faults =>
  answers.several('earningMethods').length === 0 ? { earningMethods: 'missing' } : {};

const PLACES: Readonly<Record<string, string>> = {
  'referral.referrerPoints': 'referrer',
  'referral.newMemberPoints': 'referred',
  'pointsExpiry.afterDays': 'expiryCount',
  'pointsExpiry.afterMonths': 'expiryCount',
  pointsExpiry: 'expiryCount',
};

const placeOf = (field: string): string => PLACES[field] ?? /[^.[\]]+$/.exec(field)?.[0] ?? field;

function changesOf(program: Program, answers: Answers): Changes {
  const isChosen = (name: string, before: boolean): boolean => answers.flag(name) !== before;
  return {
    welcomeBonus: answers.number('welcomeBonus'),
    referral: referralOf(program, answers),
    earningMethods: answers.several('earningMethods') as Program['earningMethods'],
    rules: { pointsPerCheckin: answers.numberOrNull('pointsPerCheckin') },
    checkInLimit: { ...program.checkInLimit, perDay: answers.number('perDay') },
    // What was set of it by the API stays.
    ...(isChosen('receiptClaims', program.receiptClaims !== null) && {
      receiptClaims: answers.flag('receiptClaims') ? {} : null,
    }),
    earningLimits: { ...program.earningLimits, maxPerDay: answers.numberOrNull('maxPerDay') },
    ...expiryOf(answers),
    pendingDays: answers.number('pendingDays'),
    refundPolicy: answers.text('refundPolicy') as Program['refundPolicy'],
    redemptionCancelDays: answers.number('redemptionCancelDays'),
    allowsUnverified: answers.flag('allowsUnverified'),
  };
}

function referralOf({ referral }: Program, answers: Answers): Required<Changes>['referral'] {
  const referrerPoints = answers.number('referrer');
  const newMemberPoints = answers.number('referred');
  if (referrerPoints === 0 && newMemberPoints === 0) return null;
  return { ...referral, referrerPoints, newMemberPoints };
}

function expiryOf(answers: Answers): Pick<Changes, 'pointsExpiry'> {
  const count = answers.number('expiryCount');
  switch (answers.text('expiry')) {
    case 'days':
      return { pointsExpiry: { afterDays: count } };
    case 'months':
      return { pointsExpiry: { afterMonths: count } };
    case 'never':
      return { pointsExpiry: null };
    default:
      return {};
  }
}
