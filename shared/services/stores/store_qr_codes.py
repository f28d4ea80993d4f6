"""Codes of a store as texts and pictures, and what a customer has read of one."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from datetime import datetime

from shared import clock, config
from shared.auth.caller import Caller
from shared.domain.stores import store_codes
from shared.domain.stores.store_codes import CodeKind, StoreCode
from shared.domain.stores.stores import Store
from shared.schemas.stores.store_bodies import PictureFormat
from shared.services import access
from shared.services.vaults import vault

BORDER_MODULES = 4
"""The quiet zone that scanners need around the code. Source: ISO/IEC 18004."""
PNG_PIXELS_PER_MODULE = 10


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code to show; a poster's has no times."""

    store_id: str
    kind: CodeKind
    text: str
    valid_from: datetime | None
    valid_until: datetime | None

    @property
    def link(self) -> str:
        """The address at which the customers' card checks in with it."""
        return store_codes.link_to(config.card_url(), self.text)


def of_store(caller: Caller, store_id: str, kind: CodeKind) -> QrCode:
    """Return the code that a poster or a screen of a store shows now.

    Raises:
        StoreNotFound: The store is absent or not the caller's.
    """
    store = access.store(caller, store_id)
    if kind is CodeKind.STATIC:
        return QrCode(store_id, kind, poster_of(store_id, store.poster_version), None, None)
    code = store_codes.on_screen(store_id, clock.real_now())
    return QrCode(
        store_id,
        kind,
        _text_of(code),
        store_codes.shown_from(code),
        store_codes.shown_until(code),
    )


def poster_of(store_id: str, version: int = 1) -> str:
    """Return the text of a store's poster."""
    return _text_of(store_codes.poster(store_id, version))


def verify(text: str, store: Store, now: datetime) -> StoreCode:
    """Return the code that was read in a store.

    Raises:
        StoreCodeDamaged, StoreCodeUnknown, StoreCodeForeign, StoreCodeExpired.
    """
    return store_codes.verify(
        text, store.store_id, _keys_of, poster_version=store.poster_version, now=now
    )


@dataclass(frozen=True, slots=True)
class Pictures:
    """A QR code as SVG, and as PNG in base64; ``None`` if it is not wanted."""

    svg: str | None
    png: str | None


def draw(text: str, wanted: PictureFormat | None) -> Pictures:
    """Return the pictures of a QR code that are wanted, by default both."""
    return Pictures(
        None if wanted is PictureFormat.PNG else draw_svg(text),
        None if wanted is PictureFormat.SVG else draw_png(text),
    )


def draw_svg(text: str) -> str:
    """Return a QR code as an SVG picture, to be scaled at will."""
    import segno  # Only this endpoint needs it; others should start without it.

    picture = io.BytesIO()
    segno.make_qr(text).save(picture, kind="svg", border=BORDER_MODULES, xmldecl=False, nl=False)
    return picture.getvalue().decode()


def draw_png(text: str) -> str:
    """Return a QR code as a PNG picture, in base64."""
    import segno

    picture = io.BytesIO()
    segno.make_qr(text).save(
        picture, kind="png", border=BORDER_MODULES, scale=PNG_PIXELS_PER_MODULE
    )
    return base64.b64encode(picture.getvalue()).decode()


def _text_of(code: StoreCode) -> str:
    return store_codes.text_of(code, _keys_of(code.store_id))


def _keys_of(store_id: str) -> tuple[bytes, ...]:
    return vault().derived_keys(store_codes.KEYS_PURPOSE, store_id)
