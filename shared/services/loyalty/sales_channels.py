"""Bind programs to the sales channels of a shop, and tell which program a request is about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty import sales_channels
from shared.domain.loyalty.programs import Program
from shared.domain.loyalty.sales_channels import SalesChannel, SalesChannels
from shared.schemas.base import invalid
from shared.services import access, commands
from shared.services.commands import Effect, Reads
from shared.store import codec, paths
from shared.store.client import Document
from shared.store.loyalty import program_documents, sales_channel_documents

_NO_PROGRAM = "has no program: bind one with bindSalesChannel"
_WHICH = "is required, as several sales channels have a program"


@dataclass(frozen=True, slots=True)
class Bound:
    """The sales channels of an account after a request."""

    channels: tuple[SalesChannel, ...]
    is_replay: bool = False


def bind(
    caller: Caller, program_id: str, sales_channel_id: str | None, *, store_id: str | None
) -> Bound:
    """Give a program to a sales channel, or take it away again if that is ``None``.

    A program has one sales channel, and a sales channel one program.

    Args:
        caller: Must own the program.
        program_id: The program.
        sales_channel_id: 32 hex digits.
        store_id: The store, if it is given.

    Raises:
        ProgramNotFound, IdempotencyKeyReused, Busy.
        InvalidParameters: The program cannot be shown to a shop, or the channel has another one.
    """
    access.program(caller, program_id, store_id)
    program_path, path = paths.program(program_id), paths.sales_channels(caller.account_id)
    now = clock.utc_now()

    def decide(reads: Reads) -> Effect[Bound]:
        before = access.own_program(
            caller, program_documents.decode(reads[program_path]), program_id, store_id
        )
        known = sales_channel_documents.decode(reads[path]) or SalesChannels(caller.account_id)
        if sales_channel_id is not None:
            sales_channels.require_for_shop(before)
        after = sales_channels.bound(known, program_id, sales_channel_id)
        kept = {"channels": [codec.to_document(each) for each in after.channels]}
        if before.sales_channel_id == sales_channel_id and after == known:
            return Effect(Bound(known.channels), kept=kept)
        program = replace(before, sales_channel_id=sales_channel_id, updated_at=now)
        writes = [
            *program_documents.replacement(reads[program_path], program),
            sales_channel_documents.write(reads[path], after),
        ]
        return Effect(Bound(after.channels), writes, kept)

    def replay(kept: Document, _: Reads) -> Bound:
        rows = tuple(codec.from_document(SalesChannel, each) for each in kept["channels"])
        return Bound(rows, is_replay=True)

    bound = commands.run([program_path, path], decide, claim=caller.claim, replay=replay)
    program_documents.forget(program_id)
    sales_channel_documents.forget(caller.account_id)
    return bound


def program_of(caller: Caller, sales_channel_id: str | None) -> Program:
    """Return the program of a sales channel; of the only one, if none is named.

    Which program that is may be 60 s old, as all that is cached.

    Raises:
        InvalidParameters: The channel has none, or several have one and none is named.
        ProgramNotFound.
    """
    known = sales_channel_documents.find(caller.account_id)
    channels = known.channels if known else ()
    if sales_channel_id is not None:
        channels = tuple(each for each in channels if each.sales_channel_id == sales_channel_id)
    if not channels:
        raise invalid({"salesChannelId": _NO_PROGRAM})
    if len(channels) > 1:
        raise invalid({"salesChannelId": _WHICH})
    return access.program(caller, channels[0].program_id, None)
