"""The e-mail addresses of who is invited: encrypted, and found without being stored in clear."""

from __future__ import annotations

import hmac

from shared.domain.members import personal_data
from shared.encrypted import Encrypted
from shared.services.vaults import vault
from shared.store import paths

_PURPOSE = "staff invitations"


def lookups(email: str) -> list[str]:
    """Return the hashes of an address, under each key of the vault, the newest first.

    An address can be guessed, so a plain hash of one is no secret. These are HMAC-SHA256 with a key
    of the vault; they are the same in all accounts, so that one query finds where somebody is
    invited. Upper and lower case do not matter.
    """
    text = personal_data.email_key(email).encode()
    keys = vault().derived_keys(_PURPOSE, "address")
    return [hmac.digest(each, text, "sha256").hex() for each in keys]


def sealed(email: str, account_id: str) -> tuple[str, Encrypted]:
    """Return the hash under which an invitation of an account is stored, and its address."""
    newest = lookups(email)[0]
    return newest, vault().encrypt(email, paths.staff_invitation(account_id, newest))


def opened(email: Encrypted, account_id: str, lookup: str) -> str:
    """Return the address of an invitation.

    Raises:
        VaultError: None of the keys decrypts it.
    """
    return vault().decrypt(email, paths.staff_invitation(account_id, lookup))
