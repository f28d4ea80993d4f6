"""Give a member the pass of a membership: a file for Apple's wallet, a link into Google's.

Who is given a pass writes the membership as well, as it was. So a merge, an erasure or a departure
at the same moment makes the pass wait, or finds it. Google is told of what is kept already.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType

from shared import clock, ids
from shared.auth.caller import Caller
from shared.domain import lease
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.errors import Busy, ConnectorError, MembershipNotFound
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import wallet_outbox
from shared.services.members import card_codes
from shared.services.vaults import vault
from shared.services.wallets import apple_passes, updater
from shared.store import client, paths
from shared.store.client import Document
from shared.store.loyalty import membership_documents
from shared.store.wallets import wallet_pass_documents

TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class GivenPass:
    """Where a phone gets the pass; ``expires_at`` is ``None`` if the link does not end."""

    wallet: Wallet
    user_id: str
    url: str
    expires_at: datetime | None
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    found: WalletPass
    is_replay: bool = False


@forwarding.following
def give(
    caller: Caller, *, program_id: str, user_id: str, store_id: str | None, wallet: Wallet
) -> GivenPass:
    """Make the pass of a membership, if there is none yet, and return where a phone gets it.

    Raises:
        WalletNotOffered: The operator has not set it up.
        ProgramNotFound, ProgramInactive, MembershipNotFound, MembershipClosed, MemberSuspended,
        MemberNotFound, IdempotencyKeyReused, Busy, Unhealthy.
        ConnectorError: Google does not answer; the same request may go better later. The pass is
            kept, and Google is told of it again.
    """
    program = access.program(caller, program_id, store_id)
    membership_id = paths.membership_id(program_id, user_id)
    path = paths.wallet_pass(wallet_passes.pass_id_of(wallet, membership_id))
    member_path = paths.member(membership_id)

    def replay(kept: Document, _: Reads) -> _Made:
        then = paths.membership_id(program_id, kept["userId"])
        found = wallet_pass_documents.find(wallet_passes.pass_id_of(wallet, then))
        if found is None or found.is_ending:
            raise MembershipNotFound(f"User {user_id} has no pass any more.")
        return _Made(found, is_replay=True)

    earlier = commands.find_replay(caller.claim, replay)
    if earlier is not None:
        return _given(earlier)
    known = client.get([member_path])
    _require_takes_part(membership_documents.decode(known[member_path]), program, user_id)
    _require_offered(wallet)
    # The code that the pass shows is made once, and not taken back if the rest fails.
    card_codes.issue(replace(caller, claim=None), user_id=user_id)
    new = _new(program, membership_id, user_id, wallet)
    is_apple, kept = wallet is Wallet.APPLE, {"userId": user_id}
    lease_id = ids.new("run")

    def decide(reads: Reads) -> Effect[_Made]:
        membership = _require_takes_part(
            membership_documents.decode(reads[member_path]), program, user_id
        )
        before, now = wallet_pass_documents.decode(reads[path]), clock.real_now()
        if before is not None and (before.lease_id == lease_id or _is_there(before, now)):
            return Effect(_Made(before), kept=kept)
        if before is not None and not is_apple and lease.is_held(before.lease_until, now):
            raise Busy("Google is told of the card just now.")
        if before is None or before.is_ending:
            found = wallet_passes.waiting(replace(new, turns=wallet_outbox.turns_of(membership)))
        else:
            found = before
        found = found if is_apple else wallet_passes.begun(found, lease_id, now)
        writes = [
            wallet_pass_documents.write(reads[path], found),
            *membership_documents.writes(reads[member_path], membership),
        ]
        return Effect(_Made(found), writes, kept, wallet_outbox.tasks_of(found) if is_apple else [])

    # A repeated request is not answered with a link before Google has the card.
    claim = caller.claim if is_apple else None
    made = commands.run([member_path, path], decide, claim=claim, replay=replay)
    if not is_apple:
        if made.found.lease_id == lease_id:
            made = _Made(_told(made.found))
        commands.keep(caller.claim, kept)
    return _given(made)


def _is_there(found: WalletPass, now: datetime) -> bool:
    """Tell whether a phone can get the pass, and nobody has to be told of it first."""
    if found.is_ending or found.wallet is Wallet.APPLE:
        return not found.is_ending
    # What Google did not take the last time is told anew, unless somebody does so already.
    return found.was_told and (found.error is None or lease.is_held(found.lease_until, now))


def _told(begun: WalletPass) -> WalletPass:
    """Let Google have a card that is kept already, so an erasure finds it whatever happens here.

    Raises:
        MembershipNotFound: The member was erased meanwhile.
        ConnectorError, Unhealthy: Google does not take it. It is told of it again, as of a change.
    """
    try:
        _google().make(begun)
    except ConnectorError as problem:
        updater.settle(begun, updater.failure(problem))
        raise _google().refusal(problem) from None
    after = updater.settle(begun, updater.Telling())
    if after is None or after.is_ending:
        raise MembershipNotFound("The member was erased just now.")
    return after


def _require_takes_part(found: Membership | None, program: Program, user_id: str) -> Membership:
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    found.require_active()
    program.require_active()
    return found


def _new(program: Program, membership_id: str, user_id: str, wallet: Wallet) -> WalletPass:
    now, pass_id = clock.real_now(), wallet_passes.pass_id_of(wallet, membership_id)
    token = None
    if wallet is Wallet.APPLE:
        token = vault().encrypt(secrets.token_urlsafe(TOKEN_BYTES), paths.wallet_pass(pass_id))
    return WalletPass(
        pass_id=pass_id,
        wallet=wallet,
        account_id=program.account_id,
        store_id=program.store_id,
        program_id=program.program_id,
        user_id=user_id,
        membership_id=membership_id,
        created_at=now,
        changed_at=now.replace(microsecond=0),
        token=token,
    )


def _require_offered(wallet: Wallet) -> None:
    if wallet is Wallet.APPLE:
        apple_passes.identity()
    else:
        _google().issuer()


def _given(made: _Made) -> GivenPass:
    """Return the answer; also to a repeated request, whose link is a new one."""
    found, expires_at = made.found, None
    if found.wallet is Wallet.GOOGLE:
        url = _google().link_to(found)
    else:
        url, expires_at = apple_passes.link_to(found)
    return GivenPass(found.wallet, found.user_id, url, expires_at, made.is_replay)


def _google() -> ModuleType:
    """Return what speaks to Google; its libraries are slow to load."""
    from shared.services.wallets import google_passes

    return google_passes
