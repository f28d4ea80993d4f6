"""Sales channels of an account: each has one program, each program one, and there are few."""

from __future__ import annotations

import pytest

from shared.domain.loyalty import sales_channels
from shared.domain.loyalty.sales_channels import CHANNELS_MAX, SalesChannels
from shared.errors import InvalidParameters


def test_a_program_that_is_bound_again_leaves_its_channel() -> None:
    known = sales_channels.bound(SalesChannels("acc"), "lp_1", "a" * 32)

    moved = sales_channels.bound(known, "lp_1", "b" * 32)

    assert [each.sales_channel_id for each in moved.channels] == ["b" * 32]
    assert sales_channels.bound(moved, "lp_2", "a" * 32).channels[-1].program_id == "lp_2"


def test_there_is_room_for_some() -> None:
    known = SalesChannels("acc")
    for number in range(CHANNELS_MAX):
        known = sales_channels.bound(known, f"lp_{number}", f"{number:032x}")

    with pytest.raises(InvalidParameters):
        sales_channels.bound(known, "lp_x", "f" * 32)
    again = sales_channels.bound(known, "lp_0", "f" * 32)
    assert len(again.channels) == CHANNELS_MAX
