"""cancelRedemption of a shop's code: it never works in the shop while its points are back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.services.systems import shop_writer
from tests.support.dying import dying_after
from tests.support.refusals import nothing_written
from tests.support.shops import SECRET, order
from tests.support.traffic import watched
from tests.support.written_shops import LOST, ShopServer, WrittenShop, serving

BEFORE, AFTER = 200, 150
"""The balance before and after the redemption."""


def redeemed(shop: WrittenShop) -> str:
    """Redeem the reward, put its code, and return the redemption's id."""
    redemption_id = str(shop.redeem().body["redemptionId"])
    shop.work()
    assert shop.is_usable()
    return redemption_id


def require_safe(shop: WrittenShop) -> None:
    """Require that points and code are not both there."""
    if shop.shop.points() == BEFORE:
        assert not shop.is_usable()
        shop.work()
        for each in shop.writings():
            shop.attempt(each.write_id)
        assert not shop.is_usable()


def test_an_active_code_is_revoked_first(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    assert code_shop.cancel(redemption_id).status == 200
    assert code_shop.shop.points() == BEFORE
    found = code_shop.redemption(redemption_id)
    assert (found["status"], found["shop"]["state"]) == ("cancelled", "revoked")
    require_safe(code_shop)

    again = code_shop.cancel(redemption_id)
    assert again.status in {200, 409}
    assert code_shop.shop.points() == BEFORE


def test_what_it_costs(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    with watched() as traffic:
        code_shop.cancel(redemption_id)
    assert len(traffic.rpcs) == 8


def test_a_code_that_was_never_put_is_cancelled_without_the_shop(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    assert code_shop.cancel(redemption_id).status == 200
    code_shop.work()
    assert code_shop.server.calls == []
    require_safe(code_shop)


def test_a_used_code_gives_nothing_back(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    code = code_shop.code().code
    code_shop.shop.tell(order(codes=[code]))
    with nothing_written():
        answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (409, "REWARD_CODE_USED")


def test_a_code_of_whose_use_only_the_shop_knows_gives_nothing_back(
    code_shop: WrittenShop,
) -> None:
    redemption_id = redeemed(code_shop)
    code_shop.server.used.add(str(code_shop.code().code))
    answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (409, "REWARD_CODE_USED")
    assert code_shop.redemption(redemption_id)["shop"]["state"] == "used"
    assert code_shop.shop.points() < BEFORE


@pytest.mark.parametrize("fault", [500, 401, 400])
def test_a_shop_that_does_not_revoke_keeps_the_points(code_shop: WrittenShop, fault: int) -> None:
    redemption_id = redeemed(code_shop)
    code_shop.server.faults = [fault]
    with nothing_written():
        answer = code_shop.cancel(redemption_id)
    assert answer.error.startswith("CONNECTOR_")
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)


def test_a_revocation_whose_answer_is_lost_is_made_again(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    code_shop.server.faults = [LOST]
    with nothing_written():
        assert code_shop.cancel(redemption_id).status == 503
    assert code_shop.cancel(redemption_id).status == 200
    assert code_shop.shop.points() == BEFORE


def test_a_code_on_its_way_is_not_cancelled(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    answers = []
    code_shop.server.meanwhile = lambda: answers.append(code_shop.cancel(redemption_id))
    code_shop.work()
    (answer,) = answers
    assert (answer.status, answer.error) == (503, "SHOP_CODE_UNSETTLED")
    assert int(answer.headers["Retry-After"]) > 0
    assert code_shop.shop.points() == AFTER
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)


def test_a_code_that_is_in_doubt_is_not_cancelled_until_the_call_is_over(
    code_shop: WrittenShop,
) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.server.faults = [LOST]
    code_shop.work()
    with nothing_written():
        answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (503, "SHOP_CODE_UNSETTLED")

    code_shop.clock.advance(minutes=3)
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)


def test_a_code_that_failed_is_cancelled_after_asking_the_shop(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.server.faults = [400]
    code_shop.work()
    assert code_shop.cancel(redemption_id).status == 200
    assert code_shop.server.calls[-1].startswith("code.revoke")
    require_safe(code_shop)
    code_shop.connect()
    code_shop.work()
    require_safe(code_shop)


def test_two_who_cancel_give_the_points_back_once(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    answers = []
    code_shop.server.meanwhile = lambda: answers.append(code_shop.cancel(redemption_id))
    answers.append(code_shop.cancel(redemption_id))
    assert 200 in {each.status for each in answers}
    assert {each.status for each in answers} <= {200, 409, 503}
    assert code_shop.shop.points() == BEFORE
    require_safe(code_shop)


def test_many_who_cancel_beside_a_put_never_leave_code_and_points(code_shop: WrittenShop) -> None:
    for _ in range(3):
        before = code_shop.shop.points()
        redemption_id = str(code_shop.redeem().body["redemptionId"])
        write_id = next(
            each.write_id
            for each in code_shop.writings()
            if each.terms is not None and each.terms.entry_id == redemption_id
        )
        with ThreadPoolExecutor(6) as pool:
            puts = [pool.submit(code_shop.attempt, write_id) for _ in range(2)]
            cancels = [pool.submit(code_shop.cancel, redemption_id) for _ in range(4)]
        for each in puts:
            each.result()
        statuses = [each.result().status for each in cancels]
        assert set(statuses) <= {200, 409, 503}
        if code_shop.shop.points() == before:
            assert not code_shop.is_usable()
        code_shop.clock.advance(minutes=6)
        code_shop.cancel(redemption_id)
        code_shop.attempt(write_id)
        assert code_shop.shop.points() == before
        assert not code_shop.is_usable()


def test_a_merged_member_s_code_is_cancelled_for_who_took_over(code_shop: WrittenShop) -> None:
    other = code_shop.shop.anna.other("user_2")
    other.enroll()
    redemption_id = redeemed(code_shop)
    code_shop.merchant.api.ok("mergeMembers", {"fromUserId": "user_1", "intoUserId": "user_2"})
    assert code_shop.is_usable()
    body = {**other.ids, "redemptionId": redemption_id}
    assert code_shop.merchant.api("cancelRedemption", body).status == 200
    assert other.balance()["currentBalance"] == BEFORE
    assert not code_shop.is_usable()


def test_a_code_that_is_put_anew_while_it_is_revoked_keeps_the_points(
    code_shop: WrittenShop,
) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.server.faults = [500]
    code_shop.work()
    code_shop.clock.advance(minutes=10)
    write_id = code_shop.code().write_id
    code_shop.server.meanwhile = lambda: code_shop.attempt(write_id)
    answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (503, "SHOP_CODE_UNSETTLED")
    assert code_shop.shop.points() == AFTER
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)


def test_a_code_that_is_used_while_it_is_revoked_gives_nothing_back(
    code_shop: WrittenShop,
) -> None:
    redemption_id = redeemed(code_shop)
    code = str(code_shop.code().code)
    code_shop.server.meanwhile = lambda: code_shop.shop.tell(order(codes=[code]))
    assert code_shop.cancel(redemption_id).status == 503
    answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (409, "REWARD_CODE_USED")


def test_what_cannot_be_cancelled_is_not_revoked(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    code_shop.clock.advance(days=400)
    answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (400, "CANCELLATION_TOO_LATE")
    assert code_shop.is_usable()


def test_a_shop_that_is_gone_keeps_the_points(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    code_shop.merchant.api.ok(
        "deleteSyncConfiguration",
        {"kind": "shop", "system": "generic", "storeId": code_shop.merchant.store_id},
    )
    with nothing_written():
        answer = code_shop.cancel(redemption_id)
    assert answer.error == "CONNECTOR_NOT_CONFIGURED"


def test_a_purchase_that_comes_back_leaves_the_code_and_the_points(
    code_shop: WrittenShop,
) -> None:
    redemption_id = str(code_shop.redeem(transactionId="order_7").body["redemptionId"])
    code_shop.work()
    code_shop.merchant.api(
        "reverseLoyaltyTransaction",
        {**code_shop.shop.anna.ids, "transactionId": "order_7", "reason": "back"},
    )
    assert code_shop.redemption(redemption_id)["status"] == "redeemed"
    assert code_shop.is_usable()


def test_a_process_that_dies_anywhere_never_leaves_code_and_points(
    code_shop: WrittenShop,
) -> None:
    code_shop.shop.anna.earn(4000)
    for steps in range(20):
        redemption_id = redeemed(code_shop)
        points = code_shop.shop.points()
        with dying_after(steps) as life:
            code_shop.cancel(redemption_id)
        if code_shop.shop.points() > points:
            assert not code_shop.is_usable()
        code_shop.clock.advance(minutes=6)
        code_shop.cancel(redemption_id)
        assert code_shop.shop.points() == points + 50
        assert not code_shop.is_usable()
        assert code_shop.redemption(redemption_id)["shop"]["state"] == "revoked"
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")


def test_a_put_that_dies_anywhere_and_a_cancel_never_leave_code_and_points(
    code_shop: WrittenShop,
) -> None:
    code_shop.shop.anna.earn(4000)
    for steps in range(12):
        before = code_shop.shop.points()
        redemption_id = str(code_shop.redeem().body["redemptionId"])
        write_id = next(
            each.write_id
            for each in code_shop.writings()
            if each.terms is not None and each.terms.entry_id == redemption_id
        )
        with dying_after(steps) as life:
            shop_writer.attempt(write_id)
        first = code_shop.cancel(redemption_id)
        if first.status == 200:
            assert not code_shop.is_usable()
        else:
            assert first.status == 503
            assert code_shop.shop.points() == before - 50
        code_shop.clock.advance(minutes=6)
        code_shop.cancel(redemption_id)
        code_shop.attempt(write_id)
        assert code_shop.shop.points() == before
        assert not code_shop.is_usable()
        if not life.has_ended:
            return
    raise AssertionError("it never came to its end")


def connect_other(shop: WrittenShop, other: ShopServer) -> None:
    """Connect the store to another shop of the same system."""
    credentials = {
        "webhookSecret": SECRET,
        "ordersUrl": shop.shop.lists.url,
        "writeUrl": other.url,
    }
    shop.shop.connect(credentials=credentials)
    shop.work()


def test_a_code_of_another_shop_keeps_the_points(code_shop: WrittenShop) -> None:
    redemption_id = redeemed(code_shop)
    with serving() as other:
        connect_other(code_shop, other)
        with nothing_written():
            answer = code_shop.cancel(redemption_id)
        assert answer.error == "CONNECTOR_NOT_CONFIGURED"
        assert other.calls == []
    require_safe(code_shop)

    code_shop.connect()
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)


def test_a_code_that_one_shop_may_have_is_put_into_no_other(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.server.faults = [LOST]
    code_shop.work()
    assert code_shop.is_usable()
    code_shop.clock.advance(minutes=10)
    with serving() as other:
        connect_other(code_shop, other)
        code_shop.attempt()
        assert other.codes == {}
        found = code_shop.redemption(redemption_id)
        assert found["shop"]["state"] == "failed"
        code_shop.merchant.api.ok("retryShopWrite", {"writeId": code_shop.code().write_id})
        code_shop.work()
        assert other.codes == {}

    code_shop.connect()
    code_shop.work()
    assert code_shop.redemption(redemption_id)["shop"]["state"] == "active"


def test_a_code_that_no_shop_was_ever_asked_for_is_cancelled(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.merchant.api.ok(
        "deleteSyncConfiguration",
        {"kind": "shop", "system": "generic", "storeId": code_shop.merchant.store_id},
    )
    code_shop.work()
    assert code_shop.redemption(redemption_id)["shop"]["state"] == "failed"
    assert code_shop.cancel(redemption_id).status == 200
    assert code_shop.shop.points() == BEFORE
    code_shop.connect()
    code_shop.work()
    require_safe(code_shop)


def test_a_code_that_another_shop_was_meant_for_is_cancelled(code_shop: WrittenShop) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    with serving() as other:
        connect_other(code_shop, other)
        code_shop.work()
        assert other.codes == {}, "its customer 17 may be somebody else"
        assert code_shop.cancel(redemption_id).status == 200
        assert code_shop.shop.points() == BEFORE
    require_safe(code_shop)


def test_a_dead_code_that_is_tried_again_while_it_is_revoked_keeps_the_points(
    code_shop: WrittenShop,
) -> None:
    redemption_id = str(code_shop.redeem().body["redemptionId"])
    code_shop.server.faults = [400]
    code_shop.work()

    def try_again() -> None:
        code_shop.merchant.api.ok("retryShopWrite", {"writeId": code_shop.code().write_id})
        code_shop.work()

    code_shop.server.meanwhile = try_again
    answer = code_shop.cancel(redemption_id)
    assert (answer.status, answer.error) == (503, "SHOP_CODE_UNSETTLED")
    assert code_shop.shop.points() == AFTER
    assert code_shop.redemption(redemption_id)["shop"]["state"] == "active"
    assert code_shop.cancel(redemption_id).status == 200
    require_safe(code_shop)
