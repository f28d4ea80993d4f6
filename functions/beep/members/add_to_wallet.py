"""POST /api/v1/addToWallet: put the card of a program into the wallet of a phone."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.auth.caller import Caller
from shared.domain.wallets.wallet_passes import Wallet
from shared.errors import (
    ConnectorRateLimited,
    ConnectorTimeout,
    ConnectorUnavailable,
    MemberNotFound,
    MembershipClosed,
    MembershipNotFound,
    MemberSuspended,
    ProgramInactive,
    ProgramNotFound,
    Unhealthy,
    WalletNotOffered,
)
from shared.schemas import answers
from shared.schemas.base import RequestModel, ResponseModel, Success, Timestamp
from shared.schemas.fields import ProgramId, StoreId, UserId
from shared.services.wallets import giving


class Request(RequestModel):
    """The request names the member, the program and the wallet."""

    program_id: ProgramId
    user_id: UserId
    wallet: Wallet = Field(
        strict=False,
        description="One of those that getMemberCode names in `wallets`: what the operator offers.",
    )
    store_id: StoreId | None = None


class Response(ResponseModel):
    """Open `url` on the phone at once: who has it has the card, as long as it lasts."""

    success: Success = True
    program_id: answers.ProgramId
    user_id: answers.UserId
    wallet: Wallet = Field(description="The wallet that was asked for.")
    url: str = Field(
        description="For Apple the pass itself (`.pkpass`); for Google the page that saves it."
    )
    expires_at: Timestamp | None = Field(
        description="When `url` ends: UTC with milliseconds. Null if it does not."
    )


EXAMPLE_REQUESTS: dict[str, dict[str, Any]] = {
    "apple": {"programId": "lp_abc123", "userId": "user_xyz", "wallet": "apple"}
}

EXAMPLE: dict[str, Any] = {
    "success": True,
    "programId": "lp_abc123",
    "userId": "user_xyz",
    "wallet": "apple",
    "url": "https://loyalty.example.com/walletPasses/download/gAAAAABqK2.pkpass",
    "expiresAt": "2026-03-03T12:15:00.000Z",
}

SAVE_EXAMPLE = "https://pay.google.com/gp/v/save/eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJl"

REFUSALS = (
    WalletNotOffered,
    ProgramNotFound,
    ProgramInactive,
    MemberNotFound,
    MembershipNotFound,
    MembershipClosed,
    MemberSuspended,
    Unhealthy,
    ConnectorRateLimited,
    ConnectorTimeout,
    ConnectorUnavailable,
)


def handle(body: Request, caller: Caller) -> Response:
    """Make the pass, and say where the phone gets it."""
    given = giving.give(
        caller,
        program_id=body.program_id,
        user_id=body.user_id,
        store_id=body.store_id,
        wallet=body.wallet,
    )
    return Response(
        program_id=body.program_id,
        user_id=given.user_id,
        wallet=given.wallet,
        url=given.url,
        expires_at=given.expires_at,
        is_replay=given.is_replay,
    )


def sandbox(body: Request, _: Caller) -> dict[str, Any]:
    """Answer with the link of the wallet that was asked for; it leads nowhere."""
    if body.wallet is Wallet.GOOGLE:
        return {"url": SAVE_EXAMPLE, "expiresAt": None}
    return {}
