"""With what an operator signs passes: the certificate of a Pass Type ID, its key, Apple's own.

Source: Apple, "Building a Pass": the certificate names the Pass Type ID (UID) and the team (OU).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCK = re.compile(r"-----BEGIN [A-Z ]+-----\n.+?\n-----END [A-Z ]+-----", re.DOTALL)
_CERTIFICATE_BEGINS = "-----BEGIN CERTIFICATE-----"
_KEY_BEGINS = "PRIVATE KEY-----"


class AppleIdentityError(ValueError):
    """The PEM lacks something; the message says what, without its text."""


@dataclass(frozen=True, slots=True)
class AppleIdentity:
    """Who signs passes. ``chain`` are Apple's certificates, which phones need beside ours."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]
    pass_type_id: str
    team_id: str

    @property
    def pem(self) -> bytes:
        """Certificate, key and chain, as TLS wants them."""
        key = self.key.private_bytes(
            Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        certificates = (self.certificate, *self.chain)
        return key + b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


@lru_cache(maxsize=2)
def read(pem: str) -> AppleIdentity:
    """Read an identity: three PEM blocks or more, in any order, the key without a password.

    Raises:
        AppleIdentityError.
    """
    blocks = _blocks(pem)
    keys = [each for each in blocks if each.splitlines()[0].endswith(_KEY_BEGINS)]
    if len(keys) != 1:
        raise AppleIdentityError("There must be one private key.")
    try:
        key = serialization.load_pem_private_key(keys[0].encode(), password=None)
        certificates = [
            x509.load_pem_x509_certificate(each.encode())
            for each in blocks
            if each.startswith(_CERTIFICATE_BEGINS)
        ]
    except (ValueError, TypeError):
        raise AppleIdentityError("A block cannot be read, or the key has a password.") from None
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise AppleIdentityError("The key must be RSA or of an elliptic curve.")
    own = [each for each in certificates if each.public_key() == key.public_key()]
    chain = tuple(each for each in certificates if each not in own)
    if len(own) != 1 or not chain:
        raise AppleIdentityError("The key's certificate and Apple's (WWDR) must be there.")
    names = own[0].subject
    return AppleIdentity(
        certificate=own[0],
        key=key,
        chain=chain,
        pass_type_id=_only(names.get_attributes_for_oid(NameOID.USER_ID), "Pass Type ID (UID)"),
        team_id=_only(names.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME), "team (OU)"),
    )


def _blocks(pem: str) -> list[str]:
    """Return the blocks; in an environment file, line breaks may be a backslash and an n."""
    return _BLOCK.findall(pem.replace("\\n", "\n").replace("\r\n", "\n"))


def _only(found: Sequence[x509.NameAttribute[Any]], what: str) -> str:
    if len(found) != 1:
        raise AppleIdentityError(f"The certificate must name one {what}.")
    return str(found[0].value)
