import { exactAmountOf } from '../../../../shared/card/amounts.ts';
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
      ...(milestones.length > 0 ? [words.milestones(list(milestones.map((each) => exactAmountOf(each, program))))] : []),
      ...(offlineOverdraft > 0 ? [words.overdraft(exactAmountOf(offlineOverdraft, program))] : []),
    ];
  },
};

function ofRule(rule: Program['ruleExpiries'][number]): string[] {
  const words = p().topics.apiOnly;
  const { alerts } = p().topics.expiry;
  const name = rule.rule.startsWith(EVENT) ? words.event(rule.rule.slice(EVENT.length)) : (words.rules[rule.rule] ?? rule.rule);
  return [words.expires(name, lifetimeOf(rule)) + (rule.alertDays ? ` ${alerts(days(rule.alertDays))}` : '')];
}
