"""The list of devices: bounded, one place for a device and for a token, the newest win."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import push_subscriptions
from shared.domain.members.push_subscriptions import DEVICES_MAX, PushDevice, PushKind
from tests.support.strategies import NOW

devices = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(PushKind)), max_size=20
)


def device(number: int, name: int, token: int, kind: PushKind) -> PushDevice:
    at = NOW + timedelta(minutes=number)
    return PushDevice(f"browser_{name}", f"token:{token}", "en", (kind,), at)


@given(devices)
def test_the_newest_are_kept_one_for_each_id_and_token(
    told: list[tuple[int, int, PushKind]],
) -> None:
    kept: tuple[PushDevice, ...] = ()
    for number, row in enumerate(told):
        new = device(number, *row)
        kept = push_subscriptions.subscribed(kept, new)
        assert kept[-1] == new
        assert len(kept) <= DEVICES_MAX
        assert len({each.device_id for each in kept}) == len(kept)
        assert len({each.token for each in kept}) == len(kept)
        assert list(kept) == sorted(kept, key=lambda each: each.subscribed_at)
    assert push_subscriptions.newest(kept) == kept
    wanted = {kind for each in kept for kind in each.kinds}
    assert {*push_subscriptions.kinds_of(kept)} == wanted


def test_a_merge_keeps_the_devices_that_were_subscribed_last() -> None:
    every = [device(number, number, number, PushKind.EARNED) for number in range(8)]
    old, new = every[::2], every[1::2]
    assert push_subscriptions.newest([*old, *new]) == tuple(every[-DEVICES_MAX:])
