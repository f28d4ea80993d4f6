"""The configuration of a store: export it, plan what another one would change, and do that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain import looks
from shared.domain.loyalty import campaigns as campaign_rules
from shared.domain.loyalty.campaigns import Campaign
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.rewards import REWARDS_MAX, Reward
from shared.domain.stores.stores import Store
from shared.errors import ConfigurationAmbiguous, InvalidParameters, LimitExceeded, PlanOutdated
from shared.schemas.base import invalid
from shared.schemas.loyalty.configuration_bodies import (
    Action,
    ConfigurationBody,
    ConfiguredProgramBody,
    FieldChangeBody,
    PlanItemBody,
    configured_campaign,
    configured_program,
    placed,
    program_place,
)
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.services.joint_commands import WRITES_MAX
from shared.services.loyalty import campaigns, programs, reward_stocks
from shared.services.loyalty.programs import ProgramDraft
from shared.store import codec, paths
from shared.store.client import Document, Write
from shared.store.loyalty import campaign_documents, program_documents
from shared.store.stores import store_documents


@dataclass(frozen=True, slots=True)
class Plan:
    """What a configuration changes in a store; ``plan_id`` is of that, and of what it is now.

    If ``is_applied``, ``items`` are what was written, without the changes of their fields.
    """

    plan_id: str
    items: tuple[PlanItemBody, ...]
    is_applied: bool
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """A program as it is, ``None`` if it is not there yet, and as it becomes."""

    before: Program | None
    after: Program
    items: list[PlanItemBody]

    @property
    def is_one(self) -> bool:
        return any(each.action in {Action.CREATE, Action.UPDATE} for each in self.items)


def find(caller: Caller, store_id: str) -> tuple[Store, list[Program]]:
    """Return a store and its programs, whose names and whose campaigns' names are all different.

    Raises:
        StoreNotFound, ConfigurationAmbiguous.
    """
    store = access.store(caller, store_id)
    found = program_documents.list_of_store(store_id)
    now = clock.utc_now()
    _require_one_each("programs", [each.program_name for each in found])
    for program in found:
        _require_one_each("campaigns", [each.name for each in campaigns.not_ended(program, now)])
    return store, found


def apply(
    caller: Caller,
    store_id: str,
    configuration: ConfigurationBody,
    *,
    plan_id: str | None,
) -> Plan:
    """Plan what a configuration changes; with the id of that plan, do it, in one commit.

    Nothing is deleted. Without ``plan_id``, nothing is written.

    Raises:
        StoreNotFound, InvalidParameters, LimitExceeded, ConfigurationAmbiguous, PlanOutdated,
        IdempotencyKeyReused, Busy.
    """
    known = access.store(caller, store_id)
    store_path, now = paths.store(store_id), clock.utc_now()
    new_ids = [ids.new("lp") for _ in configuration.programs]
    text = configuration.model_dump_json(by_alias=True)
    drafts = [_draft(each) for each in configuration.programs]

    def decide(reads: Reads) -> Effect[Plan]:
        store = access.own_store(caller, store_documents.decode(reads[store_path]), store_id)
        _require_currency(store, configuration.currency)
        commands.want(reads, [paths.program(each) for each in store.program_ids])
        found = [program_documents.decode(reads[paths.program(each)]) for each in store.program_ids]
        held = [each for each in found if each is not None]
        changes: list[_Change] = []
        for index, body in enumerate(configuration.programs):
            try:
                before = _of_name(held, body.program_name)
                changes.append(_change(store, before, body, drafts[index], new_ids[index], now))
            except InvalidParameters as refusal:
                raise placed(refusal, program_place(index)) from None
            except LimitExceeded as refusal:
                problem = f"{program_place(index)}: {refusal.message}"
                raise LimitExceeded(problem, fix=refusal.fix) from None
        named = {each.before.program_id for each in changes if each.before is not None}
        others = [each for each in held if each.program_id not in named]
        items = [item for each in changes for item in each.items]
        items += [
            PlanItemBody(
                kind="program",
                program_name=each.program_name,
                program_id=each.program_id,
                action=Action.UNMANAGED,
            )
            for each in others
        ]
        writes = _writes(caller, store, changes, reads, now)
        digest = _plan_id(store_id, text, items, held)
        if plan_id is None:
            return Effect(Plan(digest, tuple(items), is_applied=False))
        if plan_id != digest:
            raise PlanOutdated("The store or the configuration is not what was shown.")
        program_ids = {each.after.program_name: each.after.program_id for each in changes}
        written = tuple(
            item.model_copy(update={"changes": [], "program_id": program_ids[item.program_name]})
            for item in items
            if item.action in {Action.CREATE, Action.UPDATE}
        )
        plan = Plan(digest, written, is_applied=True)
        return Effect(plan, writes, _kept(plan))

    needs = [store_path, *(paths.program(each) for each in known.program_ids)]
    claim = None if plan_id is None else caller.claim
    plan = commands.run(needs, decide, claim=claim, replay=_replayed)
    if plan.is_applied:
        store_documents.forget(store_id)
        for program_id in known.program_ids:
            program_documents.forget(program_id)
    return plan


def _draft(body: ConfiguredProgramBody) -> ProgramDraft:
    return ProgramDraft(**body.domain_fields())


def _require_one_each(kind: str, names: Sequence[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ConfigurationAmbiguous(f"Two {kind} are named {name}.")


def _of_name(held: Sequence[Program], name: str) -> Program | None:
    found = [each for each in held if each.program_name == name]
    _require_one_each("programs", [each.program_name for each in found])
    if not found:
        _require_unlike("programName", name, [each.program_name for each in held])
    return found[0] if found else None


def _require_unlike(field: str, name: str, held: list[str]) -> None:
    """Refuse to create what somebody has only written otherwise: it could not be deleted again."""
    like = looks.alike(held, name)
    if like is not None:
        problem = f"looks like {like}, which is there: write it so, or choose another name"
        raise invalid({field: problem})


def _require_currency(store: Store, currency: str) -> None:
    if store.currency != currency:
        problem = f"is {currency}, and that of the store is {store.currency}"
        raise invalid({"configuration.currency": problem})


def _change(
    store: Store,
    before: Program | None,
    body: ConfiguredProgramBody,
    draft: ProgramDraft,
    new_id: str,
    now: datetime,
) -> _Change:
    """Return what becomes of a program.

    Raises:
        InvalidParameters: Fields are named as in the program.
    """
    if before is None:
        after = programs.new_program(draft, store, new_id, now)
    else:
        if before.program_type is not draft.program_type:
            raise invalid({"programType": "cannot be changed"})
        values = programs.draft_fields(draft)
        values["rewards"] = _rewards(before, draft.rewards)
        after = replace(before, **values)
    programs.require_fitting(after)
    after = replace(after, campaigns=_campaigns(after, body, new_id, now))
    items = _items(before, after, body, now)
    return _Change(before, replace(after, updated_at=now), items)


def _rewards(before: Program, wanted: Sequence[Reward]) -> tuple[Reward, ...]:
    """Return the wanted rewards, with what a configuration does not say, among the others.

    Those that it does not name keep their places. Those that it names take the others, in its
    order: if it names all, that is theirs.

    Raises:
        InvalidParameters, LimitExceeded.
    """
    known = {each.reward_id: each for each in before.rewards}
    after: list[Reward] = []
    for index, reward in enumerate(wanted):
        held = known.pop(reward.reward_id, None)
        if held is None:
            after.append(reward)
            continue
        if held.type != reward.type:
            raise invalid({f"rewards[{index}].type": "cannot be changed"})
        stock = held.stock if held.has_codes else reward.stock
        after.append(
            replace(
                reward,
                store_ids=held.store_ids,
                has_codes=held.has_codes,
                stock=stock,
                shop=held.shop,
            )
        )
    if len(after) + len(known) > REWARDS_MAX:
        raise LimitExceeded(
            f"A program has at most {REWARDS_MAX} rewards.",
            fix="Archive one of them with archiveReward.",
        )
    places = {index: each for index, each in enumerate(before.rewards) if each.reward_id in known}
    rest = iter(after)
    return tuple(places.get(n) or next(rest) for n in range(len(after) + len(places)))


def _campaigns(
    program: Program, body: ConfiguredProgramBody, new_id: str, now: datetime
) -> tuple[Campaign, ...]:
    held = campaigns.not_ended(program, now)
    others = list(held)
    after: list[Campaign] = []
    for index, wanted in enumerate(body.campaigns):
        found = [each for each in held if each.name == wanted.name]
        _require_one_each("campaigns", [each.name for each in found])
        before = found[0] if found else None
        # A decision that is made again makes the same ids.
        campaign_id = ids.derived("cmp", new_id, wanted.name)
        campaign = _campaign(program, before, wanted.domain_fields(), campaign_id, now)
        try:
            if before is None:
                _require_unlike("name", wanted.name, [each.name for each in held])
            campaigns.require_fitting(program, campaign)
            campaigns.require_time_left(campaign, now)
            if before is not None:
                campaigns.require_limit_kept(before, campaign)
                others.remove(before)
        except InvalidParameters as refusal:
            raise placed(refusal, f"campaigns[{index}]") from None
        after.append(campaign)
    if len(after) + len(others) > campaigns.CAMPAIGNS_MAX:
        raise LimitExceeded(
            f"A program has at most {campaigns.CAMPAIGNS_MAX} campaigns that have not ended.",
            fix="End one of them with endCampaign.",
        )
    return campaign_rules.in_order([*after, *others])


def _campaign(
    program: Program,
    before: Campaign | None,
    values: Mapping[str, Any],
    new_id: str,
    now: datetime,
) -> Campaign:
    """Return a campaign; one that is there and stays as it is keeps its time of change."""
    starts_at = values["starts_at"] or (before.starts_at if before else now)
    wanted = {**values, "starts_at": starts_at}
    if before is not None:
        after = replace(before, **wanted)
        return before if after == before else replace(after, updated_at=now)
    return Campaign(
        campaign_id=new_id,
        account_id=program.account_id,
        store_id=program.store_id,
        program_id=program.program_id,
        created_at=now,
        updated_at=now,
        **wanted,
    )


def _items(
    before: Program | None, after: Program, body: ConfiguredProgramBody, now: datetime
) -> list[PlanItemBody]:
    """Return what becomes of a program, its rewards and its campaigns, as is to be shown."""
    whose: dict[str, Any] = {
        "program_name": after.program_name,
        # A plan is the same however often it is made, and the id of a new program is another one.
        "program_id": before.program_id if before else None,
    }
    old = _dump(configured_program(before, now)) if before else {}
    new = _dump(configured_program(after, now))
    old_rewards = {each["rewardId"]: each for each in old.pop("rewards", [])}
    new_rewards = {each["rewardId"]: each for each in new.pop("rewards")}
    old.pop("campaigns", None)
    new.pop("campaigns")
    if before is not None:
        kept = [each for each in new_rewards if each in old_rewards]
        if kept != list(old_rewards):
            old["rewards"], new["rewards"] = list(old_rewards), kept
    items = [PlanItemBody(kind="program", **whose, **_compared(old if before else None, new))]
    wanted_ids = {each.reward_id for each in body.rewards}
    for reward_id, reward in new_rewards.items():
        compared = _compared(old_rewards.get(reward_id), reward)
        if reward_id not in wanted_ids:
            compared = {"action": Action.UNMANAGED}
        items.append(PlanItemBody(kind="reward", **whose, reward_id=reward_id, **compared))
    old_campaigns = {each.campaign_id: each for each in before.campaigns} if before else {}
    wanted_names = {each.name for each in body.campaigns}
    for campaign in sorted(after.campaigns, key=lambda each: (each.name, each.campaign_id)):
        held = old_campaigns.get(campaign.campaign_id)
        compared = _compared(
            _dump(configured_campaign(held, now)) if held else None,
            _dump(configured_campaign(campaign, now)),
        )
        if campaign.name not in wanted_names:
            compared = {"action": Action.UNMANAGED}
        items.append(
            PlanItemBody(kind="campaign", **whose, campaign_name=campaign.name, **compared)
        )
    return items


def _dump(body: ConfiguredProgramBody | Any) -> dict[str, Any]:
    values: dict[str, Any] = body.model_dump(mode="json", by_alias=True)
    return values


def _compared(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    if before is None:
        return {"action": Action.CREATE}
    changes = [
        FieldChangeBody(field=name, before=before.get(name), after=after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    return {"action": Action.UPDATE if changes else Action.UNCHANGED, "changes": changes}


def _writes(
    caller: Caller, store: Store, changes: Sequence[_Change], reads: Reads, now: datetime
) -> list[Write]:
    """Return the writes of all changes.

    Raises:
        LimitExceeded, EndpointNotAllowed, Wanted.
    """
    changed = [each for each in changes if each.is_one]
    held = {
        campaign.campaign_id: campaign
        for each in changed
        if each.before is not None
        for campaign in each.before.campaigns
    }
    written = {
        paths.campaign(campaign.program_id, campaign.campaign_id): campaign
        for each in changed
        for campaign in each.after.campaigns
        if held.get(campaign.campaign_id) != campaign
    }
    commands.want(reads, [path for path, each in written.items() if each.campaign_id in held])
    writes: list[Write] = []
    listed = store
    for change in changed:
        before, after = change.before, change.after
        stocks = programs.stocks_set(after.rewards, before)
        if before is None:
            programs.require_room(listed)
            writes += program_documents.creation(after)
            writes += reward_stocks.created(after.program_id, stocks)
        else:
            writes += program_documents.replacement(reads[paths.program(after.program_id)], after)
            writes += reward_stocks.set_anew(reads, after.program_id, stocks, now)
        listed = programs.with_program(caller, listed, after)
    for path, campaign in written.items():
        is_new = campaign.campaign_id not in held
        writes.append(
            campaign_documents.creation(campaign)
            if is_new
            else campaign_documents.write(reads[path], campaign)
        )
    if listed != store:
        writes.append(store_documents.write(reads[paths.store(store.store_id)], listed))
    if len(writes) >= WRITES_MAX:
        raise LimitExceeded(
            f"The configuration changes {len(writes)} documents; one commit changes fewer than "
            f"{WRITES_MAX}.",
            fix="Apply some programs, rewards or campaigns first: what is not named stays.",
        )
    return writes


def _plan_id(
    store_id: str, configuration: str, items: Sequence[PlanItemBody], held: Sequence[Program]
) -> str:
    shown = json.dumps([_dump(each) for each in items], sort_keys=True)
    state = json.dumps([codec.to_document(each) for each in held], default=str, sort_keys=True)
    return ids.derived("plan", store_id, configuration, shown, state)


def _kept(plan: Plan) -> Document:
    return {"plan_id": plan.plan_id, "items": json.dumps([_dump(each) for each in plan.items])}


def _replayed(kept: Document, _: Reads) -> Plan:
    items = tuple(PlanItemBody.model_validate(each) for each in json.loads(kept["items"]))
    return Plan(kept["plan_id"], items, is_applied=True, is_replay=True)
