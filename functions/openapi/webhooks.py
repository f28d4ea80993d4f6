"""What webhooks carry: made by the functions that make the real events, from a sample story."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from functions.openapi import fields
from functions.openapi.components import Schema, reference
from shared.domain import event_types, events, ledger
from shared.domain.events import Event
from shared.domain.membership import Cause, Entry, Membership
from shared.domain.programs import Branding, Program, ProgramType, Reward, Tier, TierRules
from shared.services import attempts, outbox
from shared.webhooks import signing

_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"  # noqa: S105 - the sample's
_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_TYPES = {str: "string", Decimal: "number", int: "integer", type(None): "null"}
_PROGRAM = Program(
    program_id="lp_abc123",
    account_id="acc_abc123",
    store_id="store_a",
    program_name="Stammkunden",
    program_type=ProgramType.TIER,
    description="",
    rules=TierRules(Decimal(10), (Tier("Silber", 500), Tier("Gold", 1500))),
    rewards=(Reward("rw_abc123", "10% Rabatt", "discount_percent", Decimal(500)),),
    branding=Branding(),
    earning_methods=(),
    is_active=True,
    currency="EUR",
    time_zone="Europe/Berlin",
    created_at=_NOW,
    updated_at=_NOW,
)
_CAUSE = Cause(entry_id="le_abc123", fingerprint="", now=_NOW)
_TOLD = replace(_CAUSE, transaction_id="PB-TXN-9876", source="payback")


def samples() -> dict[str, list[Event]]:
    """Return events of every type that is sent, with and without what may be null."""
    by_type = defaultdict(list)
    for event in _story():
        by_type[event.type].append(event)
    return dict(by_type)


def schemas() -> dict[str, Schema]:
    """Return the schema of each event type, under a name for it."""
    found = samples()
    return {name(kind): _schema(kind, found.get(kind, [])) for kind in event_types.BY_NAME}


def operations() -> dict[str, Any]:
    """Return the webhooks section: what is sent, by event type."""
    found = samples()
    return {kind: {"post": _operation(kind, found.get(kind, []))} for kind in event_types.BY_NAME}


def name(kind: str) -> str:
    """Return the component of an event type: ``LoyaltyPointsEarnedEvent``."""
    words = kind.replace(".", "_").split("_")
    return "".join(word.capitalize() for word in words) + "Event"


def example(happened: Iterable[Event]) -> Event:
    """Return the sample that has the fewest nulls."""
    return min(happened, key=lambda event: list(event.data.values()).count(None))


def _story() -> Iterator[Event]:
    """Tell of a member to whom everything happens, first without ids and sources, then with."""
    member = ledger.enroll(
        _PROGRAM, membership_id="lp_abc123_user_xyz", user_id="user_xyz", now=_NOW
    )
    yield events.from_enrollment(member)
    member, first = ledger.earn(member, _PROGRAM, 480, _CAUSE)
    yield from events.from_entry(first)
    for cause in (_CAUSE, _TOLD):
        for entry in _bookings(member, first, cause):
            yield from events.from_entry(entry)


def _bookings(member: Membership, first: Entry, cause: Cause) -> Iterator[Entry]:
    """Book each kind of change on a member with 480 points, of the entry ``first``."""
    purchase = replace(cause, purchase_amount="49.00")
    silver, entry = ledger.earn(member, _PROGRAM, 490, purchase)
    yield entry
    yield ledger.earn(silver, _PROGRAM, 1_000, cause)[1]
    yield ledger.redeem(silver, _PROGRAM, 100, cause)[1]
    rewarded = replace(cause, reward_id="rw_abc123", description="10% Rabatt")
    yield ledger.redeem(silver, _PROGRAM, 500, rewarded)[1]
    yield ledger.earn(member, _PROGRAM, 10, replace(cause, action="add"))[1]
    for booked in (
        ledger.set_balance(member, _PROGRAM, 490, cause),
        ledger.reverse(silver, _PROGRAM, first, 480, cause),
        ledger.expire(
            ledger.earn(member, _PROGRAM, 10, cause, expires_at=_NOW)[0],
            _PROGRAM,
            replace(cause, now=_NOW + timedelta(days=1)),
        ),
    ):
        assert booked is not None
        yield booked[1]


def _schema(kind: str, happened: list[Event]) -> Schema:
    properties: dict[str, Schema] = {
        "id": {"type": "string"},
        "type": {"type": "string", "const": kind},
        "createdAt": {"type": "string", "format": "date-time"},
        "apiVersion": {"type": "string", "const": events.API_VERSION},
        "livemode": {"type": "boolean"},
        "storeId": {"type": "string"},
        "data": _data_schema(happened),
    }
    return {
        "title": name(kind),
        "type": "object",
        "properties": {
            field: {**found, "description": fields.describe("Event", field)}
            for field, found in properties.items()
        },
        "required": list(properties),
    }


def _data_schema(happened: list[Event]) -> Schema:
    """Infer the schema of an event's data from samples of it."""
    types: dict[str, set[str]] = defaultdict(set)
    for event in happened:
        for field, value in event.data.items():
            types[field].add(_TYPES[type(value)])
    schema: Schema = {"type": "object"}
    if types:
        schema["properties"] = {
            field: {
                "type": _type_of(found),
                "description": fields.describe("Event.data", field),
            }
            for field, found in types.items()
        }
        schema["required"] = list(types)
    return schema


def _type_of(found: set[str]) -> str | list[str]:
    names = sorted(found, key=lambda name: (name == "null", name))
    return names if len(names) > 1 else names[0]


def _operation(kind: str, happened: list[Event]) -> dict[str, Any]:
    package = event_types.BY_NAME[kind].package
    content: dict[str, Any] = {"schema": reference(name(kind))}
    description = f"Sent to accounts with the package {package} or above."
    if happened:
        content["example"] = json.loads(outbox.payload(example(happened)))
    else:
        description += " Can be subscribed to; nothing sends it yet."
    return {
        "operationId": name(kind),
        "summary": event_types.BY_NAME[kind].summary,
        "description": description,
        "x-package": package,
        "security": [],
        "parameters": _headers(happened),
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {
            "2XX": {"description": f"Received. Answer within {attempts.TIMEOUT_S:.0f} seconds."},
            "410": {"description": "Gone: the URL is disabled, and nothing more is sent to it."},
            "default": {"description": "Not received: it is sent again, later and later."},
        },
    }


def _headers(happened: list[Event]) -> list[dict[str, Any]]:
    event = example(happened or [next(_story())])
    body = outbox.payload(event).encode()
    signed = signing.sign(
        [_SECRET],
        message_id=event.event_id,
        timestamp_s=int(_NOW.timestamp()),
        body=body,
    )
    sent = {**signed, "X-Beep-Event": event.type, "X-Beep-Delivery": f"{event.event_id}_we_abc123"}
    return [
        {
            "name": header,
            "in": "header",
            "required": True,
            "description": HEADERS[header],
            "schema": {"type": "string"},
            "example": value,
        }
        for header, value in sent.items()
    ]


HEADERS: Mapping[str, str] = {
    "X-Beep-Signature": "`sha256=` and the hex HMAC-SHA256 of the raw body with the secret.",
    "webhook-id": "Id of the event, equal on every attempt.",
    "webhook-timestamp": "Time of the attempt, in seconds since 1970 UTC.",
    "webhook-signature": (
        "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several "
        "signatures are separated by spaces."
    ),
    "X-Beep-Event": "Type of the event.",
    "X-Beep-Delivery": "Id of the delivery to this URL, equal on every attempt.",
}
