"""Profiles: as a text and back, their keys, and what changes make of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import custom_fields, profile_changes
from shared.domain.members import profile as profiles
from shared.domain.members.custom_fields import CustomField, FieldType
from shared.domain.members.profile import Newsletter, Profile
from shared.domain.members.profile_changes import ProfileChanges
from shared.errors import InvalidParameters

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=UTC)
)
TEXT = st.text(min_size=1, max_size=20)
NUMBERS = st.decimals(-1000, 1000, places=2).map(lambda each: Decimal(each).normalize())
PROFILES = st.builds(
    Profile,
    email=st.none() | TEXT,
    phone=st.none() | TEXT,
    first_name=st.none() | TEXT,
    customer_number=st.none() | TEXT,
    birthday=st.none() | st.dates(),
    birthday_set_at=st.none() | MOMENTS,
    newsletter=st.none()
    | st.builds(Newsletter, st.booleans(), st.none() | MOMENTS, st.none() | TEXT),
    custom_fields=st.dictionaries(TEXT, TEXT | st.booleans() | st.integers() | NUMBERS, max_size=4),
    external_ids=st.dictionaries(st.sampled_from(["shopware", "crm", "till"]), TEXT),
)


@given(PROFILES)
def test_a_profile_is_read_back_as_it_was(profile: Profile) -> None:
    assert profiles.from_text(profiles.to_text(profile)) == profile


def test_an_empty_profile_is_nearly_nothing() -> None:
    assert profiles.to_text(Profile()) == "{}"


@given(PROFILES, PROFILES)
def test_persons_with_the_same_key_have_the_same_value(first: Profile, second: Profile) -> None:
    shared_kinds = {kind for kind, _ in set(first.keys) & set(second.keys)}

    assert ("phone" in shared_kinds) == (first.phone is not None and first.phone == second.phone)
    same = set(first.external_ids.items()) & set(second.external_ids.items())
    assert ("external" in shared_kinds) == bool(same)


def changed(before: Profile, by: str = "merchant", **values: Any) -> Profile:
    return profile_changes.apply(before, ProfileChanges(values), LATER, by)


def test_a_birthday_says_when_it_was_set() -> None:
    first = changed(Profile(), birthday=date(1990, 1, 1))
    same = profile_changes.apply(
        first, ProfileChanges({"birthday": date(1990, 1, 1)}), LATER + timedelta(days=1), "merchant"
    )

    assert first.birthday_set_at == same.birthday_set_at == LATER
    assert changed(first, birthday=None).birthday_set_at is None


def test_the_last_consent_stays_when_the_newsletter_ends() -> None:
    on = changed(Profile(), newsletter=Newsletter(subscribed=True))
    again = changed(on, "customer", newsletter=Newsletter(subscribed=True))
    off = changed(again, newsletter=Newsletter(subscribed=False))
    back = changed(off, "customer", newsletter=Newsletter(subscribed=True))

    assert on.newsletter == again.newsletter == Newsletter(True, LATER, "merchant")
    assert off.newsletter == Newsletter(False, LATER, "merchant")
    assert back.newsletter == Newsletter(True, LATER, "customer")


def test_only_what_is_named_changes() -> None:
    before = Profile(custom_fields={"a": 1, "b": 2}, external_ids={"crm": "1", "till": "2"})
    changes = ProfileChanges({}, {"a": None, "c": 3}, {"crm": "9", "till": None})

    after = profile_changes.apply(before, changes, NOW, "merchant")

    assert (after.custom_fields, after.external_ids) == ({"b": 2, "c": 3}, {"crm": "9"})
    assert profile_changes.changed_fields(before, after) == ["custom_fields", "external_ids"]
    assert changes.keys == (("external", "crm:9"),)


def test_external_ids_are_bounded_with_those_that_are_there() -> None:
    before = Profile(external_ids={f"s{number}": "1" for number in range(15)})
    more = ProfileChanges(external_ids={f"t{number}": "1" for number in range(6)})

    with pytest.raises(InvalidParameters, match="externalIds must be at most 20"):
        profile_changes.apply(before, more, NOW, "merchant")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (FieldType.TEXT, " x ", "x"),
        (FieldType.NUMBER, Decimal("4.50"), Decimal("4.5")),
        (FieldType.NUMBER, Decimal("4.0"), 4),
        (FieldType.BOOLEAN, False, False),
        (FieldType.DATE, "2026-03-03", "2026-03-03"),
        (FieldType.CHOICE, "cat", "cat"),
    ],
)
def test_a_custom_value_is_of_its_type(kind: FieldType, value: Any, expected: Any) -> None:
    field = CustomField("f", kind, options=("cat", "dog"))

    found = custom_fields.checked(field, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldType.TEXT, 1),
        (FieldType.TEXT, "x" * 501),
        (FieldType.TEXT, {"a": 1}),
        (FieldType.NUMBER, True),
        (FieldType.NUMBER, "1"),
        (FieldType.NUMBER, Decimal("0.00001")),
        (FieldType.NUMBER, 10**13),
        (FieldType.BOOLEAN, 1),
        (FieldType.DATE, "3.3.2026"),
        (FieldType.DATE, 5),
        (FieldType.CHOICE, "bird"),
        (FieldType.CHOICE, ["cat"]),
    ],
)
def test_refuses_a_value_of_another_type(kind: FieldType, value: Any) -> None:
    field = CustomField("f", kind, options=("cat", "dog"))

    with pytest.raises(ValueError, match=r"^must "):
        custom_fields.checked(field, value)
