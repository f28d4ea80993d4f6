"""Personal data as it is kept: one spelling for what is the same.

Each function returns the text to keep, or raises ``ValueError`` with what is wrong. The messages
never repeat what was sent.
"""

from __future__ import annotations

import re
import string
import unicodedata
from datetime import UTC, date, datetime, timedelta

EMAIL_CHARS_MAX = 254
LOCAL_CHARS_MAX = 64
LANGUAGE_CHARS_MAX = 35
NAME_CHARS_MAX = 100
NUMBER_CHARS_MAX = 64
EARLIEST_BIRTHDAY = date(1900, 1, 1)
EARLIEST_ZONE = timedelta(hours=14)
"""Where a day begins first: it is tomorrow there while UTC has today."""

_KELVIN = "\N{KELVIN SIGN}"
"""The only letter that Unicode's composed form makes one of A to Z: it is refused."""
_TO_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_EMAIL = re.compile(r"[^\s@]+@(?:[^\s@.]+\.)+[^\s@.]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,49}")
_SCRIPT_CHARS = 4


def plain_text(text: str, chars_max: int = NAME_CHARS_MAX) -> str:
    """Return a text of one line, trimmed, in Unicode's composed form (NFC)."""
    trimmed = unicodedata.normalize("NFC", text).strip()
    if not trimmed:
        raise ValueError("must not be blank")
    if len(trimmed) > chars_max:
        raise ValueError(f"must have at most {chars_max} characters")
    if any(unicodedata.category(each) in {"Cc", "Cs"} for each in trimmed):
        raise ValueError("must have no control characters")
    return trimmed


def email(text: str) -> str:
    """Return an address: trimmed, its domain in lower case, the part before the ``@`` as it is.

    ``email_key`` says which addresses are the same.
    """
    trimmed = plain_text(text, EMAIL_CHARS_MAX)
    local, _, domain = trimmed.rpartition("@")
    is_long = len(local) > LOCAL_CHARS_MAX
    if not _EMAIL.fullmatch(trimmed) or is_long or _KELVIN in text:
        raise ValueError("must be an e-mail address, like ada@example.com")
    return f"{local}@{_domain_key(domain)}"


def email_key(address: str) -> str:
    """Return what is equal for equal addresses: upper and lower case of A to Z do not matter.

    Nothing else is taken for the same: who has verified ``max@straße.de`` is nobody at
    ``max@strasse.de``, which is another domain (RFC 5891), and no other letter before the ``@`` is
    the mail server's to fold.
    """
    local, _, domain = address.rpartition("@")
    return f"{unicodedata.normalize('NFC', local.translate(_TO_LOWER))}@{_domain_key(domain)}"


def phone(text: str, region: str) -> str:
    """Return a number in E.164, such as ``+4915112345678``.

    Args:
        text: As people write it. With ``+`` or the region's prefix for abroad (``00``) it is
            international, else a number of the region.
        region: ISO 3166 code of a country, such as ``DE``.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise ValueError("must be a phone number, like +49 151 12345678") from None
    if number.extension:
        raise ValueError("must have no extension")
    if not phonenumbers.is_possible_number(number):
        raise ValueError("must be a phone number with as many digits as its country has")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def country(text: str) -> str:
    """Return the code of a country in which phone numbers can be read."""
    import phonenumbers

    code = text.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be the ISO 3166 code of a country, like DE")
    return code


def birthday(text: str, now: datetime) -> date:
    """Return a date that is not in the future, wherever the person is."""
    parsed = a_date(text)
    if parsed < EARLIEST_BIRTHDAY:
        raise ValueError(f"must be {EARLIEST_BIRTHDAY} or later")
    if parsed > (now.astimezone(UTC) + EARLIEST_ZONE).date():
        raise ValueError("must not be in the future")
    return parsed


def a_date(text: str) -> date:
    """Return a date from ``2026-03-03``."""
    try:
        parsed = date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a date, like 1990-12-31") from None
    if parsed.isoformat() != text:
        raise ValueError("must be a date, like 1990-12-31")
    return parsed


def language(text: str) -> str:
    """Return a language tag (BCP 47) in its usual case: ``de``, ``de-CH``, ``zh-Hant-TW``."""
    tag = text.strip()
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("must be a language tag, like de or de-CH")
    head, *rest = tag.split("-")
    return "-".join((head.lower(), *map(_in_case, rest)))


def customer_number(text: str) -> str:
    """Return a merchant's number of a customer; upper and lower case are different."""
    return plain_text(text, NUMBER_CHARS_MAX)


def system(text: str) -> str:
    """Return the name of another system, such as ``shopware``."""
    if not _SYSTEM.fullmatch(text):
        raise ValueError("must be 1 to 50 of a-z, 0-9, _, . and -, like shopware")
    return text


def _in_case(part: str) -> str:
    return part.title() if len(part) == _SCRIPT_CHARS else part.upper()


def _domain_key(domain: str) -> str:
    """Return a domain in lower case; ``ß`` stays what it is."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", domain).lower())
