"""getMemberCode: the code that a member shows, and the secrets from which devices make others."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.members import member_codes
from shared.domain.members.profile import CODE
from shared.services.members import rekeying
from shared.store.members import member_documents
from tests.conftest import Clock
from tests.support import stored
from tests.support.api import Answer
from tests.support.merchants import Merchant
from tests.support.refusals import assert_refused, nothing_written

ACTION = "getMemberCode"
STEP = timedelta(seconds=30)
REFUSALS = {
    "MEMBER_CODE_EXPIRED": 400,
    "MEMBER_CODE_USED": 409,
    "MEMBER_CODE_NOT_FOUND": 404,
}


@pytest.fixture
def ada(frozen_clock: Clock, merchant: Merchant) -> Merchant:
    merchant.api.ok("createMember", {"userId": "ada", "firstName": "Ada"})
    return merchant


def code_of(merchant: Merchant, **fields: Any) -> dict[str, Any]:
    return merchant.api.ok(ACTION, {"userId": "ada", **fields})


def identify(merchant: Merchant, code: str) -> Answer:
    return merchant.api("identifyMember", {"memberCode": code})


def rotating(device: dict[str, Any], clock: Clock, steps: int = 0) -> str:
    return member_codes.rotating(device["codeId"], device["secret"], clock.now + steps * STEP)


def assert_code_refused(merchant: Merchant, code: str, error: str) -> None:
    before = stored.person(merchant, "ada")
    with nothing_written():
        assert_refused(identify(merchant, code), REFUSALS[error], error)
    assert stored.person(merchant, "ada") == before


def test_the_static_code_is_made_once(ada: Merchant) -> None:
    first = code_of(ada)
    with nothing_written():
        again = code_of(ada)

    assert re.fullmatch("S[0-9A-Z]{16}", first["code"])
    assert first["device"] is None
    assert again == first
    found = identify(ada, first["code"].lower()).body
    assert (found["member"]["userId"], found["codeKind"]) == ("ada", "static")


def test_many_at_once_get_the_same_code(ada: Merchant) -> None:
    with ThreadPoolExecutor(6) as pool:
        codes = set(pool.map(lambda _: code_of(ada)["code"], range(6)))

    assert len(codes) == 1


def test_pictures_are_drawn_on_request(ada: Merchant) -> None:
    found = code_of(ada, pictures=["qr", "code128"])

    for name in ("qrSvg", "code128Svg"):
        assert ET.fromstring(found[name]).tag.endswith("svg")
        assert "ada" not in found[name]
    sandboxed = ada.sandbox(ACTION, {"userId": "u", "pictures": ["qr"]}).body
    assert sandboxed["qrSvg"].startswith("<svg")


def test_a_device_gets_its_secret_once(ada: Merchant) -> None:
    first = code_of(ada, deviceId="phone")
    with nothing_written():
        again = ada.api(ACTION, {"userId": "ada", "deviceId": "phone"})
    other = code_of(ada, deviceId="tablet")

    assert set(first["device"]) == {"codeId", "secret", "stepSeconds"}
    assert first["device"]["stepSeconds"] == 30
    assert_refused(again, 409, "MEMBER_DEVICE_KNOWN")
    assert other["device"]["secret"] != first["device"]["secret"]
    assert other["code"] == first["code"]


def test_no_secret_is_stored_in_the_clear(ada: Merchant) -> None:
    body = {"userId": "ada", "deviceId": "phone"}
    found = ada.api(ACTION, body, idempotency_key="k").body

    person = str(stored.documents(f"accounts/{ada.account_id}/members"))
    claims = str(stored.documents("idempotencyKeys"))
    for each in (found["device"]["secret"], found["code"]):
        assert each not in person + claims
    assert "phone" not in person


def test_a_key_is_answered_as_at_first_also_with_the_secret(ada: Merchant) -> None:
    body = {"userId": "ada", "deviceId": "phone"}
    first = ada.api(ACTION, body, idempotency_key="k")
    with nothing_written():
        again = ada.api(ACTION, body, idempotency_key="k")

    assert (again.body, again.is_replay) == (first.body, True)


def test_a_rotating_code_counts_once(ada: Merchant, frozen_clock: Clock) -> None:
    device = code_of(ada, deviceId="phone")["device"]
    code = rotating(device, frozen_clock)

    found = identify(ada, code)

    assert (found.body["member"]["userId"], found.body["codeKind"]) == ("ada", "rotating")
    assert_code_refused(ada, code, "MEMBER_CODE_USED")
    assert_code_refused(ada, rotating(device, frozen_clock, -1), "MEMBER_CODE_USED")
    frozen_clock.advance(seconds=30)
    assert identify(ada, rotating(device, frozen_clock)).status == 200


def test_a_code_that_is_shown_at_two_tills_at_once_counts_once(
    ada: Merchant, frozen_clock: Clock
) -> None:
    code = rotating(code_of(ada, deviceId="phone")["device"], frozen_clock)

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(each.status for each in pool.map(lambda _: identify(ada, code), range(6)))

    assert statuses == [200] + [409] * 5


def test_each_device_has_its_own_steps(ada: Merchant, frozen_clock: Clock) -> None:
    devices = [code_of(ada, deviceId=name)["device"] for name in ("phone", "tablet")]

    assert [identify(ada, rotating(each, frozen_clock)).status for each in devices] == [200, 200]


@pytest.mark.parametrize(
    ("steps", "error"),
    [(-2, "MEMBER_CODE_EXPIRED"), (-1, None), (1, None), (2, "MEMBER_CODE_EXPIRED")],
)
def test_a_clock_may_be_one_step_off(
    ada: Merchant, frozen_clock: Clock, steps: int, error: str | None
) -> None:
    code = rotating(code_of(ada, deviceId="phone")["device"], frozen_clock, steps)

    if error:
        assert_code_refused(ada, code, error)
    else:
        assert identify(ada, code).status == 200


def test_a_forged_or_foreign_code_is_nobodys(
    ada: Merchant, frozen_clock: Clock, new_merchant: Any
) -> None:
    device = code_of(ada, deviceId="phone")["device"]
    forged = rotating({**device, "secret": "00" * 32}, frozen_clock)
    stranger = new_merchant()
    stranger.api.ok("createMember", {"userId": "eve", "firstName": "Eve"})

    assert_code_refused(ada, forged, "MEMBER_CODE_NOT_FOUND")
    for code in (rotating(device, frozen_clock), code_of(ada)["code"]):
        assert_refused(identify(stranger, code), 404, "MEMBER_CODE_NOT_FOUND")
    assert identify(ada, rotating(device, frozen_clock)).status == 200


@pytest.mark.parametrize("action", ["replace", "withdraw"])
def test_the_secret_of_a_lost_device_is_worth_nothing(
    ada: Merchant, frozen_clock: Clock, action: str
) -> None:
    lost = code_of(ada, deviceId="phone")["device"]

    after = code_of(ada, deviceId="phone", deviceAction=action)["device"]

    assert_code_refused(ada, rotating(lost, frozen_clock), "MEMBER_CODE_NOT_FOUND")
    if action == "replace":
        assert identify(ada, rotating(after, frozen_clock)).status == 200
    else:
        assert after is None
        assert code_of(ada, deviceId="phone")["device"]


def test_a_member_has_ten_devices_at_most(ada: Merchant) -> None:
    for number in range(10):
        code_of(ada, deviceId=f"d{number}")

    with nothing_written():
        answer = ada.api(ACTION, {"userId": "ada", "deviceId": "d10"})

    assert_refused(answer, 409, "TOO_MANY_DEVICES")
    assert code_of(ada, deviceId="d3", deviceAction="replace")["device"]


def test_another_static_code_ends_the_former_ones(ada: Merchant, frozen_clock: Clock) -> None:
    device = code_of(ada, deviceId="phone")["device"]
    former = code_of(ada)["code"]

    code = code_of(ada, codeAction="replace")["code"]

    assert re.fullmatch("S[0-9A-Z]{16}", code)
    assert code != former
    assert_code_refused(ada, former, "MEMBER_CODE_NOT_FOUND")
    assert identify(ada, code).body["member"]["userId"] == "ada"
    assert_code_refused(ada, rotating(device, frozen_clock), "MEMBER_CODE_NOT_FOUND")
    assert code_of(ada)["code"] == code
    assert code_of(ada, deviceId="phone")["device"]


def test_the_device_that_asks_for_another_code_keeps_its_secret(
    ada: Merchant, frozen_clock: Clock
) -> None:
    own, other = (code_of(ada, deviceId=name)["device"] for name in ("phone", "found"))

    answer = code_of(ada, codeAction="replace", deviceId="phone")

    assert answer["device"] is None
    assert identify(ada, rotating(own, frozen_clock)).status == 200
    assert_code_refused(ada, rotating(other, frozen_clock), "MEMBER_CODE_NOT_FOUND")


def test_codes_that_were_replaced_do_not_come_back_with_new_keys(ada: Merchant) -> None:
    ada.api.ok("createMember", {"userId": "ada_2"})
    theirs = ada.api.ok(ACTION, {"userId": "ada_2"})["code"]
    code_of(ada)
    ada.api.ok("mergeMembers", {"fromUserId": "ada_2", "intoUserId": "ada"})

    code = code_of(ada, codeAction="replace")["code"]

    person = member_documents.find(ada.account_id, "ada")
    assert person is not None
    assert [text for kind, text in rekeying.keys_of(person) if kind == CODE] == [code]
    assert theirs != code


def test_it_ends_also_the_code_of_who_was_merged_into_the_member(ada: Merchant) -> None:
    ada.api.ok("createMember", {"userId": "ada_2"})
    theirs = ada.api.ok(ACTION, {"userId": "ada_2"})["code"]
    own = code_of(ada)["code"]
    ada.api.ok("mergeMembers", {"fromUserId": "ada_2", "intoUserId": "ada"})
    assert identify(ada, theirs).body["member"]["userId"] == "ada"

    code = ada.api.ok(ACTION, {"userId": "ada_2", "codeAction": "replace"})["code"]

    for each in (own, theirs):
        assert_code_refused(ada, each, "MEMBER_CODE_NOT_FOUND")
    assert identify(ada, code).body["member"]["userId"] == "ada"


def test_a_repeated_request_makes_no_further_one(ada: Merchant) -> None:
    body = {"userId": "ada", "codeAction": "replace"}
    first = ada.api(ACTION, body, idempotency_key="k")
    with nothing_written():
        again = ada.api(ACTION, body, idempotency_key="k")

    assert (again.body, again.is_replay) == (first.body, True)
    assert identify(ada, first.body["code"]).status == 200


def test_nobody_ends_the_code_of_somebody_else(ada: Merchant) -> None:
    code = code_of(ada)["code"]
    eve = ada.customer("eve", names_account=True)

    with nothing_written():
        answer = eve(ACTION, {"userId": "ada", "codeAction": "replace"})

    assert (answer.status, answer.error) == (403, "USER_NOT_ALLOWED")
    assert identify(ada, code).status == 200


def test_customers_get_their_own(ada: Merchant) -> None:
    own = ada.customer("ada", names_account=True)(ACTION, {"deviceId": "phone"})
    eve = ada.customer("eve", names_account=True)
    with nothing_written():
        theirs = eve(ACTION, {"userId": "ada"})
        nobody = eve(ACTION, {})

    assert own.body["device"]["secret"]
    assert (theirs.status, nobody.error) == (403, "MEMBER_NOT_FOUND")


def test_refuses_an_action_without_a_device_and_another_store(
    ada: Merchant, new_merchant: Any
) -> None:
    theirs = new_merchant().store_id
    with nothing_written():
        without = ada.api(ACTION, {"userId": "ada", "deviceAction": "withdraw"})
        foreign = ada.api(ACTION, {"userId": "ada", "storeId": theirs})

    assert_refused(without, 400, "INVALID_PARAMETERS", without.body["details"])
    assert_refused(foreign, 404, "STORE_NOT_FOUND")
