"""getReferralCode: one code for each member, which joins friends; and the codes that do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.services.stores import store_qr_codes
from tests.support import stored
from tests.support.api import Answer, Api
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.traffic import watched

ACTION = "getReferralCode"
TERMS = {"referrerPoints": 100, "newMemberPoints": 50, "coolOffDays": 0}


@pytest.fixture
def anna(merchant: Merchant) -> Member:
    """A member of a program that rewards referrals."""
    return merchant.member(referral=TERMS)


def code_of(member: Member) -> str:
    code: str = member.api.ok(ACTION, member.ids)["code"]
    return code


def join(member: Member, code: str, api: Api | None = None) -> Answer:
    return (api or member.api)("enrollInLoyaltyProgram", {**member.ids, "referralCode": code})


def refusal(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.error


def test_the_code_stays_the_same_and_is_neither_the_user_id_nor_the_card_code(anna: Member) -> None:
    first = anna.api(ACTION, anna.ids, idempotency_key="key")
    with nothing_written():
        again = code_of(anna)
    assert first.body == {
        "success": True,
        "code": again,
        "link": None,
        "svg": None,
        "pendingReferrals": 0,
        "rewardedReferrals": 0,
    }
    assert anna.api(ACTION, anna.ids, idempotency_key="key").body == first.body
    card = anna.api.ok("getMemberCode", {"userId": anna.user_id})["code"]
    assert again not in card
    identified = anna.api("identifyMember", {"memberCode": again})
    assert identified.status != 200


def test_leads_to_the_app_of_the_account(anna: Member) -> None:
    code = code_of(anna)
    url = "https://app.example.com/join?lang=de&referralCode=old#start"
    anna.api.ok("configureMembers", {"appUrl": url})

    found = anna.api.ok(ACTION, anna.ids)

    assert found["link"] == f"https://app.example.com/join?lang=de&referralCode={code}#start"
    assert found["svg"] == store_qr_codes.draw_svg(found["link"])
    assert anna.api.ok("configureMembers", {"country": "AT"})["appUrl"] == url
    assert anna.api.ok("configureMembers", {"appUrl": None})["appUrl"] is None
    assert anna.api.ok(ACTION, anna.ids)["link"] is None
    with nothing_written():
        assert anna.api("configureMembers", {"appUrl": "http://10.0.0.1/"}).status == 400


def test_friends_join_by_it_and_are_counted(anna: Member) -> None:
    code = code_of(anna)
    ben = anna.other("ben")
    spoken = f"{code[:5]}-{code[5:]}".lower()
    assert join(ben, spoken).body["alreadyEnrolled"] is False
    assert join(ben, code).body["alreadyEnrolled"] is True

    answer = anna.api.ok(ACTION, anna.ids)
    assert (answer["pendingReferrals"], answer["rewardedReferrals"]) == (1, 0)
    assert "anna" not in str(stored.of_member(ben))
    assert anna.user_id not in str(stored.of_member(ben))


def test_joining_by_a_code_costs_one_read_and_one_write_more(anna: Member) -> None:
    code = code_of(anna)
    with watched() as plain:
        anna.other("plain").enroll()
    with watched() as invited:
        join(anna.other("ben"), code)
    assert (plain.cost[0], plain.cost[2]) == (2, 3)
    assert (invited.cost[0], invited.cost[2]) == (3, 4)


@pytest.mark.parametrize("code", ["ABCDE12345", "x"])
def test_an_unknown_code_is_refused_and_the_app_can_ask_again(anna: Member, code: str) -> None:
    ben = anna.other("ben")
    with nothing_written():
        assert refusal(join(ben, code)) == (404, "REFERRAL_CODE_NOT_FOUND")
    assert join(ben, code_of(anna)).status == 200


def test_nobody_refers_themselves(anna: Member) -> None:
    code = code_of(anna)
    other = Member(anna.merchant, anna.merchant.program(referral=TERMS), anna.user_id)
    with nothing_written():
        assert refusal(join(anna, code)) == (409, "REFERRAL_NOT_ALLOWED")
        assert refusal(join(other, code)) == (409, "REFERRAL_NOT_ALLOWED")


def test_only_new_members_are_referred_also_after_leaving(anna: Member) -> None:
    ben, code = anna.other("ben"), code_of(anna)
    ben.enroll()
    ben.api.ok("leaveLoyaltyProgram", ben.ids)
    with nothing_written():
        assert refusal(join(ben, code)) == (409, "REFERRAL_NOT_ALLOWED")


def test_only_programs_that_reward_it_and_members_who_are_in_them(anna: Member) -> None:
    code = code_of(anna)
    plain = Member(anna.merchant, anna.merchant.program(), "ben")
    strange = Member(anna.merchant, anna.merchant.program(referral=TERMS), "ben")
    with nothing_written():
        assert refusal(join(plain, code)) == (409, "REFERRAL_NOT_ALLOWED")
        assert refusal(join(strange, code)) == (404, "REFERRAL_CODE_NOT_FOUND")
        assert refusal(plain.api(ACTION, plain.ids)) == (404, "MEMBER_NOT_FOUND")
        named = {"programId": plain.program_id, "userId": anna.user_id}
        assert refusal(plain.api(ACTION, named)) == (404, "MEMBERSHIP_NOT_FOUND")


def test_another_account_knows_no_such_code(
    anna: Member, new_merchant: Callable[..., Merchant]
) -> None:
    other, code = new_merchant(), code_of(anna)
    theirs = Member(other, other.program(referral=TERMS), "ben")
    with nothing_written():
        assert refusal(join(theirs, code)) == (404, "REFERRAL_CODE_NOT_FOUND")
        assert refusal(theirs.api(ACTION, anna.ids)) == (404, "PROGRAM_NOT_FOUND")


def test_customers_get_their_own_if_they_are_verified(anna: Member) -> None:
    sign_in = anna.merchant.customer(anna.user_id)
    assert sign_in.ok(ACTION, {"programId": anna.program_id})["code"] == code_of(anna)
    unknown = anna.merchant.customer(anna.user_id, email=None)
    answer = unknown(ACTION, {"programId": anna.program_id})
    assert refusal(answer) == (403, "SIGN_IN_NOT_VERIFIED")


@pytest.mark.parametrize(
    "wrong",
    [
        {"referrerPoints": 0, "newMemberPoints": 0},
        {"referrerPoints": 0.5, "newMemberPoints": 1},
        {"referrerPoints": 1, "newMemberPoints": 1, "coolOffDays": 366},
        {"referrerPoints": 1, "newMemberPoints": 1, "limitPerYear": 0},
    ],
)
def test_terms_that_cannot_be_are_refused(anna: Member, wrong: dict[str, Any]) -> None:
    with nothing_written():
        answer = anna.api("updateLoyaltyProgram", {"programId": anna.program_id, "referral": wrong})
    assert refusal(answer) == (400, "INVALID_PARAMETERS")


def test_terms_are_shown_changed_and_ended(anna: Member) -> None:
    def shown(**change: Any) -> Any:
        body = {"programId": anna.program_id}
        if change:
            anna.api.ok("updateLoyaltyProgram", {**body, **change})
        return anna.api.ok("getLoyaltyProgram", body)["program"]["referral"]

    expected = {**TERMS, "minimumPurchase": 0, "limitPerYear": None}
    assert shown() == shown(description="x") == expected
    assert shown(referral={**TERMS, "limitPerYear": 3}) == {**expected, "limitPerYear": 3}
    assert shown(referral=None) is None
