"""The codes of members: whole or damaged, proven or not, of now or not, used or not."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.members import member_codes as codes
from shared.domain.members.member_codes import ALPHABET, RotatingMemberCode, StaticMemberCode
from shared.errors import (
    ChangingCodeRequired,
    MemberCodeDamaged,
    MemberCodeExpired,
    MemberCodeUsed,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECRET = "00112233445566778899aabbccddeeff" * 2
STEP = timedelta(seconds=30)
TEXTS = st.text(ALPHABET, min_size=15, max_size=15).map(lambda text: codes._with_check("S" + text))
ROTATING = st.builds(
    lambda code_id, seconds: codes.rotating(code_id, SECRET, NOW + timedelta(seconds=seconds)),
    st.text(ALPHABET, min_size=10, max_size=10),
    st.integers(0, 10**9),
)
CODES = TEXTS | ROTATING


@given(CODES, st.data())
def test_one_wrong_character_is_noticed(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(code) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET.replace(code[place], "")))

    with pytest.raises(MemberCodeDamaged):
        codes.read(code[:place] + wrong + code[place + 1 :])


@given(CODES, st.data())
def test_two_characters_in_each_others_place_are_noticed(code: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(code) - 2))
    second = data.draw(st.integers(first + 1, len(code) - 1))
    swapped = list(code)
    swapped[first], swapped[second] = code[second], code[first]
    if code[first] == code[second]:
        return

    with pytest.raises(MemberCodeDamaged):
        codes.read("".join(swapped))


@given(CODES, st.data())
def test_a_missing_or_added_character_is_noticed(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    added = data.draw(st.sampled_from(ALPHABET))

    for damaged in (code[:place] + code[place + 1 :], code[:place] + added + code[place:]):
        with pytest.raises(MemberCodeDamaged):
            codes.read(damaged)


@given(st.text(max_size=80))
def test_any_other_text_is_damaged(text: str) -> None:
    with suppress(MemberCodeDamaged):
        assert isinstance(codes.read(text), StaticMemberCode | RotatingMemberCode)


@given(TEXTS)
def test_how_a_code_is_typed_does_not_matter(code: str) -> None:
    groups = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    typed = groups.lower().replace("0", "o").replace("1", "l")

    assert codes.read(typed) == codes.read(code) == StaticMemberCode(code)


def test_new_codes_are_whole_and_differ() -> None:
    made = {codes.new_static() for _ in range(100)}

    assert len(made) == 100
    assert {
        codes.read(each).text for each in made if isinstance(codes.read(each), StaticMemberCode)
    } == made
    assert len({codes.new_secret() for _ in range(10)}) == 10


def test_a_rotating_code_is_as_documented() -> None:
    """The same values are in docs/members.md."""
    code = codes.rotating("ABCDEFGHJK", SECRET, NOW)

    assert code == "RABCDEFGHJK1RB3V0W46Y174N5"
    assert codes.read(code) == RotatingMemberCode("ABCDEFGHJK", 59084640, code[17:25])


def read(at: datetime) -> RotatingMemberCode:
    found = codes.read(codes.rotating("ABCDEFGHJK", SECRET, at))
    assert isinstance(found, RotatingMemberCode)
    return found


def test_only_the_secret_proves_a_code() -> None:
    code = read(NOW)

    assert codes.is_proven(code, SECRET)
    assert not codes.is_proven(code, SECRET.replace("0", "1"))
    assert not codes.is_proven(RotatingMemberCode("BBCDEFGHJK", code.step, code.proof), SECRET)
    assert not codes.is_proven(RotatingMemberCode(code.code_id, code.step + 1, code.proof), SECRET)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_one_step_off(steps: int) -> None:
    codes.require_fresh(read(NOW + steps * STEP), 0, NOW)


@pytest.mark.parametrize(
    ("steps", "problem"),
    [(-2, "older than a minute"), (2, "a clock that is ahead"), (-9999, "old")],
)
def test_another_time_is_refused(steps: int, problem: str) -> None:
    with pytest.raises(MemberCodeExpired, match=problem):
        codes.require_fresh(read(NOW + steps * STEP), 0, NOW)


def test_a_used_code_and_those_before_it_are_refused() -> None:
    last = read(NOW).step

    for at in (NOW, NOW - STEP):
        with pytest.raises(MemberCodeUsed):
            codes.require_fresh(read(at), last, NOW)
    codes.require_fresh(read(NOW + STEP), last, NOW)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_is_of_the_minute_in_which_it_was_shown(steps: int) -> None:
    codes.require_of(read(NOW + steps * STEP), NOW)


@pytest.mark.parametrize("steps", [-2, 2, 9999])
def test_a_code_of_another_minute_is_refused(steps: int) -> None:
    with pytest.raises(MemberCodeExpired, match="minute in which it was shown"):
        codes.require_of(read(NOW + steps * STEP), NOW)


def test_a_code_that_changes_is_told_from_one_that_stays() -> None:
    codes.require_changing(codes.read(codes.rotating("0123456789", SECRET, NOW)))

    with pytest.raises(ChangingCodeRequired):
        codes.require_changing(codes.read(codes.new_static()))
