"""Marks of names: keyed by account, and names of fields that a query needs not quote."""

from __future__ import annotations

import re

from shared.domain.members.profile import Profile
from shared.services import name_marks

ADA = Profile(first_name="Ada", last_name="Lovelace")


def test_are_names_of_fields_and_tell_no_name() -> None:
    marks = name_marks.of_profile("acc_1", ADA)

    assert len(marks) == len("ada") + len("lovelace")
    assert all(re.fullmatch(r"n[0-9a-f]{16}", each) for each in marks)


def test_what_is_asked_for_is_among_them() -> None:
    (asked,) = name_marks.asked("acc_1", "LOVE ad")

    assert len(asked) == 2
    assert {*asked} <= name_marks.of_profile("acc_1", ADA).keys()


def test_accounts_have_different_ones() -> None:
    first, second = (name_marks.of_profile(each, ADA).keys() for each in ("acc_1", "acc_2"))

    assert first & second == set()
