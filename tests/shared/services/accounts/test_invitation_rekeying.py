"""After the keys were rotated and the old one is gone, invitations are found and stay unique."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from shared.services.accounts import invitation_rekeying, reencryption
from shared.services.vaults import vault
from shared.vault import new_key
from tests.support import sign_ins, stored
from tests.support.api import Api
from tests.support.merchants import Merchant

OLD, NEW = new_key(), new_key()
LENA = {"email": "lena@example.com", "role": "cashier"}


@pytest.fixture
def use(own_database: None) -> Iterator[Callable[..., None]]:
    """Deploy with these keys, the newest first."""
    with pytest.MonkeyPatch.context() as patch:

        def deploy(*keys: str) -> None:
            patch.setenv("PUNKTWERK_SECRET_KEYS", ",".join(keys))
            vault.cache_clear()

        deploy(OLD)
        yield deploy
    vault.cache_clear()


@pytest.fixture
def merchant(use: Callable[..., None], new_merchant: Callable[..., Merchant]) -> Merchant:
    merchant = new_merchant()
    merchant.api.ok("inviteStaffMember", LENA)
    return merchant


def emails(merchant: Merchant) -> list[str]:
    return [each["email"] for each in merchant.api.ok("listStaffInvitations")["invitations"]]


@pytest.mark.usefixtures("persons")
def test_invitations_are_found_without_the_old_key(
    app: Flask, merchant: Merchant, use: Callable[..., None]
) -> None:
    use(NEW, OLD)
    assert merchant.api("inviteStaffMember", LENA).error == "STAFF_INVITATION_EXISTS"
    assert reencryption.reencrypt_secrets().counts["staffInvitations"] == 1

    assert [invitation_rekeying.rekey_invitations() for _ in range(2)] == [1, 0]
    use(NEW)

    assert emails(merchant) == ["lena@example.com"]
    assert merchant.api("inviteStaffMember", LENA).error == "STAFF_INVITATION_EXISTS"
    person = Api(app, sign_ins.unsigned("uid_of_lena", email="lena@example.com"))
    [mine] = person.ok("listMyAccounts")["invitations"]
    assert person("acceptStaffInvitation", {"accountId": mine["accountId"]}).status == 200


@pytest.mark.usefixtures("persons")
def test_while_both_keys_count_it_is_accepted_and_withdrawn(
    app: Flask, merchant: Merchant, use: Callable[..., None]
) -> None:
    use(NEW, OLD)
    person = Api(app, sign_ins.unsigned("uid_of_lena", email="lena@example.com"))

    assert len(person.ok("listMyAccounts")["invitations"]) == 1
    merchant.api.ok("withdrawStaffInvitation", {"email": "lena@example.com"})

    assert person.ok("listMyAccounts")["invitations"] == []


def test_what_cannot_be_decrypted_is_left_alone(
    merchant: Merchant, use: Callable[..., None]
) -> None:
    before = stored.documents("staffInvitations")
    use(NEW)

    assert invitation_rekeying.rekey_invitations() == 0
    assert stored.documents("staffInvitations") == before


def test_what_was_accepted_has_no_address_to_hash(
    app: Flask, persons: object, merchant: Merchant, use: Callable[..., None]
) -> None:
    person = Api(app, sign_ins.unsigned("uid_of_lena", email="lena@example.com"))
    person.ok("acceptStaffInvitation", {"accountId": merchant.account_id})
    use(NEW, OLD)

    assert invitation_rekeying.rekey_invitations() == 0
