"""What is asked for at random: each has a key, so that it happens once however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from shared import clock

if TYPE_CHECKING:
    from tools.soak.rounds import Round

Body = dict[str, Any]
Moved = list[tuple[str, float]]
"""Whose units an answer has changed, and by how much: of the balance or of what is pending."""

PRICES = {"free": 8, "large": 15, "few": 20, "codes": 12}
"""The rewards, by what they cost."""
POINT_VALUE = 0.01


def _nothing(_: Body) -> Moved:
    return []


@dataclass(frozen=True)
class Operation:
    """A request, and what its answer says of units.

    ``key`` is its ``Idempotency-Key``, if the body has no key of the business.
    """

    action: str
    body: Body
    moved: Callable[[Body], Moved] = field(default=_nothing)
    key: str | None = None

    @property
    def user_id(self) -> str:
        """The member whom it is for."""
        user_id: str = self.body.get("userId", "")
        return user_id


def chosen(round_: Round, most: int) -> list[Operation]:
    """Choose up to ``most`` operations."""
    made = (round_.random.choice(MAKERS)(round_) for _ in range(most))
    return [each for each in made if each is not None]


def _granted(user_id: str) -> Callable[[Body], Moved]:
    return lambda answer: [(user_id, answer["pointsAdded"] + answer.get("pointsPending", 0))]


def _lines(random: Random) -> Sequence[Body]:
    goods = {"amount": random.randint(5, 12)}
    return [goods, {"amount": 0.25, "type": "deposit"}]


def _earn(round_: Round) -> Operation:
    user_id, name = round_.someone(), round_.name("t")
    round_.bought.append((user_id, name))
    amount: Body = {"purchaseAmount": round_.random.randint(5, 12)}
    if round_.random.random() < 0.3:  # noqa: PLR2004 - some purchases are told by their lines
        amount = {"purchaseLines": _lines(round_.random)}
    body = {**round_.ids(user_id), **amount, "transactionId": name}
    return Operation("addLoyaltyPoints", body, _granted(user_id))


def _earn_for_many(round_: Round) -> Operation:
    rows = [
        {
            "userId": round_.someone(),
            "points": round_.random.randint(1, 30),
            "transactionId": round_.name("b"),
        }
        for _ in range(3)
    ]

    def moved(answer: Body) -> Moved:
        results = answer["results"]
        return [(rows[each["index"]]["userId"], each["points"]) for each in results]

    body = {"programId": round_.program_id, "rows": rows}
    return Operation("bulkAddLoyaltyPoints", body, moved, round_.name("key"))


def _earn_by_event(round_: Round) -> Operation:
    user_id = round_.someone()
    body = {**round_.ids(user_id), "event": "app_login", "eventId": round_.name("e")}
    return Operation("trackLoyaltyEvent", body, _granted(user_id))


def _visit(round_: Round) -> Operation:
    user_id = round_.someone()
    body = {"userId": user_id, "storeId": round_.store_id}

    def moved(answer: Body) -> Moved:
        return [(user_id, each["points"]) for each in answer["earned"]]

    return Operation("checkIn", body, moved, round_.name("key"))


def _redeem(round_: Round) -> Operation:
    body = {**round_.ids(round_.someone()), "transactionId": round_.name("r")}
    way = round_.random.choice(["points", "amount", "reward", "reward"])
    if way == "points":
        body["points"] = round_.random.randint(1, 90)
    elif way == "amount":
        body["amount"] = round(round_.random.randint(1, 90) * POINT_VALUE, 2)
    else:
        body["rewardId"] = round_.random.choice(list(PRICES))
        body["points"] = PRICES[body["rewardId"]]
    return Operation("redeemLoyaltyPoints", body, round_.spent)


def _cancel(round_: Round) -> Operation | None:
    if not round_.redeemed:
        return None
    user_id, redemption_id = round_.random.choice(round_.redeemed)
    body = {**round_.ids(user_id), "redemptionId": redemption_id}
    return Operation("cancelRedemption", body, round_.given_back, round_.name("key"))


def _use(round_: Round) -> Operation | None:
    if not round_.codes:
        return None
    code = round_.random.choice(round_.codes)
    body = {"storeId": round_.store_id, "rewardCode": code, "usedBy": "soak"}
    return Operation("useRewardCode", body, round_.spent, round_.name("key"))


def _adjust(round_: Round) -> Operation:
    user_id = round_.someone()
    points = round_.random.choice([-1, 1]) * round_.random.randint(1, 40)
    why = {"reason": "Soak", "actor": "soak", "transactionId": round_.name("a")}
    body = {**round_.ids(user_id), "points": points, **why}
    return Operation(
        "adjustLoyaltyPoints", body, lambda answer: [(user_id, answer["pointsAdjusted"])]
    )


def _reserve(round_: Round) -> Operation:
    body = {**round_.ids(round_.someone()), "transactionId": round_.name("h")}
    if round_.random.random() < 0.5:  # noqa: PLR2004 - half of them reserve a reward
        body["rewardId"] = round_.random.choice(list(PRICES))
    else:
        body["points"] = round_.random.randint(1, 60)
    return Operation("reserveLoyaltyPoints", body)


def _commit(round_: Round) -> Operation | None:
    if not round_.held:
        return None
    # Mostly the last one: it has not ended yet.
    place = round_.random.choice([-1, -1, round_.random.randrange(len(round_.held))])
    user_id, reservation_id = round_.held.pop(place)
    body = {**round_.ids(user_id), "reservationId": reservation_id}
    return Operation("commitLoyaltyRedemption", body, round_.spent)


def _void(round_: Round) -> Operation | None:
    if not round_.held:
        return None
    user_id, reservation_id = round_.random.choice(round_.held)
    body = {**round_.ids(user_id), "reservationId": reservation_id}
    return Operation("voidLoyaltyRedemption", body)


def _return(round_: Round) -> Operation | None:
    if not round_.bought:
        return None
    user_id, name = round_.random.choice(round_.bought)
    lines = {"purchaseLines": [{"amount": 2}]}
    parts: list[Body] = [{}, {"amount": 1}, {"amount": 2.5}, {"points": 7}, lines]
    part = round_.random.choice(parts)
    body = {**round_.ids(user_id), "transactionId": name, "refundId": round_.name("f"), **part}
    return Operation(
        "reverseLoyaltyTransaction", body, lambda answer: [(user_id, -answer["pointsReversed"])]
    )


def _return_early(round_: Round) -> Operation:
    """Return what was not bought yet; ``_buy_late`` buys it."""
    name = round_.name("t")
    body = {
        **round_.ids(round_.someone()),
        "transactionId": name,
        "refundId": round_.name("f"),
        "amount": round_.random.randint(1, 20),
    }
    round_.early[name] = body
    return Operation("reverseLoyaltyTransaction", body)


def _buy_late(round_: Round) -> Operation | None:
    if not round_.early:
        return None
    name = round_.random.choice(list(round_.early))
    round_.late[name] = round_.early.pop(name)
    user_id: str = round_.late[name]["userId"]
    body = {**round_.ids(user_id), "purchaseAmount": 10, "transactionId": name}
    return Operation("addLoyaltyPoints", body, _granted(user_id))


def _transfer(round_: Round) -> Operation:
    user_id, other_id = round_.random.sample(round_.users, 2)
    points = round_.random.randint(1, 50)
    names = {"toUserId": other_id, "transferId": round_.name("x")}
    body = {**round_.ids(user_id), "points": points, **names}

    def moved(answer: Body) -> Moved:
        points = answer["pointsTransferred"]
        return [(user_id, -points), (other_id, points)]

    return Operation("transferLoyaltyPoints", body, moved)


def _set(round_: Round) -> Operation:
    user_id = round_.someone()
    named = {"source": "crm", "externalTransactionId": round_.name("s")}
    body = {**round_.ids(user_id), "action": "set", "points": round_.random.randint(0, 90)}
    return Operation(
        "syncExternalLoyalty",
        {**body, **named},
        lambda answer: [(user_id, answer["newBalance"] - answer["previousBalance"])],
    )


def _extend(round_: Round) -> Operation:
    last_day = (clock.utc_now() + timedelta(days=round_.random.randint(1, 60))).date()
    why = {"reason": "Soak", "actor": "soak", "transactionId": round_.name("w")}
    body = {**round_.ids(round_.someone()), "lastDay": last_day.isoformat(), **why}
    return Operation("extendExpiry", body)


def _activate(round_: Round) -> Operation:
    return Operation("activateLoyaltyPoints", round_.ids(round_.someone()), key=round_.name("key"))


MAKERS: list[Callable[[Round], Operation | None]] = [
    _earn,
    _earn,
    _earn,
    _earn_for_many,
    _earn_by_event,
    _visit,
    _redeem,
    _redeem,
    _redeem,
    _cancel,
    _use,
    _adjust,
    _reserve,
    _reserve,
    _commit,
    _void,
    _return,
    _return,
    _return_early,
    _buy_late,
    _transfer,
    _set,
    _extend,
    _activate,
]
