"""What a purchase earns a member now: rules, tier, campaigns and limits, decided on fresh reads.

A campaign with a total limit is counted in shards: each has an allotment, and a booking uses one of
them. Only if that one is used up are the others read. The total is never exceeded, because each
shard is written under the precondition that it is as it was read.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.loyalty import campaigns, earning
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.earning import Award, Earner
from shared.domain.loyalty.earning_base import PurchaseLine
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.services.commands import Reads, Wanted
from shared.store import paths
from shared.store.client import Write
from shared.store.loyalty import campaign_documents

_SOLD_OUT: set[tuple[str, int]] = set()
"""Campaigns whose limits are used up, as this process has seen. Uses are never given back, and a
limit is only raised, so this stays true."""


@dataclass(frozen=True, slots=True)
class CampaignShards:
    """The campaigns of a program with a total limit, each with the shard to try first.

    Make it before the decision, which must be the same for the same reads.
    """

    program: Program
    first_shards: dict[str, int]

    @classmethod
    def at(cls, program: Program, at: datetime) -> CampaignShards:
        """Choose shards of the campaigns that hold at a time."""
        shards = {
            each.campaign_id: random.choice(campaigns.shards_of(each.limit_total))
            for each in program.campaigns
            if each.limit_total is not None
            and (each.campaign_id, each.limit_total) not in _SOLD_OUT
            and each.holds(at, program.time_zone)
        }
        return cls(program, shards)

    @property
    def needs(self) -> list[str]:
        """The paths to read, besides the membership."""
        program_id = self.program.program_id
        return [
            paths.campaign_shard(program_id, campaign_id, shard)
            for campaign_id, shard in self.first_shards.items()
        ]

    def decide(
        self, reads: Reads, award_of: Callable[[set[str]], Award], had: Collection[str] = ()
    ) -> tuple[Award, list[Write]]:
        """Return an award, and the writes that count the campaigns that it has.

        Args:
            reads: What was read.
            award_of: Computes the award without campaigns that are used up.
            had: Campaigns that the purchase has had and counted before.

        Raises:
            Wanted: The first shard of a campaign is used up, and the others are not read yet.
            InvalidParameters: See ``earning.award_for_purchase``.
        """
        sold_out = {
            each.campaign_id
            for each in self.program.campaigns
            if each.limit_total is not None and each.campaign_id not in self.first_shards
        }
        while True:
            award = award_of(sold_out)
            writes: list[Write] = []
            gone = set()
            for campaign in self._limited(award, had):
                write = self._use(campaign, reads)
                if write is None:
                    gone.add(campaign.campaign_id)
                else:
                    writes.append(write)
            if not gone:
                return award, writes
            sold_out |= gone

    def _limited(self, award: Award, had: Collection[str]) -> list[Campaign]:
        """Return the campaigns with a total limit that an award has."""
        if award.made_of is None or award.awarded_units <= 0:
            return []
        made_of = {each.campaign_id for each in award.made_of.campaigns}
        return [
            each
            for each in self.program.campaigns
            if each.campaign_id in made_of and each.limit_total is not None
            if each.campaign_id not in had
        ]

    def _use(self, campaign: Campaign, reads: Reads) -> Write | None:
        """Return the write that uses a campaign once; ``None`` if it is used up."""
        limit, campaign_id = campaign.limit_total, campaign.campaign_id
        assert limit is not None
        first = self.first_shards[campaign_id]
        every = campaigns.shards_of(limit)
        in_turn = [*every[first:], *every[:first]]
        path_of = {
            shard: paths.campaign_shard(self.program.program_id, campaign_id, shard)
            for shard in in_turn
        }
        for shard in in_turn:
            if path_of[shard] not in reads:
                raise Wanted([path for path in path_of.values() if path not in reads])
            read = reads[path_of[shard]]
            if campaign_documents.used(read) < campaigns.allotment(limit, shard):
                return campaign_documents.use(read)
        if all(reads[path].update_time is not None for path in path_of.values()):
            # Joint bookings see uses of those before them, which may never be committed.
            _SOLD_OUT.add((campaign_id, limit))
        return None


@dataclass(frozen=True, slots=True)
class Awarding:
    """A purchase that is to earn at ``at``. Make it before the decision, as ``CampaignShards``.

    ``bought`` are its lines, or how many purchases it is if nobody has told what was paid.
    """

    program: Program
    bought: Sequence[PurchaseLine] | int
    at: datetime
    shards: CampaignShards

    @classmethod
    def of(cls, program: Program, bought: Sequence[PurchaseLine] | int, at: datetime) -> Awarding:
        """Prepare what a purchase earns."""
        return cls(program, bought, at, CampaignShards.at(program, at))

    @property
    def needs(self) -> list[str]:
        """The paths to read, besides the membership."""
        return self.shards.needs

    def decide(self, membership: Membership, reads: Reads) -> tuple[Award, list[Write]]:
        """Return the award, and the writes that count the campaigns that it has.

        Raises:
            Wanted: The first shard of a campaign is used up, and the others are not read yet.
            InvalidParameters: See ``earning.award_for_purchase``.
        """

        def award_of(sold_out: set[str]) -> Award:
            earner = Earner(membership, self.at, sold_out)
            if isinstance(self.bought, int):
                return earning.award_for_count(self.program, self.bought, earner)
            return earning.award_for_purchase(self.program, self.bought, earner)

        return self.shards.decide(reads, award_of)
