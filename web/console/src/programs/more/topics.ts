/** The topics, in the order in which a merchant asks for them. */

import { apiOnly } from './api-only.ts';
import { expiry } from './expiry.ts';
import { friends } from './friends.ts';
import { joining } from './joining.ts';
import { limits } from './limits.ts';
import { occasions } from './occasions.ts';
import { paying } from './paying.ts';
import { purchases } from './purchases.ts';
import { receipts } from './receipts.ts';
import { returns } from './returns.ts';
import type { Topic } from './topic.ts';
import { visits } from './visits.ts';

export const TOPICS = {
  joining,
  friends,
  visits,
  occasions,
  paying,
  expiry,
  purchases,
  limits,
  returns,
  receipts,
  apiOnly,
} satisfies Readonly<Record<string, Topic>>;

export type TopicId = keyof typeof TOPICS;
export const TOPIC_IDS = Object.keys(TOPICS) as readonly TopicId[];
export const topicOf = (id: TopicId): Topic => TOPICS[id];
