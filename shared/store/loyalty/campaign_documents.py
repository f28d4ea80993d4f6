"""Campaigns, and how often they were had: counted in shards, so that no document is hot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.loyalty.campaigns import SHARDS, Campaign
from shared.store import paths
from shared.store.client import Snapshot, Write
from shared.store.documents import Documents


@dataclass(frozen=True, slots=True)
class CampaignShard:
    """A part of the count of a campaign with a total limit."""

    used: int


CAMPAIGNS = Documents(
    Campaign,
    paths.campaign,
    path_of=lambda campaign: paths.campaign(campaign.program_id, campaign.campaign_id),
)
_SHARDS = Documents(CampaignShard, paths.campaign_shard)

decode = CAMPAIGNS.decode
find = CAMPAIGNS.find
creation = CAMPAIGNS.creation
write = CAMPAIGNS.write


def used(read: Snapshot) -> int:
    """Return how often a shard was used; 0 if it was not yet."""
    shard = _SHARDS.decode(read)
    return shard.used if shard else 0


def use(read: Snapshot) -> Write:
    """Return the write that counts one more use in a shard."""
    return _SHARDS.write(read, CampaignShard(used(read) + 1))


def count_uses(program_id: str, campaign_id: str) -> int:
    """Return how often a campaign with a total limit was had: one query."""
    found = _SHARDS.query(collection=paths.campaign_shards(program_id, campaign_id), limit=SHARDS)
    return sum(each.used for each in found)


def list_page(
    program_id: str, *, after: tuple[datetime, str] | None = None, limit: int
) -> list[Campaign]:
    """Return a program's campaigns, newest first.

    Args:
        program_id: The program.
        after: Time and id of the last campaign of the page before.
        limit: The most campaigns to return.
    """
    return CAMPAIGNS.query(
        collection=paths.campaigns(program_id),
        order_by=["-createdAt", "-__name__"],
        after={"createdAt": after[0], "__name__": after[1]} if after else None,
        limit=limit,
    )
