"""Enrolment when answers get lost: one membership, in both places."""

from __future__ import annotations

import pytest
from google.api_core import exceptions

from shared.store import client, paths
from shared.store.loyalty import membership_documents
from tests.support.merchants import Member, Merchant
from tests.support.wire import Wire, first, lost


@pytest.fixture
def guest(merchant: Merchant) -> Member:
    """A user of a program, not enrolled."""
    return Member(merchant, merchant.program("tier"), "user_1")


def assert_enrolled_once(guest: Member) -> None:
    membership = membership_documents.find(guest.membership_id)
    assert membership is not None
    assert (membership.balance_units, membership.seq, membership.tier) == (0, 0, "Bronze")
    top = client.get_one(paths.member(guest.membership_id)).data
    mirror = paths.store_member(guest.merchant.store_id, guest.membership_id)
    assert client.get_one(mirror).data == top


def test_a_lost_answer_to_a_request_with_a_key_is_the_first_answer(
    guest: Member, wire: Wire
) -> None:
    wire.commits = [lost(exceptions.DeadlineExceeded)]
    answer = guest.api("enrollInLoyaltyProgram", guest.ids, idempotency_key="key")
    assert (answer.status, answer.body["alreadyEnrolled"]) == (200, False)
    again = guest.api("enrollInLoyaltyProgram", guest.ids, idempotency_key="key")
    assert (again.is_replay, again.body) == (True, answer.body)
    assert_enrolled_once(guest)


def test_a_lost_answer_to_a_request_without_a_key_is_the_membership(
    guest: Member, wire: Wire
) -> None:
    wire.commits = [lost(exceptions.DeadlineExceeded)]
    answer = guest.api("enrollInLoyaltyProgram", guest.ids)
    assert (answer.status, answer.body["memberId"]) == (200, guest.membership_id)
    assert_enrolled_once(guest)


def test_who_is_enrolled_meanwhile_is_found(guest: Member, wire: Wire) -> None:
    other = guest.other("user_2")
    other.enroll()
    path = paths.member(guest.membership_id)
    template = client.get_one(paths.member(other.membership_id)).data
    assert template is not None
    theirs = {**template, "membershipId": guest.membership_id, "userId": guest.user_id}
    wire.commits = [first(lambda: client.commit([client.Create(path, theirs)]))]
    answer = guest.api("enrollInLoyaltyProgram", guest.ids)
    assert (answer.status, answer.body["alreadyEnrolled"]) == (200, True)
    assert client.get_one(path).data == theirs
