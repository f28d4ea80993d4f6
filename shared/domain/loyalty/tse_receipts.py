"""The QR code of a German receipt: what its till has told the TSE, and whether the TSE signed it.

``V0;<till>;<process type>;<process data>;<transaction>;<signature counter>;<start>;<end>;
<algorithm>;<time format>;<signature>;<public key>``. Anyone can print such a text. Its signature
proves only that the holder of the key made it, so the key must be one that a store has registered:
a TSE's serial number is the SHA-256 of its public key.

Source: DSFinV-K, annex I (the code); BSI TR-03153 and TR-03151 (what is signed); TR-03111 (plain
signatures, encoded points).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from shared.domain.loyalty.earning_base import PurchaseLine

CODE_CHARS_MAX = 2_000
VERSION = "V0;"
"""How a code begins."""
SALE = "Beleg"
VAT_SHARES = 5
"""Gross amounts at the general, reduced, two average and no rates of VAT, in this order."""
CURRENCY = "EUR"
VAT_PERCENTS = (Decimal(19), Decimal(7), Decimal("10.7"), Decimal("5.5"), Decimal(0))
"""The rates in this order. Source: DSFinV-K, annex I; UStG, sections 12 and 24."""

PROVABLE_TIMES = "unixTime"
"""The time format of codes whose signature can be verified."""

_PARTS = 12
_AMOUNT = r"-?[0-9]{1,9}\.[0-9]{2}"
_PROCESS_DATA = re.compile(
    rf"(?P<kind>[A-Za-z]+)\^(?P<shares>{_AMOUNT}(?:_{_AMOUNT}){{{VAT_SHARES - 1}}})\^(?P<paid>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_TRANSACTION_LOG = "0.4.0.127.0.7.3.7.1.1"
_ALGORITHMS = {
    "ecdsa-plain-SHA256": ("SHA256", "0.4.0.127.0.7.1.1.4.1.3"),
    "ecdsa-plain-SHA384": ("SHA384", "0.4.0.127.0.7.1.1.4.1.4"),
    "ecdsa-plain-SHA512": ("SHA512", "0.4.0.127.0.7.1.1.4.1.5"),
}
_CURVES = {
    32: ("SECP256R1", "BrainpoolP256R1"),
    48: ("SECP384R1", "BrainpoolP384R1"),
    64: ("BrainpoolP512R1",),
}
"""The curves of TSEs by the bytes of a coordinate. A point lies on one of them only."""

_SERIAL = re.compile(r"[0-9a-f]{64}")


class NotAReceiptError(Exception):
    """The text is no receipt's QR code, or not all of it; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class TseReceipt:
    """What the code of a receipt says. ``is_signed`` tells whether it can be believed.

    ``till`` is the till's serial number; ``tse_serial`` is the hex SHA-256 of ``public_key``.
    ``gross_by_vat`` are amounts in the currency, in the order of ``VAT_SHARES``.
    """

    till: str
    process_type: str
    process_data: str
    kind: str
    gross_by_vat: tuple[Decimal, ...]
    transaction_number: int
    signature_counter: int
    started_at: datetime
    finished_at: datetime
    algorithm: str
    time_format: str
    signature: bytes
    public_key: bytes

    @property
    def total(self) -> Decimal:
        """What the customer paid, taxes included."""
        return sum(self.gross_by_vat, Decimal(0))

    @property
    def is_sale(self) -> bool:
        """False for trainings, transfers, orders and voids (``AVTraining`` and so on), and if
        nothing was paid.
        """
        is_receipt = self.process_type.casefold() == "kassenbeleg-v1"
        return is_receipt and self.kind == SALE and self.total > 0

    @property
    def lines(self) -> tuple[PurchaseLine, ...]:
        """What was bought, as far as the code says it: an amount for each rate of VAT."""
        shares = zip(self.gross_by_vat, VAT_PERCENTS, strict=True)
        return tuple(PurchaseLine(gross, vat_percent=rate) for gross, rate in shares if gross)

    @property
    def tse_serial(self) -> str:
        """The serial number of the TSE that has the key."""
        return hashlib.sha256(self.public_key).hexdigest()

    @property
    def key(self) -> str:
        """What makes it the same receipt again. Not its signature: of that there are two forms."""
        return f"{self.tse_serial}:{self.transaction_number}"

    @property
    def proof(self) -> str:
        """What only the receipt or the till's export tells: see ``proof_of``."""
        return proof_of(self.signature_counter, self.signature)


def proof_of(signature_counter: int, signature: bytes) -> str:
    """Return a hash of a receipt's signature and its counter, which nobody can guess."""
    return hashlib.sha256(f"{signature_counter}:".encode() + signature).hexdigest()


def exported_proof(signature_counter: str, signature: str) -> str | None:
    """Return ``proof_of`` what a till's export says; ``None`` if it says no whole signature.

    Args:
        signature_counter: Digits.
        signature: In base64, as in the code.
    """
    try:
        counter, decoded = _number(signature_counter.strip()), _bytes(signature.strip())
    except NotAReceiptError:
        return None
    return proof_of(counter, decoded) if decoded else None


def parse(text: str) -> TseReceipt:
    """Return what a receipt's QR code says; nothing of it is proved.

    Raises:
        NotAReceiptError: The text is none, or is cut.
    """
    parts = text.strip().split(";") if len(text) <= CODE_CHARS_MAX else []
    if len(parts) != _PARTS or parts[0] != "V0":
        raise NotAReceiptError("It does not have the twelve parts of a code V0.")
    _, till, process_type, process_data, transaction, counter, start, end, *rest = parts
    algorithm, time_format, signature, public_key = rest
    data = _PROCESS_DATA.fullmatch(process_data)
    if data is None:
        raise NotAReceiptError("Its amounts are not those of a receipt.")
    return TseReceipt(
        till=till,
        process_type=process_type,
        process_data=process_data,
        kind=data["kind"],
        gross_by_vat=tuple(map(Decimal, data["shares"].split("_"))),
        transaction_number=_number(transaction),
        signature_counter=_number(counter),
        started_at=_time(start),
        finished_at=_time(end),
        algorithm=algorithm,
        time_format=time_format,
        signature=_bytes(signature),
        public_key=_bytes(public_key),
    )


def serial_of(text: str) -> str:
    """Return the serial number of a TSE in one spelling: of itself, or of its public key in base64.

    Raises:
        ValueError: It is neither.
    """
    serial = text.strip().lower()
    if _SERIAL.fullmatch(serial):
        return serial
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if (len(key) - 1) // 2 not in _CURVES or key[:1] != b"\x04":
        raise ValueError("must be the 64 hex digits of a TSE's serial number, or its public key")
    return hashlib.sha256(key).hexdigest()


def is_signed(receipt: TseReceipt, tse_serials: Collection[str]) -> bool:
    """Tell whether one of these TSEs, by their hex serial numbers, has signed all of a receipt.

    Only Unix times can be proved: how other formats are signed was not seen on a real receipt.
    """
    known = {each.lower() for each in tse_serials}
    if receipt.tse_serial not in known or receipt.time_format != PROVABLE_TIMES:
        return False
    return _verifies(receipt)


def _verifies(receipt: TseReceipt) -> bool:
    # Only claims of receipts need it; other functions should start without it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    size = (len(receipt.public_key) - 1) // 2
    if receipt.algorithm not in _ALGORITHMS or len(receipt.signature) != 2 * size:
        return False
    hash_name, _ = _ALGORITHMS[receipt.algorithm]
    r, s = (int.from_bytes(each) for each in (receipt.signature[:size], receipt.signature[size:]))
    for name in _CURVES.get(size, ()):
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(
                getattr(ec, name)(), receipt.public_key
            )
            key.verify(
                encode_dss_signature(r, s),
                _signed_message(receipt),
                ec.ECDSA(getattr(hashes, hash_name)()),
            )
        except (ValueError, InvalidSignature):  # The point is not on this curve, or it is forged.
            continue
        return True
    return False


def _signed_message(receipt: TseReceipt) -> bytes:
    """Return the log message of the end of a transaction, without the sequence around it.

    Source: BSI TR-03151, ``TransactionLogMessage``.
    """
    _, algorithm_oid = _ALGORITHMS[receipt.algorithm]
    return b"".join(
        (
            _der(0x02, _integer(2)),
            _oid(_TRANSACTION_LOG),
            _der(0x80, b"FinishTransaction"),
            _der(0x81, receipt.till.encode()),
            _der(0x82, receipt.process_data.encode()),
            _der(0x83, receipt.process_type.encode()),
            _der(0x85, _integer(receipt.transaction_number)),
            _der(0x04, hashlib.sha256(receipt.public_key).digest()),
            _der(0x30, _oid(algorithm_oid)),
            _der(0x02, _integer(receipt.signature_counter)),
            _der(0x02, _integer(int(receipt.finished_at.timestamp()))),
        )
    )


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - the short form of a length in DER
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _integer(number: int) -> bytes:
    """Return a number that is not negative, with a leading zero bit."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def _oid(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    content = bytes((first * 40 + second,))
    for each in others:
        groups, rest = [each & 0x7F], each >> 7
        while rest:
            groups.append(rest & 0x7F | 0x80)
            rest >>= 7
        content += bytes(reversed(groups))
    return _der(0x06, content)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotAReceiptError("Its transaction or signature counter is no number.")
    return int(text)


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotAReceiptError("One of its times is none.") from None
    if moment.tzinfo is None or moment.astimezone(UTC).year < 2000:  # noqa: PLR2004 - before any TSE
        raise NotAReceiptError("One of its times is none of a TSE.")
    return moment.astimezone(UTC)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotAReceiptError("Its signature or key is not base64.") from None
