"""Give a member the pass of a membership: a file for Apple's wallet, a link into Google's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from types import ModuleType

from shared import clock
from shared.auth.caller import Caller
from shared.domain.loyalty.membership import Membership
from shared.domain.loyalty.programs import Program
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import Wallet, WalletPass
from shared.errors import MembershipNotFound
from shared.services import access, commands, forwarding
from shared.services.commands import Effect, Reads
from shared.services.events import wallet_outbox
from shared.services.members import card_codes
from shared.services.vaults import vault
from shared.services.wallets import apple_passes
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
        ConnectorError: Google does not answer; the same request may go better later.
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
    known = client.get([path, member_path])
    _require_takes_part(membership_documents.decode(known[member_path]), program, user_id)
    _require_offered(wallet)
    # The code that the pass shows is made once, and not taken back if the rest fails.
    card_codes.issue(replace(caller, claim=None), user_id=user_id, device_id=None, action="add")
    new = _new(program, membership_id, user_id, wallet)
    has_told = False
    if wallet is Wallet.GOOGLE and _is_missing(wallet_pass_documents.decode(known[path])):
        _google().make(new)
        has_told = True

    def decide(reads: Reads) -> Effect[_Made]:
        _require_takes_part(membership_documents.decode(reads[member_path]), program, user_id)
        before = wallet_pass_documents.decode(reads[path])
        kept = {"userId": user_id}
        found = new if before is None or before.is_ending else before
        if has_told:
            # What was booked meanwhile did not know of the pass, or has told of it before us.
            found = wallet_passes.marked(found, clock.real_now())
        if found == before:
            return Effect(_Made(found), kept=kept)
        write = wallet_pass_documents.write(reads[path], found)
        return Effect(_Made(found), [write], kept, wallet_outbox.tasks_of(found))

    return _given(commands.run([path, member_path], decide, claim=caller.claim, replay=replay))


def _require_takes_part(found: Membership | None, program: Program, user_id: str) -> None:
    if found is None:
        raise MembershipNotFound(f"User {user_id} is not enrolled.")
    forwarding.require_current(found)
    found.require_active()
    program.require_active()


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


def _is_missing(found: WalletPass | None) -> bool:
    """Tell whether Google may not have the card: nobody has told it, or it did not take it."""
    return found is None or found.is_ending or found.error is not None


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
