"""Encryption at rest for secrets and connector credentials, and keys derived for other uses."""

import base64
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.encrypted import Encrypted

_BOUND = "\x1e"
"""Stands around the path in a token. No path has it, and no older text begins with it: those are
JSON, or printable."""


class VaultError(Exception):
    """Keys are missing or malformed, or a token cannot be decrypted where it was found."""


class Vault:
    """Encrypts with the first key and decrypts with any; to rotate keys, put a new key first.

    A token names the document that it belongs to, inside of what is encrypted. In another document
    it is refused. What stands beside it in the document, such as the account, is not bound
    (docs/security.md). Tokens of older versions name none, and are read anywhere until they are
    rotated.

    Source: Fernet (AES-128-CBC and HMAC-SHA256) of the cryptography package.
    """

    __slots__ = ("_fernet", "_keys")

    def __init__(self, keys: Sequence[str]) -> None:
        """Take the keys.

        Args:
            keys: Fernet keys (32 bytes in URL-safe base64, see `new_key`), newest first.

        Raises:
            VaultError: There is no key, or one is malformed; the message tells which, not its text.
        """
        if not keys:
            raise VaultError("At least one encryption key is needed.")
        self._fernet = MultiFernet(
            [_fernet(key, f"{number} of {len(keys)}") for number, key in enumerate(keys, start=1)]
        )
        self._keys = tuple(keys)

    def __repr__(self) -> str:
        return f"Vault(keys={len(self._keys)})"

    def encrypt(self, text: str, path: str) -> Encrypted:
        """Return the token of a text for the document at `path`."""
        bound = f"{_BOUND}{path}{_BOUND}{text}"
        return Encrypted(self._fernet.encrypt(bound.encode()).decode())

    def decrypt(self, token: Encrypted, path: str) -> str:
        """Return the text of a token that was found in the document at `path`.

        Raises:
            VaultError: The token was changed, belongs to another document, or its key is no longer
                among the keys.
        """
        try:
            plain = self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise _undecryptable() from None
        if not plain.startswith(_BOUND):
            return plain
        own_path, _, text = plain.removeprefix(_BOUND).partition(_BOUND)
        if own_path != path:
            raise VaultError("The token belongs to another document.")
        return text

    def rotate(self, token: Encrypted, path: str) -> Encrypted:
        """Encrypt a token's text anew with the first key, for the document at `path`.

        Raises:
            VaultError: See `decrypt`.
        """
        return self.encrypt(self.decrypt(token, path), path)

    def derived_keys(self, purpose: str, subject: str) -> tuple[bytes, ...]:
        """Return one key for each of the vault's keys, newest first: make with the first, read all.

        Who knows a derived key knows neither the vault's key nor one of another purpose or subject.

        Args:
            purpose: What the keys are for, without a line break: a name of its own for each use.
            subject: Whose keys they are, such as the id of a store.

        Returns:
            Keys of 32 bytes.
        """
        assert "\n" not in purpose
        return tuple(
            HKDF(
                algorithm=SHA256(), length=32, salt=None, info=f"{purpose}\n{subject}".encode()
            ).derive(base64.urlsafe_b64decode(key))
            for key in self._keys
        )


def new_key() -> str:
    return Fernet.generate_key().decode()


def load_keys(environ_value: str | None, file: Path | None) -> list[str]:
    """Return the keys of the vault.

    Args:
        environ_value: Keys separated by commas, newest first (in production a secret of Secret
            Manager); it wins over the file.
        file: The file of a key, only under the emulator. It is generated if absent, readable by
            its owner only. Processes that start together get the same key.

    Raises:
        VaultError: There is no key in either place.
    """
    if keys := _split(environ_value or ""):
        return keys
    if file is None:
        raise VaultError(
            "No encryption key is configured: set the secret to one or more keys, newest first, "
            "separated by commas."
        )
    if not file.exists():
        _create(file, new_key())
    keys = _split(file.read_text("ascii"))
    if not keys:
        raise VaultError(f"The key file {file.name} is empty: delete it, and it is made anew.")
    return keys


def _fernet(key: str, which: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise VaultError(
            f"Encryption key {which} is malformed: 32 bytes in URL-safe base64 are needed."
        ) from None


def _undecryptable() -> VaultError:
    return VaultError("The token was not encrypted with any of the configured keys.")


def _split(text: str) -> list[str]:
    return [key for part in text.split(",") if (key := part.strip())]


def _create(file: Path, text: str) -> None:
    # Written in full under another name, then linked: the file appears complete or not at all, and
    # linking fails if another process was faster.
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as stream:
            stream.write(text + "\n")
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
