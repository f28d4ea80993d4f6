/** What is wrong with a program that is not there yet, by step and field. */

import { isColor } from '../../../shared/lib/contrast.ts';
import { safeUrl } from '../../../shared/lib/safe-url.ts';
import { laterOf, RANGES, STEPS, type Draft, type Level, type NumberName, type Step } from './draft.ts';
import { readNumber, type NumberDoubt } from './numbers.ts';

export type Fault = NumberDoubt | 'missing' | 'tooLong' | 'tooMany' | 'ascending' | 'twice' | 'color' | 'link' | 'refused';
/** What is wrong, by field: `levels.1.from` is where the second level begins. */
export type Faults = Readonly<Record<string, Fault>>;

const NAME_CHARS_MAX = 100;
const TEXT_CHARS_MAX = 500;
const LEVEL_CHARS_MAX = 50;

/** Say what is wrong in a step; nothing if it is finished. */
export function faultsOf(draft: Draft, step: Step, locale: string): Faults {
  switch (step) {
    case 'type':
      return found({ programType: draft.programType === null ? 'missing' : undefined });
    case 'name':
      return found({
        programName: faultOfName(draft.programName, NAME_CHARS_MAX),
        description: draft.description.length > TEXT_CHARS_MAX ? 'tooLong' : undefined,
      });
    case 'rules':
      return faultsOfRules(draft, locale);
    case 'look':
      return found({
        color: isColor(draft.color) ? undefined : 'color',
        logo: draft.logo.trim() && !safeUrl(draft.logo.trim()) ? 'link' : undefined,
      });
    case 'open':
      return {};
  }
}

const NO_NUMBER: readonly (Fault | undefined)[] = ['unclear', 'decimals', 'tooLarge'];

/** What more typing does not mend is said at once: without it the card would be gone, and nobody knew why. */
export function atOnce(faults: Faults, numbers: Draft['numbers']): Faults {
  const isBegun = (text: string): boolean => /[.,]\s*$/.test(text); // Decimals follow.
  const names = (Object.keys(numbers) as NumberName[]).filter((each) => !isBegun(numbers[each]));
  return found(Object.fromEntries(names.filter((each) => NO_NUMBER.includes(faults[each])).map((each) => [each, faults[each]])));
}

/** Return the step to which somebody can go: the wanted one, or the first before it that is not finished. */
export function openStep(draft: Draft, wanted: string, locale: string): Step {
  const at = STEPS.findIndex((each) => each === wanted);
  const unfinished = STEPS.findIndex((each) => !isFinished(draft, each, locale));
  const last = unfinished === -1 ? STEPS.length - 1 : unfinished;
  return STEPS[Math.min(Math.max(at, 0), last)] ?? 'type';
}

/** A step that nobody has opened is not finished, though nothing is wrong in it. */
export const isFinished = (draft: Draft, step: Step, locale: string): boolean =>
  step !== 'open' && laterOf(step, draft.furthest) === draft.furthest && Object.keys(faultsOf(draft, step, locale)).length === 0;

function faultsOfRules(draft: Draft, locale: string): Faults {
  const { programType, numbers, reward, hasVisits } = draft;
  const faultOf = (name: NumberName): Fault | undefined => {
    const read = readNumber(numbers[name], locale, RANGES[name]);
    return 'doubt' in read ? read.doubt : undefined;
  };
  const ofReward = { reward: reward.trim().length > NAME_CHARS_MAX ? 'tooLong' : undefined } as const;
  const ofFullCard = { reward: faultOfName(reward, NAME_CHARS_MAX) }; // It is what the card is for.
  const ofCost = { rewardCost: reward.trim() ? faultOf('rewardCost') : undefined };
  const ofVisit = { pointsPerCheckin: hasVisits ? faultOf('pointsPerCheckin') : undefined };
  switch (programType) {
    case 'stamps':
      return found({ requiredStamps: faultOf('requiredStamps'), ...ofFullCard, ...ofVisit });
    case 'points':
      return found({ pointsPerEuro: faultOf('pointsPerEuro'), ...ofReward, ...ofCost, ...ofVisit });
    case 'cashback':
      return found({ cashbackPercentage: faultOf('cashbackPercentage') });
    case 'tier':
      return found({
        pointsPerEuro: faultOf('pointsPerEuro'),
        ...faultsOfLevels(draft.levels, locale),
        ...ofReward,
        ...ofCost,
        ...ofVisit,
      });
    case null:
      return { programType: 'missing' };
  }
}

export function faultsOfLevels(levels: readonly Level[], locale: string): Faults {
  const faults: Record<string, Fault | undefined> = {};
  let before = -1;
  levels.forEach(({ name, from }, index) => {
    const isTwice = levels.slice(0, index).some((each) => folded(each.name) === folded(name));
    faults[`levels.${index}.name`] = faultOfName(name, LEVEL_CHARS_MAX) ?? (isTwice ? 'twice' : undefined);
    const read = readNumber(from, locale, RANGES.minPoints);
    if ('doubt' in read) {
      faults[`levels.${index}.from`] = read.doubt;
      return;
    }
    if (read.value <= before) faults[`levels.${index}.from`] = 'ascending';
    before = read.value;
  });
  return found(faults);
}

const folded = (name: string): string => name.trim().toLocaleLowerCase();

function faultOfName(name: string, max: number): Fault | undefined {
  if (name.trim() === '') return 'missing';
  return name.trim().length > max ? 'tooLong' : undefined;
}

function found(faults: Readonly<Record<string, Fault | undefined>>): Faults {
  const entries = Object.entries(faults).filter(([, fault]) => fault !== undefined);
  return Object.fromEntries(entries) as Faults;
}
