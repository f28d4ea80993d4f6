"""What is encrypted for one document is worth nothing in another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet

from shared import config, encrypted, ids
from shared.encrypted import Encrypted
from shared.services.accounts import reencryption
from shared.services.vaults import vault
from shared.store import client, documents, paths
from shared.store.documents import Documents
from shared.store.payments import psp_documents
from shared.store.systems import sync_documents
from shared.store.webhooks import endpoint_documents
from shared.vault import VaultError, load_keys
from tests.support.branches import Branch
from tests.support.events import Pipeline
from tests.support.hooks import created
from tests.support.merchants import Merchant
from tests.support.payments import Till
from tests.support.receivers import receiving
from tests.support.refusals import assert_refused, nothing_written


def move(kind: Documents[Any, ...], source: str, target: str) -> None:
    """Put the tokens of one document into another, as who can write the database could."""
    tokens: list[Encrypted] = []

    def remember(token: Encrypted) -> Encrypted:
        tokens.append(token)
        return token

    encrypted.changed(kind.decode(client.get_one(source)), remember)
    read = client.get_one(target)
    taken = iter(tokens)
    after = encrypted.changed(kind.decode(read), lambda _: next(taken))
    client.commit(kind.writes(read, after))


def test_a_providers_keys_serve_no_other_store(
    till: Till, new_merchant: Callable[..., Merchant]
) -> None:
    other = Till(new_merchant(), till.provider, till.app)
    assert other.configure().status == 200
    here, there = (paths.psp_configuration(each.merchant.store_id) for each in (till, other))
    move(psp_documents.CONFIGURATIONS, here, there)
    calls = len(till.provider.calls)

    answer = other.process()

    assert_refused(answer, 500, "INTERNAL_ERROR")
    assert len(till.provider.calls) == calls
    assert till.process().status == 200


def test_a_webhooks_secrets_and_headers_serve_no_other(
    merchant: Merchant, pipeline: Pipeline
) -> None:
    with receiving() as receiver:
        first, second = (
            created(merchant, url=f"{receiver.url}/{name}", headers={"X-Key": name})
            for name in ("first", "second")
        )
        move(endpoint_documents.ENDPOINTS, *map(paths.webhook_endpoint, (first, second)))

        for webhook_id in (first, second):
            merchant.api.ok(
                "sendTestWebhookEvent", {"webhookId": webhook_id, "type": "loyalty.points_earned"}
            )
        pipeline.deliver(merchant)

        assert [request.headers["x-key"] for request in receiver.received] == ["first"]


def test_credentials_of_a_till_serve_no_other_store(branch: Branch) -> None:
    other = branch.of(branch.merchant.another_store())
    for each in (branch, other):
        assert each.configure().status == 200
    here, there = (paths.connection(each.store_id, "pos", "korona") for each in (branch, other))
    move(sync_documents.CONNECTIONS, here, there)

    with nothing_written():
        answer = other.merchant.api("syncPOS", {"system": "korona", "storeId": other.store_id})

    assert_refused(answer, 500, "INTERNAL_ERROR")


def test_the_secret_of_an_answer_is_repeated_to_nobody_else(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger = new_merchant()
    claims = []
    for each in (merchant, stranger):
        body = {"storeId": each.store_id, "url": "https://example.com/x", "events": ["loyalty.*"]}
        each.api.ok("createWebhookEndpoint", body, idempotency_key="k")
        claims.append(
            paths.idempotency_key(ids.digest(each.account_id, "createWebhookEndpoint", "k"))
        )
    move(claims_kind(), *claims)

    with nothing_written():
        again = stranger.api("createWebhookEndpoint", body, idempotency_key="k")

    assert_refused(again, 500, "INTERNAL_ERROR")


def claims_kind() -> Documents[Any, ...]:
    return next(each for each in documents.registered() if each.collection == "idempotencyKeys")


@pytest.mark.usefixtures("firestore_emulator")
@pytest.mark.parametrize("kind", reencryption.kinds(), ids=lambda each: each.collection)
def test_every_kind_refuses_the_tokens_of_another_document(kind: Documents[Any, ...]) -> None:
    token = vault().encrypt("secret", f"{kind.collection}/one")

    for method in (vault().decrypt, vault().rotate):
        with pytest.raises(VaultError, match="belongs to another document"):
            method(token, f"{kind.collection}/other")


@pytest.mark.usefixtures("own_database")  # It goes through the secrets of all accounts.
def test_tokens_of_before_are_read_and_bound_by_reencryption(till: Till) -> None:
    path = paths.psp_configuration(till.merchant.store_id)
    kind = psp_documents.CONFIGURATIONS
    read = client.get_one(path)
    key = load_keys(config.secret_keys(), config.local_secret_file())[0]

    def unbound(token: Encrypted) -> Encrypted:
        text = vault().decrypt(token, path)
        return Encrypted(Fernet(key).encrypt(text.encode()).decode())

    before = encrypted.changed(kind.decode(read), unbound)
    client.commit(kind.writes(read, before))
    assert till.process().status == 200

    reencryption.reencrypt_secrets()

    assert till.process(purchaseId="order_2").status == 200
    account = kind.decode(client.get_one(path)).accounts[0]
    with pytest.raises(VaultError):
        vault().decrypt(account.config_token, "pspConfigurations/other")
    assert json.loads(vault().decrypt(account.config_token, path))["apiKey"]
