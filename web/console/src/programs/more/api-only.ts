import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { number } from '../../../../shared/i18n/format.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { lifetimeOf } from './lifetime.ts';
import { days, list } from './say.ts';
import type { Topic } from './topic.ts';

const EVENT = 'event:';

/** What is made for systems, and which only these change. */
export const apiOnly: Topic = {
  sentences: (program) => {
    const words = p().topics.apiOnly;
    const { milestones, offlineOverdraft } = program;
    return [
      ...program.ruleExpiries.flatMap(ofRule),
      ...(milestones.length > 0 ? [words.milestones(milestonesOf(program))] : []),
      ...(offlineOverdraft > 0 ? [words.overdraft(exactAmountOf(offlineOverdraft, program))] : []),
    ];
  },
};

/** The last one says what of. */
function milestonesOf(program: Program): string {
  const { milestones, programType } = program;
  const last = milestones.length - 1;
  const isMoney = programType === 'cashback';
  return list(milestones.map((each, index) => (isMoney || index === last ? exactAmountOf(each, program) : number(each))));
}

function ofRule(rule: Program['ruleExpiries'][number]): string[] {
  const words = p().topics.apiOnly;
  const { alerts } = p().topics.expiry;
  const name = rule.rule.startsWith(EVENT) ? words.event(rule.rule.slice(EVENT.length)) : (words.rules[rule.rule] ?? rule.rule);
  return [words.expires(name, lifetimeOf(rule)) + (rule.alertDays ? ` ${alerts(days(rule.alertDays))}` : '')];
}
