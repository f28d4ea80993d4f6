"""The format of signing secrets: texts that a merchant may choose, and the keys they stand for."""

from __future__ import annotations

import base64
import binascii
import re

SECRET_PREFIX = "whsec_"  # noqa: S105 - the format of secrets, not one
KEY_BYTES_MIN = 24
KEY_BYTES_MAX = 64
SECRET_CHARS_SOUND_MIN = 16
SECRET_CHARS_MAX = 256
PRINTABLE = re.compile(r"[\x21-\x7e]*")


def check_secret(text: str) -> str:
    """Check a merchant's own secret.

    Args:
        text: 1 to 256 printable ASCII characters without spaces. With the prefix `whsec_` the rest
            must be the base64 of 24 to 64 bytes, because that is how receivers' libraries read it.

    Returns:
        The same text.

    Raises:
        ValueError: The text does not qualify; the message says how to fix it, without the secret.

    Source: Loyalty API, getLoyaltyWebhookEvents: `secret` is a string, without a minimum.
    """
    if not 1 <= len(text) <= SECRET_CHARS_MAX:
        raise ValueError(f"The secret must have 1 to {SECRET_CHARS_MAX} characters.")
    if not PRINTABLE.fullmatch(text):
        raise ValueError(
            "The secret may hold only printable ASCII characters, no spaces: letters, digits and "
            "punctuation."
        )
    if text.startswith(SECRET_PREFIX) and decoded_key(text) is None:
        raise ValueError(
            f"A secret that begins with {SECRET_PREFIX} must go on with the base64 of "
            f"{KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes. Correct it, or leave the prefix out."
        )
    return text


def weakness(secret: str | None) -> str | None:
    """Return what is doubtful about a secret, for who has chosen it; ``None`` if nothing is."""
    if secret is None or len(secret) >= SECRET_CHARS_SOUND_MIN:
        return None
    return (
        f"The secret has fewer than {SECRET_CHARS_SOUND_MIN} characters, so whoever sees a signed "
        "message can find it by trying. Call rotateWebhookSecret without `secret` for a sound one."
    )


def decoded_key(secret: str) -> bytes | None:
    """Return the key that a secret with the prefix stands for; ``None`` if it stands for itself."""
    if not secret.startswith(SECRET_PREFIX):
        return None
    text = secret.removeprefix(SECRET_PREFIX)
    try:
        # The padding may be missing, as in the reference library.
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX else None
