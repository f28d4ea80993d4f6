/** A campaign as its form has it, in words: what it brings and when, before it begins. */

import { exactAmountOf } from '../../../../shared/card/amounts.ts';
import { calendarDay, counted, exactMoney, locale, number } from '../../../../shared/i18n/format.ts';
import { daysOf, timeOf } from '../../../../shared/lib/hours.ts';
import type { Answers } from '../form/fields.ts';
import type { Program } from '../program.ts';
import { p } from '../words.ts';
import { DAYS, hoursOf, minuteOf } from './hours.ts';

const DAY_MINUTES = 24 * 60;

/** Say what it brings, from when until when, and on which days at which hours of that. */
export function campaignInWords(answers: Answers, program: Program): string {
  const words = p().campaigns.says;
  const isBonus = answers.text('kind') === 'bonus';
  const brings = isBonus
    ? words.bonus(exactAmountOf(answers.number('bonus'), program))
    : words.multiplier(number(answers.number('multiplier')));
  const [from, until] = [answers.text('startsAt'), answers.text('endsAt')];
  const dates = words.dates(
    from === '' ? words.now : words.from(calendarDay(from)),
    until === '' ? words.open : words.until(calendarDay(until)),
  );
  const minimum = answers.numberOrNull('minimumSpend');
  const least = minimum ? [words.least(exactMoney(minimum, program.currency))] : [];
  return `${[brings, ...least, dates].join(' ')}: ${hoursOfDay(answers)}.`;
}

function hoursOfDay(answers: Answers): string {
  const words = p().campaigns;
  const chosen = answers.several('weekdays').map((each) => DAYS.findIndex((one) => one === each) + 1);
  const days = chosen.length === 0 || chosen.length === DAYS.length ? words.daily : daysOf(chosen, locale);
  return answers.text('start') === '' ? words.says.wholeDay(days) : `${days} ${spanOf(answers)}`;
}

/** From when to when, how long that is, and that it ends on the next day, if it does. */
function spanOf(answers: Answers): string {
  const words = p().campaigns.says;
  const start = minuteOf(answers.text('start'));
  const end = minuteOf(hoursOf(answers)[0]?.end ?? '');
  const isOver = end <= start;
  const minutes = end - start + (isOver ? DAY_MINUTES : 0);
  const [from, to] = [timeOf(start, locale), timeOf(end, locale)];
  return `${isOver ? words.overMidnight(from, to) : words.hours(from, to)} ${words.long(lengthOf(minutes))}`;
}

function lengthOf(minutes: number): string {
  const words = p().campaigns.says;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours > 0 && counted(hours, words.hour), rest > 0 && counted(rest, words.minute)].filter(Boolean).join(' ');
}

/** Hours that end on the next day may be meant, or swapped: only the person knows. Empty if nothing is to be asked. */
export function questionOfHours(answers: Answers): string {
  const [start, end] = [answers.text('start'), hoursOf(answers)[0]?.end ?? ''];
  if (start === '' || end === '' || minuteOf(end) > minuteOf(start)) return '';
  return p().campaigns.says.ask(spanOf(answers));
}
