"""What Google Wallet is told: a class for each program, an object for each membership.

Source: Google Wallet API, ``loyaltyclass`` and ``loyaltyobject``. Each body is the whole of what it
describes: it replaces the one before, so what is gone from it is gone there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared import ids
from shared.domain.loyalty.programs import ProgramType

if TYPE_CHECKING:
    from decimal import Decimal

    from shared.domain.wallets.pass_faces import PassFace

INT_MAX = 2**31 - 1
_MICROS = 6
_LABELS = {
    ProgramType.STAMPS: ("Stamps", "Stempel"),
    ProgramType.CASHBACK: ("Cashback", "Cashback"),
    ProgramType.POINTS: ("Points", "Punkte"),
    ProgramType.TIER: ("Points", "Punkte"),
}
_LEVEL = ("Level", "Stufe")
_RESERVED = ("Reserved", "Reserviert")
_OWED = ("To make up for", "Auszugleichen")
_OF_OWED = (
    "Something came back after you had spent it. What you collect next makes up for that first.",
    (
        "Etwas kam zurück, nachdem Sie es ausgegeben hatten. "
        "Was Sie als Nächstes sammeln, gleicht das zuerst aus."
    ),
)
_MORE = ("For the next card", "Für die nächste Karte")
_HOW = ("At the till", "An der Kasse")
_OF_APP = (
    "This store asks for the code that changes: show it in the card's app.",
    "Hier gilt der Code, der wechselt: Zeigen Sie ihn in der Karten-App.",
)


def class_id(issuer_id: str, program_id: str) -> str:
    """Return the id of the class of a program."""
    return f"{issuer_id}.{ids.derived('wc', program_id)}"


def object_id(issuer_id: str, pass_id: str) -> str:
    """Return the id of the object of a pass."""
    return f"{issuer_id}.{pass_id}"


def class_of(face: PassFace, issuer_id: str, logo: str) -> dict[str, Any]:
    """Return the class of a program; ``logo`` is the URL of a picture, without which there is none.

    Google reviews each change by itself, and shows the class meanwhile.
    """
    return {
        "id": class_id(issuer_id, face.program_id),
        "issuerName": face.store_name,
        "programName": face.program_name,
        "programLogo": {
            "sourceUri": {"uri": logo},
            "contentDescription": {"defaultValue": {"language": "en", "value": face.program_name}},
        },
        "hexBackgroundColor": face.color,
        "reviewStatus": "UNDER_REVIEW",
    }


def object_of(face: PassFace, issuer_id: str, pass_id: str) -> dict[str, Any]:
    """Return the object of a membership; of one that does not count, that alone."""
    named = {
        "id": object_id(issuer_id, pass_id),
        "classId": class_id(issuer_id, face.program_id),
    }
    if not face.is_valid:
        return {**named, "state": "INACTIVE"}
    shown: dict[str, Any] = {
        **named,
        "state": "ACTIVE",
        "loyaltyPoints": _points(_LABELS[face.kind], _balance(face)),
        **_second(face),
        "textModulesData": _texts(face),
        "notifyPreference": "NOTIFY_ON_UPDATE",
    }
    if face.code is None:
        return shown
    code = {"type": "QR_CODE", "value": face.code, "alternateText": face.code}
    return {**shown, "barcode": code}


def ended(face: PassFace, issuer_id: str, pass_id: str) -> dict[str, Any]:
    """Return the object of who was erased: that it has ended, and nothing else."""
    return {**object_of(face, issuer_id, pass_id), "state": "EXPIRED"}


def _points(label: tuple[str, str], balance: dict[str, Any]) -> dict[str, Any]:
    return {"label": label[0], "localizedLabel": _localized(label), "balance": balance}


def _second(face: PassFace) -> dict[str, Any]:
    """Return the second amount of a card: Google shows one, and more than one there never is."""
    if face.reserved:
        return {"secondaryLoyaltyPoints": _points(_RESERVED, _amount(face, face.reserved))}
    if face.owed:
        return {"secondaryLoyaltyPoints": _points(_OWED, _amount(face, face.owed))}
    return {}


def _balance(face: PassFace) -> dict[str, Any]:
    if face.stamps_needed is not None:
        return {"string": f"{int(face.free)} / {face.stamps_needed}"}
    return _amount(face, face.free)


def _amount(face: PassFace, amount: Decimal) -> dict[str, Any]:
    if face.kind is ProgramType.CASHBACK:
        micros = int(amount.scaleb(_MICROS))
        return {"money": {"micros": str(micros), "currencyCode": face.currency}}
    count = int(amount)
    return {"int": count} if abs(count) <= INT_MAX else {"string": str(count)}


def _texts(face: PassFace) -> list[dict[str, Any]]:
    texts: list[dict[str, Any]] = []
    if face.tier is not None:
        header = {"header": _LEVEL[0], "localizedHeader": _localized(_LEVEL)}
        texts.append({"id": "level", **header, "body": face.tier})
    if face.more_stamps:
        header = {"header": _MORE[0], "localizedHeader": _localized(_MORE)}
        texts.append({"id": "more", **header, "body": str(face.more_stamps)})
    if face.owed:
        header = {"header": _OWED[0], "localizedHeader": _localized(_OWED)}
        body = {"body": _OF_OWED[0], "localizedBody": _localized(_OF_OWED)}
        texts.append({"id": "owed", **header, **body})
    if face.code is None:
        header = {"header": _HOW[0], "localizedHeader": _localized(_HOW)}
        body = {"body": _OF_APP[0], "localizedBody": _localized(_OF_APP)}
        texts.append({"id": "how", **header, **body})
    return texts


def _localized(words: tuple[str, str]) -> dict[str, Any]:
    english, german = words
    return {
        "defaultValue": {"language": "en", "value": english},
        "translatedValues": [{"language": "de", "value": german}],
    }
