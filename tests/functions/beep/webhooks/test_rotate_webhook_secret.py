"""rotateWebhookSecret: for a while receivers with either secret believe what they get."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as StandardWebhook
from standardwebhooks import WebhookVerificationError
from svix.webhooks import Webhook as SvixWebhook

from shared.webhooks import signing
from tests.conftest import Clock
from tests.support.api import Answer
from tests.support.events import Pipeline
from tests.support.hooks import OTHER_SECRET, SECRET, create, created, kept, listed, secrets_of
from tests.support.merchants import Merchant
from tests.support.receivers import Received, Receiver, receiving, verify
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import first_answer_lost

ACTION = "rotateWebhookSecret"
DAY = timedelta(days=1)
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def rotate(merchant: Merchant, webhook_id: str, key: str | None = None, **fields: Any) -> Answer:
    return merchant.api(ACTION, {"webhookId": webhook_id, **fields}, idempotency_key=key)


def rotated(merchant: Merchant, webhook_id: str, **fields: Any) -> str:
    """Put a new secret in use; return it."""
    answer = rotate(merchant, webhook_id, **fields)
    assert answer.status == 200, answer.body
    secret: str = answer.body["secret"]
    return secret


def believes(secret: str, received: Received) -> bool:
    """Tell whether a receiver with this secret believes a message; both libraries must agree."""
    if not secret.startswith("whsec_"):
        secret = base64.b64encode(secret.encode()).decode()
    verdicts = set()
    for webhook in (StandardWebhook(secret), SvixWebhook(secret)):
        try:
            webhook.verify(received.body, received.headers)
        except WebhookVerificationError:
            verdicts.add(False)
        else:
            verdicts.add(True)
    (verdict,) = verdicts
    return verdict


def signature(secret: str, received: Received) -> str:
    """Return what ``X-Beep-Signature`` is if made with this secret."""
    headers = received.headers
    made = signing.sign(
        [secret],
        message_id=headers["webhook-id"],
        timestamp_s=int(headers["webhook-timestamp"]),
        body=received.body,
    )
    return made["X-Beep-Signature"]


def test_puts_a_new_secret_in_use_and_shows_it_once(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    answer = create(merchant)
    webhook_id, old = answer.body["webhook"]["webhookId"], answer.body["secret"]
    frozen_clock.advance(hours=1)

    rotation = rotate(merchant, webhook_id)

    new, until = rotation.body["secret"], "2026-03-04T13:00:00.000Z"
    assert (rotation.status, rotation.body) == (
        200,
        {
            "success": True,
            "webhookId": webhook_id,
            "secret": new,
            "previousSecretsExpireAt": until,
            "warning": None,
        },
    )
    assert new.startswith("whsec_")
    assert secrets_of(webhook_id) == [new, old]
    (webhook,) = listed(merchant)
    assert webhook["previousSecretsExpireAt"] == until
    assert webhook["updatedAt"] == "2026-03-03T13:00:00.000Z"
    assert new not in str(webhook)


def test_the_last_day_is_the_last(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    rotate(merchant, webhook_id)

    frozen_clock.advance(days=1, milliseconds=-1)
    assert listed(merchant)[0]["previousSecretsExpireAt"] == "2026-03-04T12:00:00.000Z"
    frozen_clock.advance(milliseconds=1)
    assert listed(merchant)[0]["previousSecretsExpireAt"] is None


@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET])
def test_a_merchant_may_bring_the_secret(merchant: Merchant, secret: str) -> None:
    webhook_id = created(merchant)

    assert rotated(merchant, webhook_id, secret=secret) == secret
    assert secrets_of(webhook_id)[0] == secret


@pytest.mark.parametrize("own", [None, SECRET])
@pytest.mark.parametrize(
    ("age", "is_old_believed"),
    [(timedelta(0), True), (DAY - INSTANT, True), (DAY, False), (10 * DAY, False)],
)
def test_either_secret_is_believed_for_a_day_and_then_the_new_one_alone(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    own: str | None,
    age: timedelta,
    is_old_believed: bool,
) -> None:
    # The libraries look at the machine's clock: so the message is of now, and what was before it
    # is in the past.
    now = datetime.now(UTC)
    frozen_clock.now = now - age - timedelta(hours=1)
    answer = create(merchant, url=receiver.url, **({} if own is None else {"secret": own}))
    frozen_clock.now = now - age
    old, new = answer.body["secret"], rotated(merchant, answer.body["webhook"]["webhookId"])
    frozen_clock.now = now
    merchant.member()
    pipeline.run(merchant)

    (received,) = receiver.received
    assert believes(new, received)
    assert believes(old, received) is is_old_believed
    assert not believes(signing.new_secret(), received)
    assert received.headers["x-beep-signature"] == signature(new, received)
    if not is_old_believed:
        verify(received, new)


@pytest.mark.parametrize("age", [timedelta(0), DAY])
def test_no_secret_makes_a_changed_message_believed(
    frozen_clock: Clock,
    pipeline: Pipeline,
    merchant: Merchant,
    receiver: Receiver,
    age: timedelta,
) -> None:
    now = datetime.now(UTC)
    frozen_clock.now = now - age
    answer = create(merchant, url=receiver.url)
    old, new = answer.body["secret"], rotated(merchant, answer.body["webhook"]["webhookId"])
    frozen_clock.now = now
    merchant.member()
    pipeline.run(merchant)

    (received,) = receiver.received
    at_s = int(received.headers["webhook-timestamp"])
    changed = [
        replace(received, body=received.body.replace(b"loyalty.enrollment", b"loyalty.enrolment")),
        replace(received, body=received.body[:-1] + b"]"),
        replace(received, headers={**received.headers, "webhook-id": "evt_other"}),
        replace(received, headers={**received.headers, "webhook-timestamp": str(at_s - 301)}),
        replace(received, headers={**received.headers, "webhook-timestamp": str(at_s + 1)}),
    ]
    for secret in (old, new):
        assert [believes(secret, each) for each in changed] == [False] * len(changed)


@pytest.mark.usefixtures("own_database")  # the sweep works through all there is
def test_what_was_old_and_is_sent_again_has_the_secrets_of_then(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    now = datetime.now(UTC)
    frozen_clock.now = now - timedelta(hours=1)
    receiver.answers = [lambda connection: connection.close()]
    answer = create(merchant, url=receiver.url)
    merchant.member()
    pipeline.run(merchant)
    new = rotated(merchant, answer.body["webhook"]["webhookId"])
    frozen_clock.now = now
    pipeline.sweep()
    pipeline.deliver(merchant)

    before, after = receiver.received
    assert before.body == after.body
    assert before.headers["webhook-id"] == after.headers["webhook-id"]
    assert len(before.headers["webhook-signature"].split(" ")) == 1
    assert believes(new, after)
    assert believes(answer.body["secret"], after)


def test_a_leaked_secret_ends_at_once(
    frozen_clock: Clock, pipeline: Pipeline, merchant: Merchant, receiver: Receiver
) -> None:
    frozen_clock.now = datetime.now(UTC)
    answer = create(merchant, url=receiver.url)
    webhook_id, leaked = answer.body["webhook"]["webhookId"], answer.body["secret"]
    second = rotated(merchant, webhook_id)

    rotation = rotate(merchant, webhook_id, overlapHours=0)

    third = rotation.body["secret"]
    assert rotation.body["previousSecretsExpireAt"] is None
    assert secrets_of(webhook_id) == [third]
    merchant.member()
    pipeline.run(merchant)
    (received,) = receiver.received
    assert [believes(each, received) for each in (leaked, second, third)] == [False, False, True]


def test_no_secret_lives_longer_than_it_was_to(frozen_clock: Clock, merchant: Merchant) -> None:
    webhook_id = created(merchant)
    start = frozen_clock.now
    rotate(merchant, webhook_id, overlapHours=3)
    frozen_clock.advance(hours=1)

    rotation = rotate(merchant, webhook_id)

    hours = [
        each.valid_until and (each.valid_until - start) / timedelta(hours=1)
        for each in kept(webhook_id).secrets
    ]
    assert hours == [None, 25, 3]
    assert rotation.body["previousSecretsExpireAt"] == "2026-03-04T13:00:00.000Z"
    frozen_clock.advance(hours=2)
    rotate(merchant, webhook_id)
    assert len(secrets_of(webhook_id)) == 3, "the first one has ended"


def test_ten_secrets_are_kept(merchant: Merchant) -> None:
    webhook_id = created(merchant)
    made = [rotated(merchant, webhook_id) for _ in range(12)]

    assert secrets_of(webhook_id) == made[:1:-1]


def test_a_key_rotates_once_and_shows_the_secret_again(
    frozen_clock: Clock, merchant: Merchant
) -> None:
    webhook_id = created(merchant)
    first = rotate(merchant, webhook_id, "k1")
    second = rotated(merchant, webhook_id)
    frozen_clock.advance(hours=1)

    with nothing_written():
        again = rotate(merchant, webhook_id, "k1")
        other = rotate(merchant, webhook_id, "k1", overlapHours=1)

    assert (again.status, again.body, again.is_replay) == (200, first.body, True)
    assert_refused(other, 409, "IDEMPOTENCY_KEY_REUSED")
    assert secrets_of(webhook_id)[0] == second


@pytest.mark.parametrize("key", [None, "k1"])
def test_an_answer_that_got_lost_is_given_all_the_same(merchant: Merchant, key: str | None) -> None:
    webhook_id = created(merchant)

    with first_answer_lost():
        answer = rotate(merchant, webhook_id, key)

    assert answer.status == 200
    assert answer.body["previousSecretsExpireAt"] is not None
    assert secrets_of(webhook_id)[0] == answer.body["secret"]
    assert len(secrets_of(webhook_id)) == 2


def test_many_at_once_are_all_in_use(merchant: Merchant) -> None:
    answer = create(merchant)
    webhook_id = answer.body["webhook"]["webhookId"]

    with ThreadPoolExecutor(5) as pool:
        made = list(pool.map(lambda _: rotated(merchant, webhook_id), range(5)))

    assert sorted(secrets_of(webhook_id)) == sorted([answer.body["secret"], *made])


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"overlapHours": 25}, {"overlapHours": "must be at most 24"}),
        ({"overlapHours": -1}, {"overlapHours": "must be at least 0"}),
        ({"overlapHours": 1.5}, {"overlapHours": "must be a whole number"}),
        ({"events": ["*"]}, {"events": "is not a known field"}),
    ],
)
def test_refuses_a_field(
    merchant: Merchant, fields: dict[str, Any], problems: dict[str, str]
) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = rotate(merchant, webhook_id, **fields)

    assert_fields_refused(answer, problems)


def test_refuses_a_secret_without_repeating_it(merchant: Merchant) -> None:
    webhook_id = created(merchant)

    with nothing_written():
        answer = rotate(merchant, webhook_id, secret="not secret enough")

    assert (answer.status, answer.error) == (400, "INVALID_PARAMETERS")
    assert list(answer.body["details"]["fields"]) == ["secret"]
    assert "enough" not in str(answer.body)


def test_refuses_what_is_absent_or_anothers(
    merchant: Merchant, new_merchant: Callable[..., Merchant]
) -> None:
    stranger, webhook_id = new_merchant(), created(merchant)
    before = secrets_of(webhook_id)

    with nothing_written():
        theirs = rotate(stranger, webhook_id)
        elsewhere = rotate(merchant, webhook_id, storeId=stranger.store_id)
        absent = rotate(merchant, "we/absent")

    for answer, name in ((theirs, webhook_id), (elsewhere, webhook_id), (absent, "we/absent")):
        message = f"There is no webhook endpoint {name}."
        assert_refused(answer, 404, "WEBHOOK_NOT_FOUND", message=message)
    assert secrets_of(webhook_id) == before


def test_a_short_secret_is_taken_with_a_warning(merchant: Merchant) -> None:
    webhook_id = created(merchant)

    short, sound = rotate(merchant, webhook_id, secret="geheim"), rotate(merchant, webhook_id)

    assert (short.status, short.body["secret"]) == (200, "geheim")
    assert short.body["warning"].startswith("The secret has fewer than 16 characters")
    assert sound.body["warning"] is None
