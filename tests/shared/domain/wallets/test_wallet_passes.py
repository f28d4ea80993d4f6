"""A pass as a state: what is newest is told, once, also if much happens at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.pseudonyms import Pseudonyms
from shared.domain.wallets import wallet_passes
from shared.domain.wallets.wallet_passes import (
    DEVICES_MAX,
    ENDING_KEPT,
    PassDevice,
    Wallet,
    WalletPass,
)
from shared.encrypted import Encrypted

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASS = WalletPass(
    pass_id="wp_1",
    wallet=Wallet.APPLE,
    account_id="acc_1",
    store_id="store_1",
    program_id="lp_1",
    user_id="user_1",
    membership_id="lp_1_user_1",
    created_at=NOON,
    changed_at=NOON,
)
NAMES = Pseudonyms({"lp_1_user_1": "lp_1_erased_x", "user_1": "erased_x"})


def device(name: str) -> PassDevice:
    return PassDevice(name, Encrypted(f"token of {name}"))


def with_phone(found: WalletPass = PASS) -> WalletPass:
    return wallet_passes.registered(found, device("one"))


def test_each_change_has_a_later_second() -> None:
    once = wallet_passes.marked(PASS, NOON + timedelta(milliseconds=300))
    twice = wallet_passes.marked(once, NOON + timedelta(milliseconds=900))

    assert [each.changed_at for each in (once, twice)] == [NOON + SECOND, NOON + 2 * SECOND]
    assert wallet_passes.marked(PASS, NOON + 9.7 * SECOND).changed_at == NOON + 9 * SECOND


def test_what_changes_while_it_is_told_is_told_again() -> None:
    begun = wallet_passes.begun(wallet_passes.marked(PASS, NOON), "run_1", NOON)
    assert not begun.is_due(NOON + SECOND)
    changed = wallet_passes.marked(begun, NOON + SECOND)
    assert changed.next_attempt_at == begun.next_attempt_at

    after = wallet_passes.told(changed, begun.version, NOON + 2 * SECOND)

    assert after is not None
    assert after.is_due(NOON + 2 * SECOND)
    done = wallet_passes.told(wallet_passes.begun(begun, "run_2", NOON), begun.version, NOON)
    assert done is not None
    assert (done.next_attempt_at, done.lease_id) == (None, None)


def test_a_lease_that_was_left_ends() -> None:
    begun = wallet_passes.begun(PASS, "run_1", NOON)

    assert not begun.is_due(NOON + wallet_passes.LEASE - SECOND)
    assert begun.is_due(NOON + wallet_passes.LEASE)
    assert wallet_passes.marked(begun, NOON + wallet_passes.LEASE).is_due(
        NOON + wallet_passes.LEASE
    )


def test_what_changes_by_itself_is_told_then_once_for_each_time() -> None:
    turns = (NOON + 10 * SECOND, NOON + 20 * SECOND)
    begun = wallet_passes.begun(wallet_passes.marked(PASS, NOON, turns), "run_1", NOON)
    told = wallet_passes.told(begun, begun.version, NOON + SECOND)
    assert told is not None
    assert told.next_attempt_at == turns[0]
    assert wallet_passes.turned(told, turns[0] - SECOND) == told

    turned = wallet_passes.turned(told, turns[0])
    after = wallet_passes.told(turned, turned.version, turns[0])

    assert (turned.changed_at, turned.version) == (turns[0], told.version + 1)
    assert after is not None
    assert (after.turns, after.next_attempt_at) == (turns[1:], turns[1])
    gone = wallet_passes.erased(with_phone(after), NAMES)
    assert gone is not None
    assert gone.turns == ()


def test_a_failure_waits_and_the_last_one_waits_for_a_change() -> None:
    later = wallet_passes.failed(PASS, "busy", "x" * 500, 60, NOON)
    assert later is not None
    assert (later.attempts, later.next_attempt_at) == (1, NOON + timedelta(minutes=1))
    assert len(later.message or "") == 300

    last = wallet_passes.failed(later, "busy", "no", None, NOON)
    assert last is not None
    assert (last.attempts, last.next_attempt_at) == (2, None)
    assert wallet_passes.marked(last, NOON).is_due(NOON)


def test_phones_come_and_go() -> None:
    found = PASS
    for number in range(DEVICES_MAX + 2):
        found = wallet_passes.registered(found, device(str(number)))
    assert len(found.devices) == DEVICES_MAX == len(found.device_hashes)
    assert found.device_hashes[0] == "2"

    again = wallet_passes.registered(found, PassDevice("5", Encrypted("other")))
    assert len(again.devices) == DEVICES_MAX
    assert again.devices[-1].push_token == "other"
    gone = wallet_passes.unregistered(again, frozenset({"5", "never"}))
    assert "5" not in gone.device_hashes
    assert wallet_passes.unregistered(gone, frozenset({"5"})) is gone


def test_who_is_erased_is_taken_out_the_same_way_each_time() -> None:
    before = replace(with_phone(), message="a text")
    once = wallet_passes.erased(before, NAMES)
    assert once is not None

    assert (once.user_id, once.membership_id) == ("erased_x", "lp_1_erased_x")
    assert (once.message, once.is_ending) == (None, True)
    assert once.is_due(NOON + SECOND)
    assert wallet_passes.erased(once, NAMES) == once
    assert wallet_passes.marked(once, NOON) is once


@pytest.mark.parametrize("wallet", [Wallet.APPLE, Wallet.GOOGLE])
def test_a_pass_ends_when_its_wallet_was_told(wallet: Wallet) -> None:
    ending = wallet_passes.erased(with_phone(replace(PASS, wallet=wallet)), NAMES)
    assert ending is not None
    told = wallet_passes.told(ending, ending.version, NOON)

    if wallet is Wallet.GOOGLE:
        assert told is None
        return
    assert told is not None
    assert told.ends_at == told.next_attempt_at == NOON + ENDING_KEPT
    assert wallet_passes.told(told, told.version, NOON + ENDING_KEPT) is None


def test_a_pass_that_nobody_can_tell_of_its_end_is_over() -> None:
    ending = wallet_passes.erased(with_phone(), NAMES)
    assert ending is not None

    assert wallet_passes.failed(ending, "busy", "no", 60, NOON) is not None
    assert wallet_passes.failed(ending, "busy", "no", None, NOON) is None
    assert wallet_passes.erased(PASS, NAMES) is None
    assert wallet_passes.erased(replace(PASS, wallet=Wallet.GOOGLE), NAMES) is not None
