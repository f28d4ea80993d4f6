"""getLoyaltyWebhookEvents: registers a URL with its events, and lists what is registered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.domain.events import event_types
from shared.services.vaults import vault
from shared.store import client, paths
from shared.store.client import Delete, Update
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost, interfered

ACTION = "getLoyaltyWebhookEvents"
NOW = "2026-03-03T12:00:00.000Z"
URL = "https://example.com/webhooks/beep"
SECRET = "a-secret-of-the-merchant"
DOCUMENTED = [
    "loyalty.points_earned",
    "loyalty.points_redeemed",
    "loyalty.tier_changed",
    "loyalty.enrollment",
    "loyalty.reward_unlocked",
    "loyalty.checkin_earned",
    "loyalty.qr_earned",
]
AVAILABLE = list(event_types.BY_NAME)


def register(merchant: Merchant, idempotency_key: str | None = None, **fields: Any) -> Answer:
    body = {"storeId": merchant.store_id, "url": URL, "events": ["loyalty.*"], **fields}
    return merchant.api(ACTION, body, idempotency_key=idempotency_key)


def listed(merchant: Merchant) -> list[dict[str, Any]]:
    body = merchant.api.ok(ACTION, {"storeId": merchant.store_id})
    assert (body["webhookId"], body["secret"]) == (None, None)
    assert body["count"] == len(body["webhooks"])
    webhooks: list[dict[str, Any]] = body["webhooks"]
    return webhooks


def webhook(merchant: Merchant, answer: Answer, **fields: Any) -> dict[str, Any]:
    return {
        "webhookId": answer.body["webhookId"],
        "storeId": merchant.store_id,
        "kind": "http",
        "url": URL,
        "destination": None,
        "events": ["loyalty.*"],
        "source": None,
        "description": "",
        "headerNames": [],
        "isEnabled": True,
        "disabledReason": None,
        "disabledAt": None,
        "failingSince": None,
        "previousSecretsExpireAt": None,
        "createdAt": NOW,
        "updatedAt": NOW,
        **fields,
    }


def delete(merchant: Merchant, webhook_id: str) -> None:
    """Delete the store's only endpoint as another process would, which waits for no turn here."""
    store, endpoint = (
        client.get_one(path)
        for path in (paths.store(merchant.store_id), paths.webhook_endpoint(webhook_id))
    )
    client.commit([Delete(endpoint), Update(store, {"webhookIdsByTarget": {}})])


def secret_of(answer: Answer) -> str:
    """Return the secret that is kept for the endpoint of an answer."""
    path = paths.webhook_endpoint(answer.body["webhookId"])
    document = stored.document(path)
    assert document is not None
    return vault().decrypt(document["secrets"][0]["token"], path)


@pytest.mark.usefixtures("frozen_clock")
def test_registers_a_url_and_shows_its_secret_once(merchant: Merchant) -> None:
    answer = register(merchant, events=DOCUMENTED)

    secret = answer.body["secret"]
    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "storeId": merchant.store_id,
        "webhookId": answer.body["webhookId"],
        "secret": secret,
        "webhooks": [webhook(merchant, answer, events=DOCUMENTED)],
        "count": 1,
        "availableEvents": AVAILABLE,
        "warning": None,
    }
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)
    assert secret_of(answer) == secret
    assert listed(merchant) == [webhook(merchant, answer, events=DOCUMENTED)]


def test_a_merchant_may_bring_the_secret(merchant: Merchant) -> None:
    answer = register(merchant, secret=SECRET)

    assert answer.body["secret"] == SECRET
    assert secret_of(answer) == SECRET


def test_a_secret_is_neither_stored_nor_logged_as_it_is(
    merchant: Merchant, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = register(merchant, "k1", secret=SECRET)
    made = register(merchant, "k2", url=f"{URL}/2").body["secret"]

    output = capfd.readouterr()
    documents = {
        **stored.documents("webhookEndpoints"),
        **stored.documents("idempotencyKeys"),
    }
    text = json.dumps(documents, default=str) + output.out + output.err
    assert answer.status == 200
    assert SECRET not in text
    assert made not in text


def test_a_store_that_has_none_gets_an_empty_list(merchant: Merchant) -> None:
    with nothing_written():
        answer = merchant.api(ACTION, {"storeId": merchant.store_id})

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "storeId": merchant.store_id,
        "webhookId": None,
        "secret": None,
        "webhooks": [],
        "count": 0,
        "availableEvents": AVAILABLE,
        "warning": None,
    }


def test_a_store_has_its_own(merchant: Merchant, new_merchant: Callable[..., Merchant]) -> None:
    other = new_merchant()
    mine, theirs = register(merchant), register(other)

    assert mine.body["webhookId"] != theirs.body["webhookId"]
    assert [each["webhookId"] for each in listed(merchant)] == [mine.body["webhookId"]]


def test_lists_the_oldest_first(frozen_clock: Clock, merchant: Merchant) -> None:
    for number in (2, 1, 3):
        register(merchant, url=f"{URL}/{number}")
        frozen_clock.advance(seconds=1)

    assert [each["url"] for each in listed(merchant)] == [f"{URL}/2", f"{URL}/1", f"{URL}/3"]


def test_registering_again_changes_what_is_registered(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    first = register(merchant)
    frozen_clock.advance(hours=1)

    again = register(merchant, events=["loyalty.enrollment"], source="payback")

    assert again.body["webhookId"] == first.body["webhookId"]
    assert again.body["secret"] is None
    assert secret_of(again) == first.body["secret"]
    assert listed(merchant) == [
        webhook(
            merchant,
            first,
            events=["loyalty.enrollment"],
            source="payback",
            updatedAt="2026-03-03T13:00:00.000Z",
        )
    ]


def test_registering_again_may_change_the_secret(merchant: Merchant) -> None:
    register(merchant)

    again = register(merchant, secret=SECRET)

    assert again.body["secret"] == SECRET
    assert secret_of(again) == SECRET


def test_registering_again_keeps_what_it_cannot_say(merchant: Merchant) -> None:
    hook = {"url": URL, "events": ["*"], "description": "Mine", "headers": {"X-Mine": "1"}}
    created = merchant.api.ok("createWebhookEndpoint", {"storeId": merchant.store_id, **hook})

    again = register(merchant)

    assert again.body["webhookId"] == created["webhook"]["webhookId"]
    (kept,) = listed(merchant)
    assert (kept["description"], kept["headerNames"]) == ("Mine", ["X-Mine"])
    assert kept["events"] == ["loyalty.*"]


def test_registering_again_enables(merchant: Merchant) -> None:
    webhook_id = register(merchant).body["webhookId"]
    merchant.api.ok("updateWebhookEndpoint", {"webhookId": webhook_id, "isEnabled": False})

    register(merchant)

    (now,) = listed(merchant)
    assert (now["isEnabled"], now["disabledReason"], now["disabledAt"]) == (True, None, None)


def test_what_was_deleted_is_registered_anew(merchant: Merchant) -> None:
    first = register(merchant, "k1")
    merchant.api.ok("deleteWebhookEndpoint", {"webhookId": first.body["webhookId"]})

    repeated, second = register(merchant, "k1"), register(merchant)

    assert repeated.is_replay
    assert repeated.body["webhookId"] == first.body["webhookId"]
    assert second.body["webhookId"] != first.body["webhookId"]
    assert second.body["secret"] not in {None, first.body["secret"]}
    assert [each["webhookId"] for each in listed(merchant)] == [second.body["webhookId"]]


@pytest.mark.parametrize("read", [1, 2], ids=["store", "endpoint"])
def test_what_is_deleted_once_it_was_read_is_registered_anew(merchant: Merchant, read: int) -> None:
    first = register(merchant)
    reads: list[None] = []

    def somebody_deletes() -> None:
        reads.append(None)
        if len(reads) == read:
            delete(merchant, first.body["webhookId"])

    with interfered(somebody_deletes):
        second = register(merchant)

    assert second.body["webhookId"] != first.body["webhookId"]
    assert [each["webhookId"] for each in listed(merchant)] == [second.body["webhookId"]]


@pytest.mark.parametrize("key", [None, "k1"])
@pytest.mark.parametrize("is_known", [False, True])
def test_an_answer_that_got_lost_is_given_all_the_same(
    merchant: Merchant, key: str | None, is_known: bool
) -> None:
    if is_known:
        register(merchant)

    with first_answer_lost():
        answer = register(merchant, key, secret=SECRET, source="payback")

    assert (answer.status, answer.body["secret"], answer.body["count"]) == (200, SECRET, 1)
    assert secret_of(answer) == SECRET
    assert listed(merchant)[0]["source"] == "payback"


def test_one_url_is_registered_once_however_it_is_spelled(merchant: Merchant) -> None:
    register(merchant)
    register(merchant, url="HTTPS://EXAMPLE.com:443/webhooks/beep")

    assert [each["url"] for each in listed(merchant)] == [URL]


def test_events_count_once(merchant: Merchant) -> None:
    register(merchant, events=["loyalty.enrollment", "loyalty.*", "loyalty.enrollment"])

    assert listed(merchant)[0]["events"] == ["loyalty.enrollment", "loyalty.*"]


def test_takes_snake_case_and_the_header(merchant: Merchant) -> None:
    body = {"url": URL, "events": ["loyalty.*"]}

    by_name = merchant.api(ACTION, {"store_id": merchant.store_id, **body})
    by_header = merchant.api(ACTION, body, X_Beep_Store_Id=merchant.store_id)

    assert (by_name.status, by_header.status) == (200, 200)
    assert by_name.body["webhookId"] == by_header.body["webhookId"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/hook",
        "example.com/hook",
        "https://10.0.0.1/hook",
        "https://192.168.1.1/hook",
        "https://169.254.169.254/computeMetadata/v1/",
        "https://[fd00::1]/hook",
        "https://2130706433/hook",
        "https://metadata.google.internal/hook",
        "https://user:password@example.com/hook",
        "https://example.com:22/hook",
        "https://example.com/hook#fragment",
        "https://example.com/" + "x" * 2048,
        "https://",
        "",
    ],
)
def test_refuses_a_url(merchant: Merchant, url: str) -> None:
    with nothing_written():
        live = register(merchant, url=url)
        sandbox = merchant.sandbox(ACTION, {"storeId": "s", "url": url, "events": ["loyalty.*"]})

    problem = live.body["details"]["fields"]["url"]
    assert problem.startswith(("The URL ", "The host ", "The address ", "Write an IPv4 address"))
    message = f"url: {problem}"
    details = {"fields": {"url": problem}}
    assert_refused(live, 400, "INVALID_PARAMETERS", details, message=message)
    assert_refused(sandbox, 400, "INVALID_PARAMETERS", details, message=message)
    assert listed(merchant) == []


def test_an_emulator_may_send_to_its_own_machine(merchant: Merchant) -> None:
    assert register(merchant, url="http://127.0.0.1:8123/hook").status == 200


REGISTER_OR_LIST = "needs both url and events to register, or neither to list"


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"url": None}, {"body": REGISTER_OR_LIST}),
        ({"events": None}, {"body": REGISTER_OR_LIST}),
        (
            {"url": None, "events": None, "secret": SECRET},
            {"body": "needs url and events with secret or source"},
        ),
        ({"events": []}, {"events": "must have at least 1 items"}),
        ({"events": "loyalty.*"}, {"events": "must be an array"}),
        ({"events": ["loyalty.*"] * 51}, {"events": "must have at most 50 items"}),
        (
            {"events": ["loyalty.*", "loyalty.bought"]},
            {"events[1]": "is not an event type; known are " + ", ".join(event_types.PATTERNS)},
        ),
        ({"events": [5]}, {"events[0]": "must be a string"}),
        ({"source": ""}, {"source": "must have at least 1 characters"}),
        ({"secrets": SECRET}, {"secrets": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    with nothing_written():
        answer = register(merchant, **fields)

    assert_fields_refused(answer, problems)


@pytest.mark.parametrize(
    "secret",
    ["", "x" * 257, "with spaces in between", "ümlaut-secret-123", "whsec_notbase64!!"],
)
def test_refuses_a_secret_without_repeating_it(merchant: Merchant, secret: str) -> None:
    with nothing_written():
        answer = register(merchant, secret=secret)

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert list(answer.body["details"]["fields"]) == ["secret"]
    assert not secret or secret not in json.dumps(answer.body, ensure_ascii=False)


def test_a_short_secret_is_taken_with_a_warning(merchant: Merchant) -> None:
    short, sound = register(merchant, secret="geheim"), register(merchant, secret="x" * 16)
    unchanged = register(merchant)

    assert (short.status, short.body["secret"]) == (200, "geheim")
    assert short.body["warning"].startswith("The secret has fewer than 16 characters")
    assert "geheim" not in short.body["warning"]
    assert [each.body["warning"] for each in (sound, unchanged)] == [None, None]
    assert merchant.api.ok(ACTION, {"storeId": merchant.store_id})["warning"] is None


def test_requires_the_store(merchant: Merchant) -> None:
    assert_fields_refused(merchant.api(ACTION, {}), {"storeId": "is required"})


def test_refuses_an_unknown_store(merchant: Merchant) -> None:
    with nothing_written():
        answer = register(merchant, storeId="store_absent")

    assert_refused(answer, 404, "STORE_NOT_FOUND", message="There is no store store_absent.")


def test_a_store_has_twenty_endpoints(merchant: Merchant) -> None:
    for number in range(20):
        assert register(merchant, url=f"{URL}/{number}").status == 200

    with nothing_written():
        answer = register(merchant, url=f"{URL}/20")

    message = "A store has at most 20 webhook endpoints."
    assert_refused(answer, 400, "LIMIT_EXCEEDED", message=message)
    assert register(merchant, url=f"{URL}/19", events=["loyalty.enrollment"]).status == 200
    assert len(listed(merchant)) == 20


def test_a_key_registers_once_and_shows_the_secret_again(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    first = register(merchant, "k1")
    frozen_clock.advance(minutes=20)

    with nothing_written():
        again = register(merchant, "k1")

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert again.body["secret"].startswith("whsec_")


def test_a_key_with_another_body_is_refused(merchant: Merchant) -> None:
    first = register(merchant, "k1")

    with nothing_written():
        answer = register(merchant, "k1", secret=SECRET)

    assert_refused(answer, 409, "IDEMPOTENCY_KEY_REUSED")
    assert secret_of(first) == first.body["secret"]


def test_many_at_once_register_one_url_once(merchant: Merchant) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: register(merchant), range(6)))

    assert [answer.status for answer in answers] == [200] * 6
    assert len({answer.body["webhookId"] for answer in answers}) == 1
    (shown,) = [answer.body["secret"] for answer in answers if answer.body["secret"]]
    assert secret_of(answers[0]) == shown


def test_the_sandbox_answers_with_mock_data_and_registers_nothing(merchant: Merchant) -> None:
    body = {"storeId": "store_a", "url": URL, "events": DOCUMENTED}

    with nothing_written():
        answer = merchant.sandbox(ACTION, body)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "storeId": "store_a",
        "webhookId": "we_abc123",
        "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "webhooks": [
            {
                "webhookId": "we_abc123",
                "storeId": "store_a",
                "kind": "http",
                "url": URL,
                "destination": None,
                "events": DOCUMENTED,
                "source": None,
                "description": "",
                "headerNames": [],
                "isEnabled": True,
                "disabledReason": None,
                "disabledAt": None,
                "failingSince": None,
                "previousSecretsExpireAt": None,
                "createdAt": NOW,
                "updatedAt": NOW,
            }
        ],
        "count": 1,
        "availableEvents": AVAILABLE,
        "warning": None,
        "_sandbox": True,
    }
