"""What an operator puts into the secret, in any order, and what is missing in it."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from shared.connectors.wallets import apple_identity
from shared.connectors.wallets.apple_identity import AppleIdentityError
from tests.support.wallets import PASS_TYPE, TEAM, certificates

OWN = certificates()


@pytest.mark.parametrize(
    "pem",
    [
        OWN.pem,
        OWN.wwdr + OWN.key + OWN.certificate,
        OWN.pem.replace("\n", "\\n"),
        OWN.pem.replace("\n", "\r\n"),
        f"Bag Attributes\n  friendlyName: Pass\n{OWN.certificate}\nKey:\n{OWN.key}\n{OWN.wwdr}",
    ],
    ids=["in order", "in another order", "one line", "of Windows", "of openssl"],
)
def test_reads_certificate_key_and_chain(pem: str) -> None:
    found = apple_identity.read(pem)

    assert (found.pass_type_id, found.team_id) == (PASS_TYPE, TEAM)
    assert [each.public_bytes(Encoding.PEM).decode() for each in found.chain] == [OWN.wwdr]
    assert apple_identity.read(found.pem.decode()).pass_type_id == PASS_TYPE


def locked() -> str:
    key = load_pem_private_key(OWN.key.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    wanted = BestAvailableEncryption(b"secret")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, wanted).decode()


@pytest.mark.parametrize(
    ("pem", "problem"),
    [
        ("", "There must be one private key."),
        (OWN.certificate + OWN.wwdr, "There must be one private key."),
        (OWN.pem + OWN.key, "There must be one private key."),
        (OWN.key + OWN.wwdr, "The key's certificate and Apple's (WWDR) must be there."),
        (OWN.key + OWN.certificate, "The key's certificate and Apple's (WWDR) must be there."),
        (OWN.certificate + OWN.wwdr + locked(), "A block cannot be read, or the key has a"),
        (OWN.pem.replace("MII", "XXX"), "A block cannot be read, or the key has a password."),
    ],
    ids=["nothing", "no key", "two keys", "no own", "no WWDR", "locked", "damaged"],
)
def test_says_what_is_missing_and_not_its_text(pem: str, problem: str) -> None:
    with pytest.raises(AppleIdentityError) as refused:
        apple_identity.read(pem)

    assert str(refused.value).startswith(problem)
    assert "BEGIN" not in str(refused.value)
