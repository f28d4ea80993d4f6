"""Programs when answers get lost: one program, in both places, its stock set once."""

from __future__ import annotations

from typing import Any

from google.api_core import exceptions

from shared.store import client, paths
from shared.store.stores import store_documents
from tests.support.merchants import RULES, Merchant
from tests.support.wire import Send, Wire, lost

REWARD = {"rewardId": "rw_1", "title": "Coffee", "type": "free_product", "requiredPoints": 10}


def body(merchant: Merchant) -> dict[str, Any]:
    return {
        "storeId": merchant.store_id,
        "programName": "Program",
        "programType": "points",
        "rules": RULES["points"],
        "isActive": True,
    }


def test_a_program_whose_answer_got_lost_is_created_once(merchant: Merchant, wire: Wire) -> None:
    for key in (None, "key"):
        wire.commits = [lost(exceptions.DeadlineExceeded)]
        answer = merchant.api("createLoyaltyProgram", body(merchant), idempotency_key=key)
        assert answer.status == 200
        top, mirror = client.get(
            [
                paths.program(answer.body["programId"]),
                paths.store_program(merchant.store_id, answer.body["programId"]),
            ]
        ).values()
        assert top.data is not None
        assert top.data == mirror.data
    store = store_documents.find(merchant.store_id)
    assert store is not None
    assert len(store.program_ids) == len(store.active_program_ids) == 2
    assert merchant.api.ok("getLoyaltyPrograms", {"storeId": merchant.store_id})["count"] == 2


def test_a_stock_whose_answer_got_lost_is_set_once(merchant: Merchant, wire: Wire) -> None:
    program_id = merchant.program(rewards=[{**REWARD, "stock": 1}])
    stock = paths.reward_stock(program_id, "rw_1")

    def taken_meanwhile(send: Send) -> None:
        send()
        client.commit([client.Update(client.get_one(stock), {"remaining": 4})])

    cut = lost(exceptions.DeadlineExceeded)
    wire.commits = [lambda send: cut(lambda: taken_meanwhile(send))]
    changes = {"programId": program_id, "rewards": [{**REWARD, "stock": 5}]}
    assert merchant.api("updateLoyaltyProgram", changes).status == 200
    assert client.get_one(stock).data == {"remaining": 4}


def test_an_update_keeps_what_somebody_else_changed_meanwhile(
    merchant: Merchant, wire: Wire
) -> None:
    program_id = merchant.program(description="old")
    path = paths.program(program_id)

    def changed_meanwhile(send: Send) -> Any:
        read = client.get_one(path)
        assert read.data is not None
        client.commit([client.Update(read, {**read.data, "description": "theirs"})])
        return send()

    wire.commits = [changed_meanwhile]
    changes = {"programId": program_id, "programName": "Mine"}
    assert merchant.api("updateLoyaltyProgram", changes).status == 200
    top = client.get_one(path).data
    assert top is not None
    assert (top["programName"], top["description"]) == ("Mine", "theirs")
    assert client.get_one(paths.store_program(merchant.store_id, program_id)).data == top
