"""After the keys were rotated and the old one is gone, members are found, and stay unique."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from shared.services.accounts import reencryption
from shared.services.members import rekeying
from shared.services.vaults import vault
from shared.store import paths
from shared.vault import new_key
from tests.support import stored
from tests.support.merchants import Merchant

OLD, NEW = new_key(), new_key()
ADA = {
    "userId": "ada",
    "email": "ada@example.com",
    "phone": "+4915112345678",
    "customerNumber": "1",
    "externalIds": {"crm": "1"},
    "firstName": "Ada",
    "lastName": "Lovelace",
}
WAYS = (
    {"email": "ada@example.com"},
    {"phone": "+4915112345678"},
    {"customerNumber": "1"},
    {"externalId": {"system": "crm", "id": "1"}},
)


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
    merchant.api.ok("createMember", ADA)
    return merchant


def keys_of(merchant: Merchant) -> dict[str, str]:
    """Return whose each key is."""
    found = stored.documents(f"{paths.account(merchant.account_id)}/memberKeys")
    return {name: each["userId"] for name, each in found.items()}


def found_by_name(merchant: Merchant, name: str) -> list[str]:
    found = merchant.api.ok("listMembers", {"name": name})["members"]
    return [each["userId"] for each in found]


def assert_found_and_unique(merchant: Merchant, user_id: str = "ada") -> None:
    for way in WAYS:
        assert merchant.api.ok("identifyMember", way)["member"]["userId"] == user_id
    assert found_by_name(merchant, "ada love") == [user_id]
    second = merchant.api("createMember", {**ADA, "userId": "eve"})
    assert (second.status, len(second.body["details"]["fields"])) == (409, 4)


def test_members_are_found_and_unique_without_the_old_key(
    merchant: Merchant, use: Callable[..., None]
) -> None:
    before = keys_of(merchant)
    use(NEW, OLD)
    assert_found_and_unique(merchant)

    assert reencryption.reencrypt_secrets().counts["members"] == 1
    assert rekeying.rekey_members() == 1
    assert_found_and_unique(merchant)
    use(NEW)

    assert_found_and_unique(merchant)
    after = keys_of(merchant)
    assert set(before) & set(after) == set()
    assert sorted(after.values()) == ["ada"] * 4
    person = stored.person(merchant, "ada")
    assert person is not None
    assert set(person.lookups) == set(after)
    assert len(person.name_marks) == len("ada") + len("lovelace")


def test_who_comes_during_the_rotation_is_unique_for_old_and_new_processes(
    merchant: Merchant, use: Callable[..., None]
) -> None:
    new = {"userId": "bob", "email": "bob@example.com"}
    use(NEW, OLD)
    merchant.api.ok("createMember", new)

    use(OLD)  # A process that does not know the new key yet.
    assert merchant.api("createMember", {**new, "userId": "eve"}).status == 409
    use(NEW, OLD)
    rekeying.rekey_members()
    reencryption.reencrypt_secrets()
    use(NEW)

    assert merchant.api("createMember", {**new, "userId": "eve"}).status == 409
    assert len(keys_of(merchant)) == 4 + 1


def test_a_changed_key_is_free_under_all_keys(merchant: Merchant, use: Callable[..., None]) -> None:
    use(NEW, OLD)
    merchant.api.ok("updateMember", {"userId": "ada", "email": "new@example.com"})

    merchant.api.ok("createMember", {"userId": "bob", "email": "ada@example.com"})

    found = merchant.api.ok("identifyMember", {"email": "ada@example.com"})
    assert found["member"]["userId"] == "bob"


def test_a_second_run_changes_nothing(merchant: Merchant, use: Callable[..., None]) -> None:
    use(NEW, OLD)

    assert [rekeying.rekey_members() for _ in range(2)] == [1, 0]


def test_who_cannot_be_decrypted_is_left_alone(
    merchant: Merchant, use: Callable[..., None]
) -> None:
    before = keys_of(merchant)
    use(NEW)

    assert rekeying.rekey_members() == 0
    assert keys_of(merchant) == before


def test_pages_of_a_name_have_members_of_both_keys(
    merchant: Merchant, use: Callable[..., None]
) -> None:
    use(NEW, OLD)
    for number in range(3):
        merchant.api.ok("createMember", {"userId": f"ada{number}", "firstName": "Ada"})
    everybody = ["ada", "ada0", "ada1", "ada2"]

    assert found_by_name(merchant, "ada") == everybody
    page = merchant.api.ok("listMembers", {"name": "ada", "limit": 2})
    rest = merchant.api.ok("listMembers", {"name": "ada", "cursor": page["nextCursor"]})
    shown = [*page["members"], *rest["members"]]
    assert [each["userId"] for each in shown] == everybody
    assert found_by_name(merchant, "ada love") == ["ada"]
