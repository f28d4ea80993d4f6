/** What an entry of a history says. Texts that the API has made itself are English: here they get the words of the page. */

import { common } from '../i18n/catalogue.ts';
import type { Common } from '../i18n/en.ts';

type Texts = Common['entryTexts'];
type Name = Exclude<keyof Texts, 'receiptNumber' | 'goodsBack'>;

/** Each text that the API makes, with the name of its words. `tests/tools/test_entry_texts.py` holds it complete. */
const MADE: Readonly<Record<string, Name>> = {
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
/** The entry of what somebody got who was invited: each membership has one of this name at most. */
const INVITED = 'le_acce4be4e13cc0d009cdb1d24e202a25fc79c499';

/** What of an entry its text depends on. */
export interface Described {
  readonly entryId: string;
  readonly description: string;
}

/** Return the text of an entry for people; the merchant's own stay as they are. */
export function entryText({ entryId, description }: Described): string {
  const texts = common().entryTexts;
  const number = NUMBERED.exec(description)?.[1];
  if (number) return texts.receiptNumber(number);
  if (entryId === INVITED) return texts.invited;
  const name = Object.hasOwn(MADE, description) ? MADE[description] : undefined;
  return name === undefined ? description : texts[name];
}

/** Return what is said of a receipt whose goods came back; `undefined` of anything else. */
export function goodsBackText(entry: Described): string | undefined {
  const { description } = entry;
  const isReceipt = MADE[description] === 'receipt' || NUMBERED.test(description);
  return isReceipt ? common().entryTexts.goodsBack(entryText(entry)) : undefined;
}
