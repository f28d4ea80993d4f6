"""API keys: fields of requests, and bodies of answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from shared.domain.accounts.accounts import KeyRecord
from shared.schemas import answers
from shared.schemas.base import Name, Timestamp, WireModel


class ApiKeyMode(StrEnum):
    """What a key works on."""

    LIVE = "live"
    TEST = "test"


class ApiKeyKind(StrEnum):
    """What a key opens."""

    SECRET = "secret"  # noqa: S105 - a kind of key, not one
    PUBLISHABLE = "publishable"


KeyId = Annotated[
    str,
    Field(
        pattern="^[0-9a-f]{16}$",
        description="The key's id, as listApiKeys shows it. It opens nothing.",
    ),
]
KeyModeOf = Annotated[
    ApiKeyMode,
    Field(
        strict=False,
        description="`live`: real data. `test`: the sandbox answers, and nothing is written.",
    ),
]
KeyKindOf = Annotated[
    ApiKeyKind,
    Field(
        strict=False,
        description=(
            "`secret`: calls, and belongs on a server. `publishable`: names the account in an app "
            "for customers, and calls nothing by itself."
        ),
    ),
]
KeyLabel = Annotated[Name, Field(description="What you call the key: where it is used.")]
ShownKey = Annotated[
    str | None,
    Field(
        description=(
            "The key. It is shown only now, and kept nowhere. Null in the answer to a repeated "
            "request: then revoke the key, and make another one."
        )
    ),
]


class ApiKeyBody(WireModel):
    """A key, without its text."""

    key_id: str = Field(description="Id of the key. It opens nothing.")
    mode: KeyModeOf
    kind: KeyKindOf
    label: str = Field(description="What you call the key; empty if nobody said it.")
    prefix: str = Field(description="How the key begins.")
    last4: str = Field(description="The last four characters of the key.")
    created_at: answers.CreatedAt
    created_by: str | None = Field(
        description="The uid of who made it. Null if the operator of the server did."
    )
    revoked_at: Timestamp | None = Field(description="When it was revoked. Null: it works.")
    revoked_by: str | None = Field(
        description="The uid of who revoked it. Null if the operator did, or nobody."
    )


KEY_EXAMPLE: dict[str, Any] = {
    "keyId": "0123456789abcdef",
    "mode": "live",
    "kind": "secret",
    "label": "Web shop",
    "prefix": "bk_live_sk_",
    "last4": "X7Q2",
    "createdAt": "2026-03-03T12:00:00.000Z",
    "createdBy": "uid_of_max",
    "revokedAt": None,
    "revokedBy": None,
}
TEXT_EXAMPLE = "bk_live_sk_EXAMPLE0EXAMPLE0EXAMPLE0EXAMX7Q2"
"""The form of a key, and none: what is drawn has letters and digits in no order."""
_KINDS = {"sk": ApiKeyKind.SECRET, "pk": ApiKeyKind.PUBLISHABLE}


def key_body(record: KeyRecord) -> ApiKeyBody:
    """Return what an answer says of a key."""
    return ApiKeyBody(
        key_id=record.key_id,
        mode=ApiKeyMode(record.mode),
        kind=_KINDS[record.kind],
        label=record.label,
        prefix=record.prefix,
        last4=record.last4,
        created_at=record.created_at,
        created_by=record.created_by,
        revoked_at=record.revoked_at,
        revoked_by=record.revoked_by,
    )
