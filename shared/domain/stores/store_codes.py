"""Codes that prove a visit to a store: static ones for a poster, rotating ones for a screen.

A code is ``PWS1:<S or R>:<store>:<version or step>:<signature>:<checksum>``. The signature is an
HMAC-SHA256 under a key of the store, so apps need no secret: they send what they have read. The
checksum needs no key; it tells a code that was read badly from one that nobody has signed.

A picture may hold a link to the card with the code as its fragment, ``https://.../check-in#PWS1:``,
so that a phone's own camera opens it. A fragment is sent to no server, and stays out of its logs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, unquote

from shared.errors import StoreCodeDamaged, StoreCodeExpired, StoreCodeForeign, StoreCodeUnknown

KEYS_PURPOSE = "store codes"
"""The purpose of the keys, as the vault derives them for each store."""
STEP_S = 30
"""A rotating code is shown for this many seconds."""
SKEW_STEPS = 1
"""A rotating code is taken as many steps before and after its own: clocks differ, and reading,
sending and deciding take time."""
CODE_CHARS_MAX = 2_000
"""Of what was read, with the address of a link: a store's id is at most 1,536 of them."""
_SIGNATURE_BYTES = 12
_FORM = re.compile(
    r"PWS1:(?P<kind>[SR]):(?P<store>[A-Za-z0-9_.~%-]+):(?P<number>0|[1-9][0-9]{0,11})"
    r":(?P<signature>[A-Za-z0-9_-]{16}):(?P<checksum>[0-9a-f]{8})"
)

KeysOf = Callable[[str], Sequence[bytes]]
"""Returns the keys of a store by its id, newest first; no store needs to exist."""


class CodeKind(StrEnum):
    """What shows a code: paper, which stays, or a screen, which changes it."""

    STATIC = "static"
    ROTATING = "rotating"


_LETTERS = {CodeKind.STATIC: "S", CodeKind.ROTATING: "R"}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class StoreCode:
    """A code. ``number`` is the poster's version, or the step in which a screen shows the code."""

    store_id: str
    kind: CodeKind
    number: int


def poster(store_id: str, version: int) -> StoreCode:
    """Return the code for paper; it is valid until the store has a newer version."""
    return StoreCode(store_id, CodeKind.STATIC, version)


def on_screen(store_id: str, now: datetime) -> StoreCode:
    """Return the code that a screen shows at ``now``."""
    return StoreCode(store_id, CodeKind.ROTATING, _step(now))


def shown_from(code: StoreCode) -> datetime:
    """Return when a screen begins to show a rotating code; it ends ``STEP_S`` seconds later."""
    assert code.kind is CodeKind.ROTATING
    return datetime.fromtimestamp(code.number * STEP_S, UTC)


def shown_until(code: StoreCode) -> datetime:
    """Return when a screen must show the next code."""
    return shown_from(code) + timedelta(seconds=STEP_S)


def text_of(code: StoreCode, keys: Sequence[bytes]) -> str:
    """Return the text of a code, signed with the newest of the store's keys."""
    signed = ":".join(
        ("PWS1", _LETTERS[code.kind], quote(code.store_id, safe=""), str(code.number))
    )
    body = f"{signed}:{_signature(signed, keys[0])}"
    return f"{body}:{_checksum(body)}"


def link_to(card_url: str, text: str) -> str:
    """Return the address at which the customers' card checks in with a code."""
    return f"{card_url}/check-in#{text}"


def verify(
    text: str, store_id: str, keys_of: KeysOf, *, poster_version: int, now: datetime
) -> StoreCode:
    """Return the code that was read in a store.

    Args:
        text: What the customer's app has read: a code, or a link that ends with one.
        store_id: The store that the customer claims to be in.
        keys_of: The keys of any store.
        poster_version: The store's present version of posters; older ones are withdrawn.
        now: The time of the check-in.

    Raises:
        StoreCodeDamaged: The text is no store's code, or a part of it was read badly.
        StoreCodeUnknown: We have not signed it, or with a key that is no longer configured.
        StoreCodeForeign: It is the code of another store.
        StoreCodeExpired: A screen showed it too long ago, or the poster was withdrawn.
    """
    text = text.rpartition("#")[2]
    code = _parsed(text)
    signed, signature = text.rsplit(":", 2)[:2]
    if not any(
        hmac.compare_digest(signature, _signature(signed, key)) for key in keys_of(code.store_id)
    ):
        raise StoreCodeUnknown("Nobody has issued this code.")
    if code.store_id != store_id:
        raise StoreCodeForeign("It is the code of another store.")
    if code.kind is CodeKind.STATIC and code.number != poster_version:
        raise StoreCodeExpired("The poster with this code was withdrawn.")
    if code.kind is CodeKind.ROTATING and abs(code.number - _step(now)) > SKEW_STEPS:
        raise StoreCodeExpired(f"A screen shows a code for {STEP_S} s; this one is not of now.")
    return code


def _parsed(text: str) -> StoreCode:
    form = _FORM.fullmatch(text)
    if form is None or _checksum(text.rpartition(":")[0]) != form["checksum"]:
        raise StoreCodeDamaged("This is no code of a store, or not all of it was read.")
    return StoreCode(unquote(form["store"]), _KINDS[form["kind"]], int(form["number"]))


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def _signature(signed: str, key: bytes) -> str:
    digest = hmac.digest(key, signed.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
