"""Signatures of webhooks: `X-Beep-Signature` and Standard Webhooks, over the bytes sent."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from secrets import token_bytes

SECRET_PREFIX = "whsec_"  # noqa: S105 - the format of secrets, not one
KEY_BYTES_NEW = 32
KEY_BYTES_MIN = 24
KEY_BYTES_MAX = 64
SECRET_CHARS_MIN = 16
SECRET_CHARS_MAX = 256

_PRINTABLE = re.compile(r"[\x21-\x7e]*")


def new_secret() -> str:
    """Make an endpoint secret: `whsec_` and the base64 of 32 random bytes, 50 characters."""
    return SECRET_PREFIX + base64.b64encode(token_bytes(KEY_BYTES_NEW)).decode()


def check_secret(text: str) -> str:
    """Accept a merchant's own secret.

    Args:
        text: 16 to 256 printable ASCII characters without spaces. With the prefix `whsec_` the rest
            must be the base64 of 24 to 64 bytes, because that is how receivers' libraries read it.

    Returns:
        The same text.

    Raises:
        ValueError: The text does not qualify; the message says how to fix it, without the secret.
    """
    if not SECRET_CHARS_MIN <= len(text) <= SECRET_CHARS_MAX:
        raise ValueError(
            f"The secret must have {SECRET_CHARS_MIN} to {SECRET_CHARS_MAX} characters."
        )
    if not _PRINTABLE.fullmatch(text):
        raise ValueError(
            "The secret may hold only printable ASCII characters, no spaces: letters, digits and "
            "punctuation."
        )
    if text.startswith(SECRET_PREFIX) and _decoded(text) is None:
        raise ValueError(
            f"A secret that begins with {SECRET_PREFIX} must go on with the base64 of "
            f"{KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes. Correct it, or leave the prefix out."
        )
    return text


def sign(
    secrets: Sequence[str], *, message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Sign one attempt of a message with every secret that is valid now.

    `X-Beep-Signature` has room for one signature, since its receivers compare the whole value. It
    is made with the newest secret. While a secret is rotated, a receiver that knows only the old
    one therefore refuses until its owner has deployed the new one, and the schedule tries again
    meanwhile. With the old secret it would be the other way round: whoever has deployed the new one
    would refuse until the old one ends, and a secret that was replaced because it leaked would go
    on being believed. `webhook-signature` has room for all; its receivers notice nothing.

    Args:
        secrets: Secrets as shown to the merchant, newest first, at least one.
        message_id: Equal on all attempts of the message; no full stop, no space.
        timestamp_s: Time of this attempt, whole seconds since 1970 UTC.
        body: The exact bytes that are sent.

    Returns:
        The four headers to send with the body.

    Raises:
        ValueError: No secret, or an id that would make the signed text ambiguous.

    Source: Standard Webhooks, "Signature scheme"; webhooks page, sample receiver.
    """
    if not secrets:
        raise ValueError("At least one secret is needed to sign.")
    if not message_id or "." in message_id or not _PRINTABLE.fullmatch(message_id):
        raise ValueError("A message id is printable ASCII without full stops and spaces.")
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return {
        "X-Beep-Signature": "sha256=" + _hmac(secrets[0].encode(), body).hex(),
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(
            "v1," + base64.b64encode(_hmac(_standard_key(secret), signed)).decode()
            for secret in secrets
        ),
    }


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)


def _standard_key(secret: str) -> bytes:
    # Who brought a secret of their own passes base64(secret) to the libraries, which decode it.
    decoded = _decoded(secret)
    return secret.encode() if decoded is None else decoded


def _decoded(secret: str) -> bytes | None:
    if not secret.startswith(SECRET_PREFIX):
        return None
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        # Padding may be left out, as the reference library allows.
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX else None
