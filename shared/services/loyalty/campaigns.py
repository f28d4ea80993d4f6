"""Create, change, end and read the campaigns of a program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain.loyalty import campaigns as domain
from shared.domain.loyalty.campaigns import Campaign, CampaignStatus
from shared.domain.loyalty.programs import Program
from shared.domain.units import to_units
from shared.errors import CampaignNotFound, LimitExceeded
from shared.schemas import paging
from shared.schemas.base import invalid
from shared.schemas.paging import CursorPosition, Page
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import campaign_documents, program_documents

CAMPAIGNS_MAX = 20
"""Campaigns of a program that have not ended: every purchase looks at all of them."""


@dataclass(frozen=True, slots=True)
class SavedCampaign:
    """A campaign as it was written; ``is_replay`` if an earlier request with the same key did."""

    campaign: Campaign
    is_replay: bool = False


def create(
    caller: Caller,
    program_id: str,
    store_id: str | None,
    draft: Callable[[Program, str, datetime], Campaign],
) -> SavedCampaign:
    """Create a campaign; ``draft`` makes it of the program, its id and the time.

    Raises:
        ProgramNotFound, InvalidParameters, LimitExceeded, IdempotencyKeyReused, Busy.
    """
    access.program(caller, program_id, store_id)
    now, campaign_id = clock.utc_now(), ids.new("cmp")
    program_path = paths.program(program_id)

    def decide(reads: Reads) -> Effect[SavedCampaign]:
        program = _program(caller, reads, program_id, store_id)
        others = not_ended(program, now)
        if len(others) >= CAMPAIGNS_MAX:
            raise LimitExceeded(
                f"A program has at most {CAMPAIGNS_MAX} campaigns that have not ended.",
                fix="End one of them with endCampaign.",
            )
        campaign = draft(program, campaign_id, now)
        require_fitting(program, campaign)
        require_time_left(campaign, now)
        after = replace(program, campaigns=domain.in_order([*others, campaign]))
        writes = [
            campaign_documents.creation(campaign),
            *program_documents.replacement(reads[program_path], after),
        ]
        return _saved(campaign, writes)

    saved = commands.run([program_path], decide, claim=caller.claim, replay=_replayed)
    program_documents.forget(program_id)
    return saved


def change(
    caller: Caller,
    program_id: str,
    campaign_id: str,
    store_id: str | None,
    changed: Callable[[Campaign], Campaign],
) -> SavedCampaign:
    """Change a campaign that has not ended. It holds from the next purchase on.

    Raises:
        ProgramNotFound, CampaignNotFound, InvalidParameters, IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()

    def decide(program: Program, before: Campaign) -> Campaign:
        if before.status(now) is CampaignStatus.ENDED:
            raise invalid({"campaignId": "names a campaign that has ended; create another one"})
        after = replace(changed(before), updated_at=now)
        require_fitting(program, after)
        require_limit_kept(before, after)
        return after

    return _write(caller, program_id, campaign_id, store_id, now, decide)


def end(caller: Caller, program_id: str, campaign_id: str, store_id: str | None) -> SavedCampaign:
    """End a campaign now. One that has ended already stays as it is.

    Raises:
        ProgramNotFound, CampaignNotFound, IdempotencyKeyReused, Busy.
    """
    now = clock.utc_now()

    def decide(_: Program, before: Campaign) -> Campaign:
        if before.status(now) is CampaignStatus.ENDED:
            return before
        return replace(before, ended_at=now, updated_at=now)

    return _write(caller, program_id, campaign_id, store_id, now, decide)


def find(
    caller: Caller, program_id: str, campaign_id: str, store_id: str | None
) -> tuple[Campaign, int | None]:
    """Return a campaign, and how often it was had, if it has a total limit.

    Raises:
        ProgramNotFound, CampaignNotFound.
    """
    access.program(caller, program_id, store_id)
    campaign = campaign_documents.find(program_id, campaign_id)
    if campaign is None:
        raise CampaignNotFound(f"The program has no campaign {campaign_id}.")
    if campaign.limit_total is None:
        return campaign, None
    return campaign, campaign_documents.count_uses(program_id, campaign_id)


def list_page(
    caller: Caller,
    program_id: str,
    store_id: str | None,
    *,
    after: CursorPosition | None,
    limit: int,
) -> Page[Campaign]:
    """Return a page of a program's campaigns, newest first: one query.

    Raises:
        ProgramNotFound: The program is absent or not the caller's.
    """
    access.program(caller, program_id, store_id)
    position = (after.at, after.id) if after else None
    found = campaign_documents.list_page(program_id, after=position, limit=limit + 1)
    return paging.cut(found, limit, lambda last: CursorPosition(last.created_at, last.campaign_id))


def _write(
    caller: Caller,
    program_id: str,
    campaign_id: str,
    store_id: str | None,
    now: datetime,
    changed: Callable[[Program, Campaign], Campaign],
) -> SavedCampaign:
    access.program(caller, program_id, store_id)
    program_path = paths.program(program_id)
    path = paths.campaign(program_id, campaign_id)

    def decide(reads: Reads) -> Effect[SavedCampaign]:
        program = _program(caller, reads, program_id, store_id)
        before = campaign_documents.decode(reads[path])
        if before is None:
            raise CampaignNotFound(f"The program has no campaign {campaign_id}.")
        after = changed(program, before)
        if after == before:
            return _saved(before, [])
        others = [each for each in not_ended(program, now) if each.campaign_id != campaign_id]
        kept = [] if after.status(now) is CampaignStatus.ENDED else [after]
        program = replace(program, campaigns=domain.in_order([*others, *kept]))
        writes = [
            campaign_documents.write(reads[path], after),
            *program_documents.replacement(reads[program_path], program),
        ]
        return _saved(after, writes)

    saved = commands.run([program_path, path], decide, claim=caller.claim, replay=_replayed)
    program_documents.forget(program_id)
    return saved


def _program(caller: Caller, reads: Reads, program_id: str, store_id: str | None) -> Program:
    found = program_documents.decode(reads[paths.program(program_id)])
    return access.own_program(caller, found, program_id, store_id)


def not_ended(program: Program, now: datetime) -> list[Campaign]:
    """Return the campaigns of a program that run or are to come."""
    return [each for each in program.campaigns if each.status(now) is not CampaignStatus.ENDED]


def require_fitting(program: Program, campaign: Campaign) -> None:
    """Refuse what the program does not have, or what is finer than its unit.

    Raises:
        InvalidParameters: The fields are named.
    """
    if campaign.bonus is not None:
        to_units(campaign.bonus, program.scale, field="bonus")
    known = {tier.name for tier in program.tiers}
    unknown = [name for name in campaign.tiers if name not in known]
    if unknown:
        raise invalid({"tiers": f"names {unknown[0]}, which is no tier of the program"})
    if (campaign.multiplier is None) is (campaign.bonus is None):
        raise invalid({"multiplier": "or bonus must be given, and not both"})
    if campaign.ends_at is not None and campaign.ends_at <= campaign.starts_at:
        raise invalid({"endsAt": "must be after startsAt"})


def require_time_left(campaign: Campaign, now: datetime) -> None:
    """Refuse a campaign that is over already.

    Raises:
        InvalidParameters: The field is named.
    """
    if campaign.ends_at is not None and campaign.ends_at <= now:
        raise invalid({"endsAt": "must be in the future"})


def require_limit_kept(before: Campaign, after: Campaign) -> None:
    """Refuse to lower a total limit: more than that may have had it already.

    Raises:
        InvalidParameters: The field is named.
    """
    known, wanted = before.limit_total, after.limit_total
    if known is not None and wanted is not None and wanted < known:
        raise invalid({"limitTotal": "cannot be lowered; endCampaign ends it at once"})


def _saved(campaign: Campaign, writes: list[Write]) -> Effect[SavedCampaign]:
    return Effect(SavedCampaign(campaign), writes, codec.to_document(campaign))


def _replayed(kept: Document, _: Reads) -> SavedCampaign:
    return SavedCampaign(codec.from_document(Campaign, kept), is_replay=True)
