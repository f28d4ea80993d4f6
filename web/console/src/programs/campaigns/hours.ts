/** Days and hours of a campaign, as they are typed and as the API takes them. Pure. */

import type { components } from '../../../../shared/api/schema.gen.ts';
import type { Faults } from '../faults.ts';
import type { Answers } from '../form/fields.ts';

type HappyHour = components['schemas']['HappyHourInput'];

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const DAY_BEGINS = '00:00';
export const DAY_ENDS = '24:00';

/** Hours need both ends. */
export function faultsOfHours(answers: Answers): Faults {
  const [start, end] = [answers.text('start'), answers.text('end')];
  if (start !== '' && end === '') return { end: 'missing' };
  return start === '' && end !== '' ? { start: 'missing' } : {};
}

export function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

export function hoursOf(answers: Answers): HappyHour[] {
  const weekdays = answers.several('weekdays') as HappyHour['weekdays'];
  const [start, end] = [answers.text('start'), answers.text('end')];
  if (weekdays.length === 0 && start === '') return [];
  return [
    {
      weekdays: weekdays.length > 0 ? weekdays : [...DAYS],
      start: start || DAY_BEGINS,
      end: end === '' || end === DAY_BEGINS ? DAY_ENDS : end,
    },
  ];
}
