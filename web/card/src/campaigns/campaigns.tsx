/** The campaigns that run: what each gives, to whom, and when. */

import { exactAmountOf } from '../../../shared/card/amounts.ts';
import { isRunning, type Campaign, type ProgramCard } from '../../../shared/card/model.ts';
import { locale } from '../../../shared/i18n/format.ts';
import { daysOf, timeOf } from '../../../shared/lib/hours.ts';
import { exactMoney, lastDay, number, t } from '../words.ts';

interface Props {
  readonly card: ProgramCard;
  /** Of the store, by whose clock a campaign ends. */
  readonly zone: string | undefined;
  readonly now: Date;
}

export function Campaigns({ card, zone, now }: Props) {
  const running = card.campaigns.filter((each) => isRunning(each, now));
  if (running.length === 0) return null;
  return (
    <section class="panel">
      <h2>{t().campaigns.title}</h2>
      <ul class="plain-list">
        {running.map((each) => (
          <li key={each.campaignId}>
            <h3>{each.name}</h3>
            <p>{giftOf(each, card)}</p>
            {timesOf(each, zone).map((text) => (
              <p class="quiet" key={text}>
                {text}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Say what a campaign gives, and for what. */
function giftOf(campaign: Campaign, card: ProgramCard): string {
  const words = t().campaigns;
  const { multiplier, bonus, minimumSpend, tiers = [] } = campaign;
  const what = campaign.isForSomeGoods ? words.ofSome : words.ofAll;
  return [
    multiplier && words.times(number(Number(multiplier)), what),
    bonus && words.bonus(exactAmountOf(Number(bonus), card), what),
    minimumSpend && words.minimum(exactMoney(Number(minimumSpend), card.currency)),
    tiers.length > 0 && words.tiers(tiers.join(', ')),
    campaign.isForFirstPurchase && words.first,
  ]
    .filter((each) => !!each)
    .join(', ');
}

function timesOf(campaign: Campaign, zone: string | undefined): readonly string[] {
  const words = t().campaigns;
  const hours = (campaign.happyHours ?? []).map(({ weekdays, fromMinute, toMinute }) =>
    words.hours(daysOf(weekdays, locale), timeOf(fromMinute, locale), timeOf(toMinute, locale)),
  );
  return campaign.endsAt === null ? hours : [...hours, words.until(lastDay(campaign.endsAt, zone))];
}
