"""The documented samples, replayed: what was written about us is what we take and answer.

Each file in ``tests/golden`` has a request, word for word, and its response. ``response`` holds the
documented fields; ``additional`` names those of ours beside them. ``given`` is what must be there
before. ``varies`` has patterns for what differs on live data, like ids, and ``mock`` what differs
in the sandbox, which answers every request with the same data. Paths look like
``webhooks[0].events``; ``["..."]`` stands for any array.
"""

from __future__ import annotations

import copy
import importlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from functions.catalog import ENDPOINT_BY_NAME, ENDPOINTS
from shared import clock
from shared.auth.keys import Mode
from shared.domain.accounts.accounts import Account
from shared.domain.accounts.packages import Package
from shared.domain.events import event_types
from shared.domain.events.event import Event
from shared.domain.loyalty.programs import EARNING_METHODS_DEFAULT, Branding, Program, ProgramType
from shared.domain.payments.payments import Payment, Stage
from shared.domain.stores.stores import Store
from shared.domain.webhooks.deliveries import AttemptRecord, DeliveryState
from shared.domain.webhooks.endpoints import HTTP, SigningSecret, WebhookEndpoint
from shared.schemas.loyalty.program_bodies import RewardBody, parse_rules, to_rewards
from shared.services.events import emission, outbox
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.events import event_documents
from shared.store.loyalty import program_documents
from shared.store.payments import payment_documents
from shared.store.stores import store_documents
from shared.store.webhooks import delivery_documents, endpoint_documents
from shared.webhooks import signing
from tests.support import erps
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant, create_key
from tests.support.payments import Till
from tests.support.receivers import Receiver
from tests.support.refusals import nothing_written
from tools.korona_stand_in import StandIn as TillStandIn
from tools.psp_stand_in import StandIn

FOLDER = Path(__file__).parents[1] / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
ANY_ARRAY = ["..."]
VENDOR_PAYMENT_ID = "p_abc123"

every_sample = pytest.mark.parametrize("name", NAMES)


def read(name: str) -> dict[str, Any]:
    sample: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return sample


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of a JSON value by their paths; empty containers are leaves."""
    if isinstance(value, dict) and value:
        parts = {f"{path}.{name}".removeprefix("."): each for name, each in value.items()}
    elif isinstance(value, list) and value and value != ANY_ARRAY:
        parts = {f"{path}[{index}]": each for index, each in enumerate(value)}
    else:
        return {path: value}
    return {
        deeper: leaf for name, each in parts.items() for deeper, leaf in flat(each, name).items()
    }


def assert_matches(
    found: dict[str, Any], documented: dict[str, Any], varies: dict[str, str]
) -> None:
    """Assert that the documented fields are there, to the type of each number."""
    wanted = flat(documented)
    arrays = [path for path, leaf in wanted.items() if leaf == ANY_ARRAY]
    for path in arrays:
        assert isinstance(found[path], list)
        del wanted[path]
    leaves = flat({name: each for name, each in found.items() if name in documented})
    leaves = {
        path: leaf for path, leaf in leaves.items() if not path.startswith(tuple(arrays) or " ")
    }
    for path, pattern in varies.items():
        assert re.fullmatch(pattern, leaves.pop(path))
        del wanted[path]
    assert leaves == wanted
    assert {path: type(leaf) for path, leaf in leaves.items()} == {
        path: type(leaf) for path, leaf in wanted.items()
    }


def with_mock(documented: dict[str, Any], mock: dict[str, Any]) -> dict[str, Any]:
    """Return the documented response with what the sandbox says instead."""
    text: dict[str, Any] = json.loads(json.dumps(documented))
    for path, value in mock.items():
        *parents, last = re.findall(r"\w+", path)
        target: Any = text
        for part in parents:
            target = target[int(part) if part.isdigit() else part]
        target[last] = value
    return text


def send(api: Api, sample: dict[str, Any]) -> Answer:
    call = api.get if sample["method"] == "GET" else api
    answer: Answer = call(sample["action"], sample["request"])
    return answer


def samples_merchant(app: Flask) -> Merchant:
    """Return the merchant of the documentation, with the store ``store_a``."""
    now = clock.utc_now()
    account = Account("acc_docs", "Merchant", Package.PRIME, True, now)
    store = Store("store_a", "acc_docs", "Store", "Europe/Berlin", "EUR", now)
    client.commit([account_documents.account_creation(account), store_documents.creation(store)])
    live, test = (Api(app, create_key("acc_docs", mode)) for mode in (Mode.LIVE, Mode.TEST))
    return Merchant("acc_docs", "store_a", live, test)


def prepare(merchant: Merchant, given: dict[str, Any]) -> None:
    """Make the program ``lp_abc123`` and its member ``user_xyz`` as a sample needs them.

    And the webhook endpoint ``we_abc123``, which is to have the URL of the documentation, with a
    delivery that was attempted once, and the milk of the documentation in a store.
    """
    if given.get("webhook"):
        create_webhook(merchant)
    if store_id := given.get("product"):
        create_product(merchant, store_id)
    if state := given.get("delivery"):
        create_delivery(merchant, DeliveryState(state))
    if "programType" not in given:
        return
    now, program_type = clock.utc_now(), ProgramType(given["programType"])
    program = Program(
        program_id="lp_abc123",
        account_id=merchant.account_id,
        store_id=merchant.store_id,
        program_name="Stempelkarte",
        program_type=program_type,
        description=given.get("description", ""),
        rules=parse_rules(program_type, exact(given["rules"])),
        rewards=to_rewards([RewardBody(**each) for each in exact(given.get("rewards", []))]),
        branding=Branding("#2563EB", None),
        earning_methods=EARNING_METHODS_DEFAULT,
        is_active=True,
        currency="EUR",
        time_zone="Europe/Berlin",
        created_at=now,
        updated_at=now,
    )
    client.commit(program_documents.creation(program))
    if counters := given.get("counters"):
        client.commit([client.Put(f"{paths.stats_shards('lp_abc123')}/0", counters)])
    member = Member(merchant, "lp_abc123", "user_xyz")
    member.enroll()
    if earned := given.get("earned"):
        member.earn(earned)
    if redeemed := given.get("redeemed"):
        assert member.redeem(redeemed).status == 200
    if given.get("told"):
        emission.member_enrolled(member.membership_id)


def prepare_payments(till: Till, given: dict[str, Any]) -> None:
    """Configure the payment provider ``custom``, and make a payment of the stage that is given."""
    if given.get("psp"):
        assert till.configure().status == 200
    if stage := given.get("payment"):
        create_payment(till.merchant, till.provider, Stage(stage))


def with_provider(sample: dict[str, Any], provider: StandIn) -> dict[str, Any]:
    """Return the sample with the stand-in in the place of the documented provider."""
    changed = copy.deepcopy(sample)
    if "config" in changed["request"]:
        changed["request"]["config"]["apiUrl"] = provider.url
    return changed


def prepare_systems(merchant: Merchant, till: TillStandIn, given: dict[str, Any]) -> None:
    """Configure the till system ``korona``."""
    if given.get("till"):
        body = {"storeId": merchant.store_id, "kind": "pos", "system": "korona"}
        merchant.api.ok("configureSync", {**body, "credentials": till.credentials})


def with_systems(sample: dict[str, Any], till: TillStandIn, erp: Receiver) -> dict[str, Any]:
    """Return the sample with stand-ins in the place of the documented systems."""
    stand_ins = {"korona": till.credentials, "sevdesk": erps.credentials(erp)}
    request = sample["request"]
    credentials = stand_ins.get(request.get("system"))
    if credentials is None or "credentials" not in request:
        return sample
    return {**sample, "request": {**request, "credentials": credentials}}


def create_webhook(merchant: Merchant) -> None:
    now = clock.utc_now()
    endpoint = WebhookEndpoint(
        endpoint_id="we_abc123",
        account_id=merchant.account_id,
        store_id=merchant.store_id,
        kind=HTTP,
        target="https://example.com/webhooks/beep",
        events=("loyalty.points_earned", "loyalty.points_redeemed"),
        secrets=(SigningSecret(vault().encrypt(signing.new_secret())),),
        created_at=now,
        updated_at=now,
    )
    path = paths.webhook_endpoint(endpoint.endpoint_id)
    client.commit([endpoint_documents.write(client.get_one(path), endpoint)])


def create_product(merchant: Merchant, store_id: str) -> None:
    """Have a store sell milk, and make the store if it is another one than ``store_a``."""
    if store_id != merchant.store_id:
        now = clock.utc_now()
        store = Store(store_id, merchant.account_id, "Another", "Europe/Berlin", "EUR", now)
        client.commit([store_documents.creation(store)])
    milk = {"ean": "4006381333931", "name": "Bio-Vollmilch 3,5%", "brand": "BioHof", "vat": 7}
    merchant.api.ok("insertProduct", {"storeId": store_id, **milk, "price": 1.49})


def create_payment(merchant: Merchant, provider: StandIn, stage: Stage) -> None:
    """Make the payment of the documentation, here and at the provider."""
    now = clock.utc_now()
    captured_minor = 1099 if stage is Stage.PAID else 0
    payment = Payment(
        payment_id="pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
        account_id=merchant.account_id,
        store_id=merchant.store_id,
        provider="custom",
        amount_minor=1099,
        currency="EUR",
        stage=stage,
        created_at=now,
        updated_at=now,
        fingerprint="",
        is_settled=True,
        vendor_payment_id=VENDOR_PAYMENT_ID,
        captured_minor=captured_minor,
        redirect_url="https://pay.example.com/p_1",
        purchase_id="order_1001",
    )
    provider.payments[VENDOR_PAYMENT_ID] = {
        "id": VENDOR_PAYMENT_ID,
        "reference": payment.payment_id,
        "amountMinor": payment.amount_minor,
        "currency": payment.currency,
        "status": stage.value,
        "capturedMinor": captured_minor,
        "refundedMinor": 0,
        "redirectUrl": payment.redirect_url,
        "failure": None,
    }
    path = paths.payment(payment.payment_id)
    client.commit([payment_documents.write(client.get_one(path), payment)])


def create_delivery(merchant: Merchant, state: DeliveryState) -> None:
    now = clock.utc_now()
    event = Event(
        event_id="evt_abc123",
        type=event_types.POINTS_EARNED,
        account_id=merchant.account_id,
        store_id=merchant.store_id,
        program_id="lp_abc123",
        user_id="user_xyz",
        source=None,
        created_at=now,
        data={"points": 50},
    )
    endpoint = endpoint_documents.find("we_abc123")
    assert endpoint is not None
    delivery = replace(
        outbox.new_delivery(event, endpoint, now),
        state=state,
        next_attempt_at=now + timedelta(seconds=5),
        attempts=(AttemptRecord(now, 500, 120, None, "Internal Server Error"),),
        attempt_count=1,
    )
    client.commit(
        [
            event_documents.creation(event, outbox.payload(event)),
            delivery_documents.creation(delivery),
        ]
    )


def exact(value: Any) -> Any:
    """Return a JSON value as requests are read: with exact decimals."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def test_every_endpoint_has_a_sample() -> None:
    sampled = {ENDPOINT_BY_NAME[read(name)["action"]].name for name in NAMES}

    assert sampled == {endpoint.name for endpoint in ENDPOINTS}


@pytest.mark.usefixtures("own_database", "frozen_clock")
@every_sample
def test_a_live_key_is_answered_as_documented(
    app: Flask, shared_provider: StandIn, shared_till: TillStandIn, shared_erp: Receiver, name: str
) -> None:
    sample = read(name)
    merchant = samples_merchant(app)
    prepare(merchant, sample["given"])
    prepare_payments(Till(merchant, shared_provider, app), sample["given"])
    prepare_systems(merchant, shared_till, sample["given"])
    sample = with_systems(sample, shared_till, shared_erp)

    answer = send(merchant.api, with_provider(sample, shared_provider))

    assert answer.status == sample["status"]
    assert answer.body.keys() == {*sample["response"], *sample["additional"]}
    assert_matches(answer.body, sample["response"], sample["varies"])


@every_sample
def test_a_test_key_is_answered_as_documented(merchant: Merchant, name: str) -> None:
    sample = read(name)

    with nothing_written():
        answer = send(merchant.sandbox, sample)

    assert answer.status == sample["status"]
    assert answer.body.keys() == {*sample["response"], *sample["additional"], "_sandbox"}
    assert answer.body["_sandbox"] is True
    assert_matches(answer.body, with_mock(sample["response"], sample["mock"]), {})


@every_sample
def test_the_example_is_the_documented_response(name: str) -> None:
    sample = read(name)
    module = importlib.import_module(ENDPOINT_BY_NAME[sample["action"]].module)
    echoed = {field: sample["request"].get(field, value) for field, value in module.EXAMPLE.items()}

    assert module.EXAMPLE.keys() == {*sample["response"], *sample["additional"]}
    assert_matches(echoed, with_mock(sample["response"], sample["mock"]), {})


@every_sample
def test_a_sample_says_where_it_is_from(name: str) -> None:
    sample = read(name)

    assert list(sample) == [
        "source",
        "action",
        "method",
        "given",
        "request",
        "status",
        "response",
        "additional",
        "varies",
        "mock",
    ]
    sources = r"Loyalty API, |External Sync API, |POS API, |Loyalty quick start: |Our own; "
    assert re.match(sources, sample["source"])
