"""QR codes of German receipts: real ones verify, and nothing that was changed or forged does."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.domain.loyalty import tse_receipts
from shared.domain.loyalty.tse_receipts import NotAReceiptError, TseReceipt, is_signed, parse

# Receipts of real tills and TSEs of several makers, as they were published with programs that
# verify them: two of berohndo/tse_signature_verification, and one of a TSE in a test environment.
SALE = (
    "V0;ERS 8cb8e2de-4052-481b-945b-118022951944;Kassenbeleg-V1;"
    "Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar;1;31;"
    "2021-08-23T14:36:27.000Z;2021-08-23T14:36:33.000Z;ecdsa-plain-SHA256;unixTime;"
    "TGnWiq3ZW7gi4Vs+DxLGsJZj9v271dHmhQAcb057F3oWkdKJ61UW2LLVTZQhW673yLa53Mm6oPeMU1Ns3ZOH7w==;"
    "BGFKQP7EENf3s5hTDXvlh+xyJ1Q9BNIa9LyYbYK+pTAKAGQ2fmI40p5QOrpHpvb+UuOrNQJdhzggHNfyyyDyf/g="
)
BRAINPOOL = (
    "V0;AMA-6200;KassenBeleg-V1;Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar;160504;344413;"
    "2021-07-23T10:12:54.000Z;2021-07-23T10:12:55.000Z;ecdsa-plain-SHA384;unixTime;"
    "NgqBkWMvhLmCKa9cJJ8JodfAdlkfcFFyW0J7Ks9lTz9I4QFKhLzyGF/02kWsCRg0LoiJtkq+0Ak9GovodNFLOBG00ewE"
    "j40/GbI9zLtNt9j90w4Sz3GcxTSrr3rqhIhN;"
    "BCd1vZvSJsJwBTqshgDVsrG4Gg+oN3jeeFEgjGiKs9ELd170vy/jO3iMMF6tAVUfjyYn9jRXng8Z4qWXaqoJ53+y+OFe"
    "SY/lQsdZWCODkzhlhkJxJw2k9Z1A4gFX6Riotw=="
)
TEST_TSE = (
    "V0;UT-TEST-101bd1cd-286c-4c3b-9ae5-43d4fad02f08;Kassenbeleg-V1;"
    "Beleg^4.20_0.00_0.00_0.00_0.00^4.20:Unbar;1;27;"
    "2026-08-18T18:38:19.000Z;2026-08-18T18:38:19.000Z;ecdsa-plain-SHA256;unixTime;"
    "kHCYf4/f/zz+51m5XlzLtuEOFvVyAF3wrzsz+p+iyQcxzICkza8O9m/P45pRDQRWwEvxYzYZQWR3wGqEsSf2iA==;"
    "BAVHkwS3tptbKRK2Z8E6a8u8N/Qkw/6gBr89NivYZciYJVpF5uQPQTpgb64I3STVhUpLVc/ZCZOz7eaBol+qUnY="
)
REAL = [SALE, BRAINPOOL, TEST_TSE]


def registered(text: str) -> list[str]:
    """Return the serial number of the receipt's own TSE, as a merchant would register it."""
    key = base64.b64decode(text.rpartition(";")[2])
    return [hashlib.sha256(key).hexdigest().upper()]


@pytest.mark.parametrize("text", REAL)
def test_a_real_receipt_is_signed_by_its_tse_and_by_no_other(text: str) -> None:
    receipt = parse(text)

    assert is_signed(receipt, registered(text))
    assert not is_signed(receipt, [])
    assert not is_signed(receipt, ["0" * 64])


def test_says_what_is_on_the_receipt() -> None:
    receipt = parse(BRAINPOOL)

    assert (receipt.till, receipt.transaction_number, receipt.signature_counter) == (
        "AMA-6200",
        160504,
        344413,
    )
    assert (receipt.kind, receipt.total, receipt.is_sale) == ("Beleg", Decimal("5.00"), True)
    assert receipt.gross_by_vat == (
        Decimal("2.90"),
        Decimal(0),
        Decimal(0),
        Decimal(0),
        Decimal("2.10"),
    )
    assert receipt.finished_at == datetime(2021, 7, 23, 10, 12, 55, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "is_sale"),
    [
        ("Beleg^0.00_0.00_0.00_0.00_0.01^0.01:Bar", True),
        ("Beleg^10.00_5.00_0.00_0.00_0.00^10.00:Bar_5.00:Unbar", True),
        ("Beleg^0.00_0.00_0.00_0.00_0.00^", False),
        ("Beleg^-4.20_0.00_0.00_0.00_0.00^-4.20:Bar", False),
        ("AVTraining^4.20_0.00_0.00_0.00_0.00^4.20:Bar", False),
        ("AVBelegabbruch^0.00_0.00_0.00_0.00_0.00^", False),
        ("AVTransfer^4.20_0.00_0.00_0.00_0.00^4.20:Bar", False),
    ],
)
def test_only_a_sale_is_one(data: str, is_sale: bool) -> None:
    text = SALE.replace("Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar", data)

    assert parse(text).is_sale is is_sale
    assert not is_signed(parse(text), registered(text))


def test_an_order_is_no_sale() -> None:
    assert not parse(SALE.replace("Kassenbeleg-V1", "Bestellung-V1")).is_sale


@given(text=st.sampled_from(REAL), data=st.data(), letter=st.characters(codec="ascii"))
def test_a_changed_receipt_is_not_signed(text: str, data: st.DataObject, letter: str) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    assume(text[at] != letter)
    changed = text[:at] + letter + text[at + 1 :]
    try:
        receipt = parse(changed)
    except NotAReceiptError:
        return

    if receipt == parse(text):
        return  # Such as a bit of base64 that means nothing.
    # The start is on the receipt, and not among what is signed: nothing may depend on it.
    if receipt.started_at != parse(text).started_at:
        return
    # Neither are fractions of the second of its end.
    if int(receipt.finished_at.timestamp()) == int(parse(text).finished_at.timestamp()) and (
        receipt.finished_at != parse(text).finished_at
    ):
        return
    assert not is_signed(receipt, registered(text))


@given(text=st.text(max_size=300))
def test_any_other_text_is_no_receipt(text: str) -> None:
    with pytest.raises(NotAReceiptError):
        parse(text)


def test_half_a_receipt_is_none() -> None:
    for end in range(len(SALE)):
        try:
            receipt = parse(SALE[:end])
        except NotAReceiptError:
            continue
        assert not is_signed(receipt, registered(SALE))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (5, "-1"),
        (5, "1e3"),
        (5, "१"),
        (6, ""),
        (7, "yesterday"),
        (8, "2021-08-23T14:36:33"),
        (8, "0001-01-01T00:00:00Z"),
        (10, "utcTime"),
        (9, "ecdsa-plain-SHA1"),
        (11, "AAAA"),
        (12, "BA=="),
    ],
)
def test_a_part_that_is_none_is_refused_or_proves_nothing(name: int, value: str) -> None:
    parts = SALE.split(";")
    parts[name - 1] = value
    try:
        receipt = parse(";".join(parts))
    except NotAReceiptError:
        return
    assert not is_signed(receipt, [*registered(SALE), receipt.tse_serial])


def signed_by(key: ec.EllipticCurvePrivateKey, till: str, amount: str) -> str:
    """Return the code of a receipt that the holder of a key has made."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    head = f"V0;{till};Kassenbeleg-V1;Beleg^{amount}_0.00_0.00_0.00_0.00^{amount}:Bar;7;300;"
    times = "2026-11-29T09:00:00.000Z;2026-11-29T09:00:01.000Z;ecdsa-plain-SHA256;unixTime;"
    text = f"{head}{times}AAAA;{base64.b64encode(point).decode()}"
    message = tse_receipts._signed_message(parse(text))
    numbers = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    signature = b"".join(each.to_bytes(32) for each in numbers)
    return text.replace("AAAA", base64.b64encode(signature).decode())


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.BrainpoolP256R1()])
def test_a_key_of_ones_own_signs_receipts_that_no_store_has_registered(
    curve: ec.EllipticCurve,
) -> None:
    text = signed_by(ec.generate_private_key(curve), "Kasse Ö", "9999.00")
    receipt: TseReceipt = parse(text)

    assert is_signed(receipt, registered(text))
    assert not is_signed(receipt, registered(SALE))


def test_the_example_of_the_standard_is_read_and_proves_nothing() -> None:
    """Its signature is made up."""
    text = (
        "V0;955002-00;Kassenbeleg-V1;Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar;18;112;"
        "2019-07-10T18:41:04.000Z;2019-07-10T18:41:04.000Z;ecdsa-plain-SHA256;unixTime;"
        "MEQCIAy4P9k+7x9saDO0uRZ4El8QwN+qTgYiv1DIaJIMWRiuAiAt+saFDGjK2Yi5Cxgy7PprXQ5O0seRgx4ltdpW9RE"
        "vwA==;BHhWOeisRpPBTGQ1W4VUH95TXx2GARf8e2NYZXJoInjtGqnxJ8sZ3CQpYgjI+LYEmW5A37sLWHsyU7nSJUBemyU="
    )
    receipt = parse(text)

    assert (receipt.total, receipt.is_sale) == (Decimal("2.55"), True)
    assert not is_signed(receipt, registered(text))


def test_the_other_form_of_a_signature_is_the_same_receipt() -> None:
    """Who knows (r, s) can make (r, n - s), which verifies as well."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    receipt = parse(SALE)
    r, s = receipt.signature[:32], int.from_bytes(receipt.signature[32:])
    other = base64.b64encode(r + (order - s).to_bytes(32)).decode()
    again = parse(SALE.replace(base64.b64encode(receipt.signature).decode(), other))

    assert is_signed(again, registered(SALE))
    assert again.signature != receipt.signature
    assert again.key == receipt.key
