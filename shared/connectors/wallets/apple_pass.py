"""An Apple pass: a signed zip with what it shows, pictures, and words in two languages.

Source: Apple, "Wallet Passes": ``pass.json``, ``manifest.json`` (SHA-1 of each file), and a
detached PKCS #7 signature of the manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from shared.connectors.wallets import png
from shared.domain import exact_json
from shared.domain.loyalty.programs import ProgramType
from shared.domain.wallets import brand_colors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.connectors.wallets.apple_identity import AppleIdentity
    from shared.domain.wallets.pass_faces import PassFace

MEDIA_TYPE = "application/vnd.apple.pkpass"
_ICON_SIDES = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87}
_LOGO_SIDES = {"logo.png": 50, "logo@2x.png": 100, "logo@3x.png": 150}
_EPOCH = (2020, 1, 1, 0, 0, 0)
"""Of each file in the zip: the same pass is the same bytes but for its signature's time."""
_BALANCE_LABELS = {
    ProgramType.STAMPS: "pw.stamps",
    ProgramType.CASHBACK: "pw.cashback",
    ProgramType.POINTS: "pw.points",
    ProgramType.TIER: "pw.points",
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "pw.stamps": "Stamps",
        "pw.cashback": "Cashback",
        "pw.points": "Points",
        "pw.level": "Level",
        "pw.reserved": "Reserved",
        "pw.owed": "To make up for",
        "pw.owed_text": "Something came back after you had spent it. "
        "What you collect next makes up for that first.",
        "pw.more": "For the next card",
        "pw.balance_now": "Your balance is now %@",
        "pw.level_now": "Your level is now %@",
        "pw.how": "At the till",
        "pw.how_text": "Show this code before you pay. The balance is updated after each purchase.",
        "pw.app_text": "This store asks for the code that changes: show it in the card's app.",
        "pw.void_text": "This card does not count any more.",
    },
    "de": {
        "pw.stamps": "Stempel",
        "pw.cashback": "Cashback",
        "pw.points": "Punkte",
        "pw.level": "Stufe",
        "pw.reserved": "Reserviert",
        "pw.owed": "Auszugleichen",
        "pw.owed_text": "Etwas kam zurück, nachdem Sie es ausgegeben hatten. "
        "Was Sie als Nächstes sammeln, gleicht das zuerst aus.",
        "pw.more": "Für die nächste Karte",
        "pw.balance_now": "Ihr Stand ist jetzt %@",
        "pw.level_now": "Ihre Stufe ist jetzt %@",
        "pw.how": "An der Kasse",
        "pw.how_text": "Zeigen Sie diesen Code, bevor Sie zahlen. "
        "Der Stand wird nach jedem Einkauf neu.",
        "pw.app_text": "Hier gilt der Code, der wechselt: Zeigen Sie ihn in der Karten-App.",
        "pw.void_text": "Diese Karte gilt nicht mehr.",
    },
}


@dataclass(frozen=True, slots=True)
class AppleLink:
    """How a phone asks for a newer pass. ``serial`` tells it from others."""

    serial: str
    token: str
    web_service_url: str


def build(face: PassFace, link: AppleLink, identity: AppleIdentity) -> bytes:
    """Return the file that a phone takes as a pass."""
    files = {
        "pass.json": _json(content(face, link, identity)),
        **{f"{each}.lproj/pass.strings": _strings(words) for each, words in _WORDS.items()},
        **_pictures(face),
    }
    manifest = _json({name: _sha1(each) for name, each in files.items()})
    files |= {"manifest.json": manifest, "signature": _signature(manifest, identity)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), each, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def content(face: PassFace, link: AppleLink, identity: AppleIdentity) -> dict[str, Any]:
    """Return what ``pass.json`` says.

    Phones put a word in place of each text that ``_WORDS`` names: no merchant's is ``pw.points``.
    """
    shown: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": identity.pass_type_id,
        "teamIdentifier": identity.team_id,
        "serialNumber": link.serial,
        "authenticationToken": link.token,
        "webServiceURL": link.web_service_url,
        "organizationName": face.store_name,
        "description": f"{face.program_name}, {face.store_name}",
        "logoText": face.program_name,
        "backgroundColor": _rgb(face.color),
        "foregroundColor": _rgb(face.ink),
        "labelColor": _rgb(face.ink),
        "sharingProhibited": True,
        "storeCard": {
            "primaryFields": [_balance(face)] if face.is_valid else [],
            "secondaryFields": _beside(face) if face.is_valid else [],
            "backFields": _back(face),
        },
    }
    if not face.is_valid:
        return {**shown, "voided": True}
    if face.code is None:
        return shown
    barcode = {
        "format": "PKBarcodeFormatQR",
        "message": face.code,
        "messageEncoding": "iso-8859-1",
        "altText": face.code,
    }
    return {**shown, "barcodes": [barcode], "barcode": barcode}


def _back(face: PassFace) -> list[dict[str, Any]]:
    how = {"key": "how", "label": "pw.how", "value": _how(face)}
    if not face.is_valid or not face.owed:
        return [how]
    return [how, {"key": "owed_text", "label": "pw.owed", "value": "pw.owed_text"}]


def _how(face: PassFace) -> str:
    if not face.is_valid:
        return "pw.void_text"
    return "pw.app_text" if face.code is None else "pw.how_text"


def _balance(face: PassFace) -> dict[str, Any]:
    field: dict[str, Any] = {
        "key": "balance",
        "label": _BALANCE_LABELS[face.kind],
        "changeMessage": "pw.balance_now",
    }
    if face.stamps_needed is not None:
        return {**field, "value": f"{int(face.free)} / {face.stamps_needed}"}
    return {**field, **_amount(face, face.free)}


def _amount(face: PassFace, amount: Decimal) -> dict[str, Any]:
    if face.kind is ProgramType.CASHBACK:
        return {"value": amount, "currencyCode": face.currency}
    return {"value": int(amount), "numberStyle": "PKNumberStyleDecimal"}


def _beside(face: PassFace) -> list[dict[str, Any]]:
    """Return what stands below the balance, as far as there is any of it."""
    level = {
        "key": "level",
        "label": "pw.level",
        "value": face.tier,
        "changeMessage": "pw.level_now",
    }
    amounts = {
        "reserved": face.reserved,
        "owed": face.owed,
        "more": Decimal(face.more_stamps),
    }
    fields = [
        {"key": key, "label": f"pw.{key}", **_amount(face, amount)}
        for key, amount in amounts.items()
        if amount
    ]
    return fields if face.tier is None else [level, *fields]


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()  # As Apple's format has it.


def _pictures(face: PassFace) -> dict[str, bytes]:
    color, ink = brand_colors.rgb_of(face.color), brand_colors.rgb_of(face.ink)
    sides = {**_ICON_SIDES, **_LOGO_SIDES}
    return {name: png.icon(side, color, ink) for name, side in sides.items()}


def _rgb(color: str) -> str:
    red, green, blue = brand_colors.rgb_of(color)
    return f"rgb({red}, {green}, {blue})"


def _strings(words: Mapping[str, str]) -> bytes:
    """Return a table of words."""
    lines = [f'"{name}" = "{text}";\n' for name, text in words.items()]
    return "".join(lines).encode()


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=exact_json.default)
    return text.encode()


def _signature(manifest: bytes, identity: AppleIdentity) -> bytes:
    builder = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(identity.certificate, identity.key, SHA256())
    )
    for each in identity.chain:
        builder = builder.add_certificate(each)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(Encoding.DER, options)
