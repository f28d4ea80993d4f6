/** What an entry of a history says. Texts that the API has made itself are English: here they get the words of the page. */

import { common } from '../i18n/catalogue.ts';
import type { Common } from '../i18n/en.ts';

type Texts = Common['entryTexts'];

/** Each text that the API makes, with the name of its words. `tests/tools/test_entry_texts.py` holds it complete. */
const MADE: Readonly<Record<string, keyof Texts>> = {
  'Opening balance': 'opening',
  'Welcome bonus': 'welcome',
  Referral: 'referral',
  Birthday: 'birthday',
  'Check-in': 'checkIn',
  Receipt: 'receipt',
  Cancelled: 'cancelled',
  Merged: 'merged',
  'The purchase was returned': 'returned',
  'External sync: add': 'sync',
  'External sync: redeem': 'sync',
  'External sync: set': 'sync',
  app_login: 'appLogin',
  referral: 'referral',
  birthday: 'birthday',
  newsletter: 'newsletter',
  review: 'review',
};
const NUMBERED = /^Receipt (.+)$/;

/** Return the text of an entry for people; the merchant's own stay as they are. */
export function entryText(description: string): string {
  const texts = common().entryTexts;
  const number = NUMBERED.exec(description)?.[1];
  if (number) return texts.receiptNumber(number);
  const name = Object.hasOwn(MADE, description) ? MADE[description] : undefined;
  return name === undefined || name === 'receiptNumber' ? description : texts[name];
}
