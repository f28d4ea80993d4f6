"""A merchant's own headers: what may be sent beside ours."""

from __future__ import annotations

import pytest

from shared.schemas.webhooks import header_rules


def problem_of(given: dict[str, str]) -> str:
    with pytest.raises(ValueError) as refusal:
        header_rules.check(given)
    return str(refusal.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": "Bearer token"},
        {"X-Api-Key": "k", "x-tenant": "", "Cookie": "a=b; c=d", "X-Forwarded-For": "192.0.2.1"},
        {"X-Content-Type": "a", "Hostname": "a", "Team": "a", "Webhook": "a", "X-Beeper": "a"},
        {f"X-{number}": "v" for number in range(20)},
    ],
)
def test_takes_what_is_a_merchants_to_set(given: dict[str, str]) -> None:
    assert header_rules.check(given) == given


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "HOST",
        "Content-Type",
        "content-length",
        "Content-Encoding",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Expect",
        "User-Agent",
        "Accept-Encoding",
        "webhook-id",
        "Webhook-Signature",
        "svix-id",
        "Svix-Signature",
        "X-Beep-Signature",
        "x-beep-event",
        "X-BEEP-anything",
    ],
)
def test_refuses_what_is_ours_or_https_own(name: str) -> None:
    assert problem_of({"X-A": "1", name: "x"}) == f"The header {name} is not a merchant's to set."


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X-Ä", "X-A\r\nX-B", "X-A\x00", "(X)"])
def test_refuses_a_name_that_http_cannot_carry(name: str) -> None:
    assert problem_of({name: "x"}).startswith(f"The header {name}: A header's name may hold only ")


@pytest.mark.parametrize(
    "value", ["hush\r\nX-B: 1", "hush\n", "hush\x00", "hushä", " hush", "hush ", "hush\x7f"]
)
def test_refuses_a_value_that_http_cannot_carry_without_repeating_it(value: str) -> None:
    problem = problem_of({"X-Name": value})

    assert problem.startswith("The header X-Name: A header's value may hold only ")
    assert "hush" not in problem


def test_refuses_a_name_twice_however_it_is_spelled() -> None:
    given = {"X-Tenant": "1", "x-tenant": "2"}

    assert problem_of(given) == "The header x-tenant is given twice."


def test_refuses_too_many() -> None:
    given = {f"X-{number}": "" for number in range(21)}

    assert problem_of(given) == "There may be at most 20 headers."


def test_refuses_too_much() -> None:
    line = len("X-A: \r\n")
    assert header_rules.check({"X-A": "v" * (8_000 - line)})

    assert problem_of({"X-A": "v" * (8_001 - line)}) == (
        "The headers may have at most 8000 bytes together."
    )


def test_a_long_name_is_not_repeated_in_full() -> None:
    assert len(problem_of({"ä" * 5_000: ""})) < 300
