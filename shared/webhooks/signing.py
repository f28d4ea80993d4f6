"""Signatures of webhooks: `X-Beep-Signature` and Standard Webhooks, over the sent bytes."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from secrets import token_bytes

from shared.domain.webhooks.secret_format import PRINTABLE, SECRET_PREFIX, decoded_key

KEY_BYTES_NEW = 32


def new_secret() -> str:
    """Make an endpoint secret: `whsec_` and the base64 of 32 random bytes, 50 characters."""
    return SECRET_PREFIX + base64.b64encode(token_bytes(KEY_BYTES_NEW)).decode()


def sign(
    secrets: Sequence[str], *, message_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Sign one attempt of a message with every secret that is valid now.

    `X-Beep-Signature` has room for one signature, because its receivers compare the whole value. It
    is made with the newest secret. So during a rotation, a receiver that only knows the old secret
    refuses until its owner has deployed the new one, and the schedule retries meanwhile. If the
    old secret were used, a receiver with the new one would refuse until the old one ends, and a
    leaked secret would stay trusted after its replacement. `webhook-signature` has room for all
    signatures, so its receivers notice nothing.

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
    if not message_id or "." in message_id or not PRINTABLE.fullmatch(message_id):
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
    # Merchants with their own secret pass base64(secret) to the libraries, which decode it.
    decoded = decoded_key(secret)
    return secret.encode() if decoded is None else decoded
