"""After the keys were rotated, the old one can be removed: everything goes on with the new one."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, datetime
from itertools import starmap
from typing import Any, get_args, get_type_hints

import pytest

from functions.schedules import run_syncs
from shared import encrypted
from shared.domain.systems.syncs import SyncState
from shared.encrypted import Encrypted
from shared.services.accounts import reencryption
from shared.services.accounts.reencryption import Reencryption
from shared.services.systems import sync_starts, sync_worker
from shared.services.vaults import vault
from shared.store import client, documents, paths
from shared.store.client import Write
from shared.store.payments import psp_documents
from shared.vault import Vault, new_key
from tests.support.aws import ACCESS_KEY, Aws
from tests.support.branches import PAGE_ITEMS, Branch
from tests.support.events import Pipeline
from tests.support.hooks import created
from tests.support.library import library
from tests.support.merchants import Merchant
from tests.support.payments import Till, nothing_special
from tests.support.receivers import Receiver, receiving, verify
from tools.emulators import ROOT

HEADERS = {"X-Gateway": "open-sesame"}
CUSTOMER = {"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace"}
TOKEN = re.compile(r"gAAAA[A-Za-z0-9_=-]{60,}")
"""How everything begins that the vault has encrypted."""


class Keys:
    """The keys of the vault, as an operator sets them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.old, self.new = new_key(), new_key()
        self._patch = patch

    def use(self, *keys: str) -> None:
        """Do what a deployment with these keys does."""
        self._patch.setenv("PUNKTWERK_SECRET_KEYS", ",".join(keys))
        vault.cache_clear()


@pytest.fixture
def keys(own_database: None) -> Iterator[Keys]:
    with pytest.MonkeyPatch.context() as patch:
        keys = Keys(patch)
        keys.use(keys.old)
        yield keys
    vault.cache_clear()


@pytest.fixture
def merchant(keys: Keys, new_merchant: Callable[..., Merchant]) -> Merchant:
    """A merchant who is alone in the database, and has nothing encrypted by other keys."""
    return new_merchant()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@dataclass(frozen=True)
class World:
    """One of everything that holds a secret, made through the public API."""

    merchant: Merchant
    receiver: Receiver
    aws: Aws
    till: Till
    branch: Branch
    other_branch: Branch
    hook_body: dict[str, Any]
    secret: str
    queue_url: str
    rotation_body: dict[str, Any]
    rotated_secret: str
    paid_id: str
    unanswered_id: str


@pytest.fixture
def world(merchant: Merchant, till: Till, branch: Branch, aws: Aws, receiver: Receiver) -> World:
    """An invitation, a webhook with headers, a queue with credentials, a payment provider (the
    fixture ``till`` has configured it), a payment that it has not answered, a schedule, a sync
    under way, a shop that was asked to let us in, and what two requests would be answered again.
    """
    branch.clock.now = datetime.now(UTC)  # Receivers and AWS look at their own clocks.
    voucher = {"rewardId": "rw_1", "title": "Cinema", "type": "voucher", "requiredPoints": 1}
    codes = {"programId": merchant.program(rewards=[voucher]), "rewardId": "rw_1"}
    merchant.api.ok("importVoucherCodes", {**codes, "codes": ["KINO-1"]})
    merchant.api.ok("inviteStaffMember", {"email": "lena@example.com", "role": "cashier"})
    hook_body = {
        "storeId": merchant.store_id,
        "url": receiver.url,
        "events": ["loyalty.*"],
        "headers": HEADERS,
    }
    secret = merchant.api.ok("createWebhookEndpoint", hook_body, idempotency_key="k")["secret"]
    queue_url = aws.queue("loyalty")
    queue = {"kind": "aws_sqs", "queueUrl": queue_url, "credentials": ACCESS_KEY}
    rotation_body = {"webhookId": created(merchant, destination=queue)}
    rotated = merchant.api.ok("rotateWebhookSecret", rotation_body, idempotency_key="k")

    for number in range(PAGE_ITEMS + 2):
        branch.till.put_product(f"{number:03}", f"Product {number}", "1.00")
    assert branch.configure(schedule="hourly").status == 200
    other_branch = branch.of(merchant.another_store())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sync_starts, "AT_ONCE_S", -1.0)
        assert other_branch.sync().body["state"] == "running"

    shop = {"system": "woocommerce", "credentials": {"shopUrl": "https://shop.example.com"}}
    merchant.api.ok("connectShop", {**shop, "storeId": merchant.store_id})

    paid_id = till.paid(purchaseId="paid")
    till.provider.after = lambda *_: (503, b"{}")
    unanswered = till.process(purchaseId="unanswered", customer=CUSTOMER)
    till.provider.after = nothing_special
    till.provider.payments.pop("p_2")  # As if it had never arrived: it must be told again.
    till.provider._answers.clear()
    return World(
        merchant,
        receiver,
        aws,
        till,
        branch,
        other_branch,
        hook_body,
        secret,
        queue_url,
        rotation_body,
        rotated["secret"],
        paid_id,
        unanswered.body["details"]["paymentId"],
    )


def tokens() -> list[tuple[Encrypted, str]]:
    """Return whatever the vault has encrypted, anywhere in the database, each with its path."""

    def below(collections: Iterable[Any]) -> Iterator[tuple[str, str]]:
        for collection in collections:
            for document in collection.list_documents():
                yield document.path, str(document.get().to_dict())
                yield from below(document.collections())

    texts = below(library().collections())
    return [(Encrypted(token), path) for path, text in texts for token in TOKEN.findall(text)]


def test_nothing_is_left_that_needs_the_old_key(world: World, keys: Keys) -> None:
    before = tokens()
    keys.use(keys.new, keys.old)

    done = reencryption.reencrypt_secrets()

    assert done == Reencryption(
        {
            "connections": 1,
            "idempotencyKeys": 2,
            "importParts": 0,
            "members": 0,
            "payments": 1,
            "pspConfigurations": 1,
            "pushSubscriptions": 0,
            "shopApprovals": 1,
            "staffInvitations": 1,
            "syncs": 1,
            "voucherCodes": 1,
            "walletPasses": 0,
            "webhookEndpoints": 2,
        },
        undecryptable=(),
    )
    old, new = Vault([keys.old]), Vault([keys.new])
    after = tokens()
    assert len(before) == 14
    assert sorted(starmap(new.decrypt, after)) == sorted(starmap(old.decrypt, before))


def test_everything_goes_on_without_the_old_key(
    world: World, keys: Keys, pipeline: Pipeline
) -> None:
    keys.use(keys.new, keys.old)
    reencryption.reencrypt_secrets()
    keys.use(keys.new)

    assert_requests_are_repeated(world)
    assert_events_are_delivered(world, pipeline)
    assert_payments_go_on(world)
    assert_syncs_go_on(world, pipeline)


def assert_requests_are_repeated(world: World) -> None:
    api = world.merchant.api
    made = api("createWebhookEndpoint", world.hook_body, idempotency_key="k")
    rotated = api("rotateWebhookSecret", world.rotation_body, idempotency_key="k")
    assert (made.is_replay, rotated.is_replay) == (True, True)
    assert (made.body["secret"], rotated.body["secret"]) == (world.secret, world.rotated_secret)


def assert_events_are_delivered(world: World, pipeline: Pipeline) -> None:
    world.merchant.member()
    pipeline.run(world.merchant)
    (received,) = world.receiver.of_type("loyalty.enrollment")
    verify(received, world.secret)
    assert received.headers["x-gateway"] == HEADERS["X-Gateway"]
    assert len(world.aws.messages(world.queue_url)) == 1


def assert_payments_go_on(world: World) -> None:
    assert world.till.refund(world.paid_id).body["status"] == "succeeded"
    again = world.till.process(purchaseId="unanswered", customer={**CUSTOMER, "lastName": "Other"})
    assert again.body["paymentId"] == world.unanswered_id
    payments = world.till.provider.payments.values()
    assert [each["customer"] for each in payments if "customer" in each] == [CUSTOMER]


def assert_syncs_go_on(world: World, pipeline: Pipeline) -> None:
    assert world.other_branch.end().state is SyncState.SUCCEEDED
    assert len(world.other_branch.sold()) == PAGE_ITEMS + 2
    world.branch.clock.now = datetime.fromisoformat(world.branch.status()["nextSyncAt"])
    run_syncs.handle()
    pipeline.tasks.run_pending(lambda task: task.queue == sync_worker.CONTINUE)
    assert world.branch.stored().state is SyncState.SUCCEEDED
    assert len(world.branch.sold()) == PAGE_ITEMS + 2


def test_it_can_be_repeated(world: World, keys: Keys) -> None:
    keys.use(keys.new, keys.old)

    assert reencryption.reencrypt_secrets() == reencryption.reencrypt_secrets()


def test_what_no_key_decrypts_is_told_and_left_as_it_is(till: Till, keys: Keys) -> None:
    before = tokens()
    keys.use(keys.new)

    done = reencryption.reencrypt_secrets()

    path = paths.psp_configuration(till.merchant.store_id)
    assert done.undecryptable == (path,)
    assert done.counts["pspConfigurations"] == 0
    assert tokens() == before


def test_what_changes_meanwhile_is_encrypted_as_it_is_then(
    till: Till, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.use(keys.new, keys.old)
    path, commit = paths.psp_configuration(till.merchant.store_id), client.commit

    def commit_second(writes: Sequence[Write]) -> None:
        monkeypatch.setattr(client, "commit", commit)
        read = client.get_one(path)
        before = psp_documents.decode(read)
        assert before is not None
        commit([psp_documents.write(read, replace(before, default_provider=None))])
        commit(writes)

    monkeypatch.setattr(client, "commit", commit_second)
    assert reencryption.reencrypt_secrets().counts["pspConfigurations"] == 1

    found = psp_documents.find(till.merchant.store_id)
    assert found is not None
    assert found.default_provider is None
    assert Vault([keys.new]).decrypt(found.accounts[0].config_token, path)


def stored_fields(kind: type) -> Iterator[tuple[str, str, Any]]:
    """Return class, name and type of all fields of a stored dataclass, and of those within it."""
    for name, hint in get_type_hints(kind).items():
        yield kind.__name__, name, hint
        for inner in dataclasses_in(hint):
            yield from stored_fields(inner)


def dataclasses_in(hint: Any) -> Iterator[type]:
    if is_dataclass(hint):
        assert isinstance(hint, type)
        yield hint
    for each in get_args(hint):
        yield from dataclasses_in(each)


def test_every_token_that_is_stored_has_the_type_of_one() -> None:
    kinds = {each.kind for each in (*reencryption.kinds(), *documents.registered())}
    fields = {field for kind in kinds for field in stored_fields(kind)}
    named = {each for each in fields if re.search(r"(^|_)tokens?$", each[1])}

    assert [each for each in named if not encrypted.is_in(each[2])] == []
    assert {each[:2] for each in fields if Encrypted in {each[2], *get_args(each[2])}} == {
        ("Connection", "config_token"),
        ("ImportPart", "rows_token"),
        ("Member", "other_card_codes"),
        ("Member", "referral_code"),
        ("Member", "other_referral_codes"),
        ("Member", "card_code"),
        ("Member", "profile"),
        ("MemberDevice", "secret"),
        ("PassDevice", "push_token"),
        ("Payment", "customer_token"),
        ("ShopApproval", "settings_token"),
        ("StaffInvitation", "email"),
        ("PspAccount", "config_token"),
        ("PushSubscription", "subscribed_devices"),
        ("SigningSecret", "token"),
        ("StoredClaim", "secret_token"),
        ("Sync", "config_token"),
        ("VoucherCode", "code"),
        ("WalletPass", "token"),
        ("WebhookEndpoint", "credentials_token"),
        ("WebhookEndpoint", "headers_token"),
    }


def test_what_is_stored_encrypted_can_be_gone_through() -> None:
    assert [each.kind.__name__ for each in reencryption.kinds() if each.collection is None] == []


def test_every_kind_of_the_store_is_known() -> None:
    reencryption.kinds()
    modules = {
        str(file.relative_to(ROOT)).removesuffix(".py").replace("/", ".")
        for file in (ROOT / "shared" / "store").rglob("*_documents.py")
    }

    assert modules <= sys.modules.keys()
