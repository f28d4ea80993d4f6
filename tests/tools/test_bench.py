"""The benchmark measures what it says, and what it runs ends with exact results."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest

from tools.bench import __main__ as command
from tools.bench import (
    before,
    contention,
    life,
    measure,
    members,
    payments,
    processor,
    rpcs,
    shops,
    stock,
)
from tools.bench.bare import new_client
from tools.bench.cold import Import, parse_import_times
from tools.bench.contention import Contest
from tools.bench.measure import Ratio
from tools.bench.report import Section, Table, Verdict, milliseconds, summary
from tools.bench.world import World, world
from tools.emulators import ROOT, FirestoreEmulator

HAS_GIT = shutil.which("git") is not None and not subprocess.call(
    ["git", "rev-parse", "--verify", "--quiet", "HEAD"],
    cwd=ROOT,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)

pytestmark = pytest.mark.xdist_group("bench")
# Two gateways in processes of their own; tests/functions/test_budgets.py holds the same budgets.
serves_twice = pytest.mark.wide

MANY = Contest("6 redemptions of 1", balance=5, redemptions=6, points=1)
WHOLE = Contest("3 redemptions of the whole balance", balance=7, redemptions=3, points=7)


@pytest.fixture(scope="module")
def two_gateways(firestore_emulator: FirestoreEmulator) -> Iterator[World]:
    with world(gateways=2) as found:
        yield found


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (50, 5), (51, 6), (90, 9), (95, 10), (100, 10)]
)
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    assert measure.percentile([10, 2, 9, 4, 7, 6, 5, 8, 3, 1], percent) == expected


def test_the_median_of_an_even_number_is_between_two() -> None:
    assert measure.median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_a_ratio_compares_round_by_round() -> None:
    assert measure.ratio([2, 40, 9], [1, 10, 9]) == Ratio(middle=2, lowest=1, highest=4)
    assert str(measure.ratio([1], [3])) == "0.33 (0.33 to 0.33)"


def test_a_ratio_needs_the_same_rounds_on_both_sides() -> None:
    with pytest.raises(ValueError, match="shorter"):
        measure.ratio([1, 2], [1])


def test_sides_take_turns_and_change_their_order() -> None:
    order: list[str] = []

    def side(name: str) -> int:
        order.append(name)
        return len(order)

    found = measure.alternate(3, {"a": lambda: side("a"), "b": lambda: side("b")})
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": [1, 4, 5], "b": [2, 3, 6]}


def test_a_rush_does_every_job_once_and_keeps_their_order() -> None:
    done: list[int] = []

    def job(number: int) -> Callable[[int], tuple[int, int]]:
        def work(client: int) -> tuple[int, int]:
            done.append(number)
            return number, client

        return work

    rush = measure.rush(4, [job(number) for number in range(50)])
    assert sorted(done) == list(range(50))
    assert [number for number, _ in rush.results] == list(range(50))
    assert {client for _, client in rush.results} <= {0, 1, 2, 3}


def test_the_clients_of_a_rush_work_at_the_same_time() -> None:
    all_there = threading.Barrier(3)  # Passed only by three at once.
    rush = measure.rush(3, [lambda _: all_there.wait(30)] * 3)
    assert sorted(rush.results) == [0, 1, 2]


def test_what_a_job_raises_is_raised_by_the_rush() -> None:
    def fail(_: int) -> None:
        raise LookupError("job")

    with pytest.raises(LookupError, match="job"):
        measure.rush(2, [fail, lambda _: None])


@pytest.mark.parametrize(
    ("duration_s", "text"), [(0.00123, "1.2 ms"), (0.0999, "99.9 ms"), (0.1234, "123 ms")]
)
def test_durations_have_three_digits(duration_s: float, text: str) -> None:
    assert milliseconds(duration_s) == text


def test_a_table_aligns_text_left_and_figures_right() -> None:
    table = Table(
        "Title", ("what", "by", "took"), [("a", "bare", "9"), ("b", "x", "10")], ["note"], 2
    )
    assert str(table).splitlines() == [
        "Title",
        "",
        "  what  by    took",
        "  ----  ----  ----",
        "  a     bare     9",
        "  b     x       10",
        "  note",
    ]


def test_the_summary_says_which_goals_are_missed() -> None:
    section = Section([], [Verdict("fast", "1.0", "2", True), Verdict("small", "3", "2", False)])
    assert summary([section]).rows == [("fast", "1.0", "2", "met"), ("small", "3", "2", "MISSED")]


def test_import_times_are_read() -> None:
    text = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:       157 |        157 |   shared.ids\n"
        "some other line\n"
        "import time:      1500 |       1657 | shared.clock\n"
    )
    assert parse_import_times(text) == [Import("shared.ids", 157), Import("shared.clock", 1500)]


@pytest.mark.parametrize(
    ("contest", "successes", "left"),
    [(MANY, 5, 0), (WHOLE, 1, 0), (Contest("", 10, 3, 2), 3, 4), (Contest("", 5, 1, 6), 0, 5)],
)
def test_a_contest_knows_how_it_must_end(contest: Contest, successes: int, left: int) -> None:
    assert (contest.successes, contest.left) == (successes, left)


def test_wrong_answers_are_told() -> None:
    refusal = (400, {"error": "INSUFFICIENT_BALANCE"})
    assert contention.wrong_answers(WHOLE, [refusal, (200, {}), refusal]) == []
    assert contention.wrong_answers(WHOLE, [(200, {}), (200, {}), refusal]) == [
        "successes: 2 instead of 1"
    ]
    assert contention.wrong_answers(WHOLE, [refusal, refusal, (503, {"error": "BUSY"})]) == [
        "successes: 0 instead of 1",
        "503 BUSY",
    ]


@serves_twice
@pytest.mark.parametrize("contest", [MANY, WHOLE])
@pytest.mark.parametrize("gateways", [1, 2])
def test_redemptions_over_http_end_exactly(
    two_gateways: World, contest: Contest, gateways: int
) -> None:
    assert contention.over_http(two_gateways, contest, gateways, clients=3).wrong == []


@serves_twice
@pytest.mark.parametrize("contest", [MANY, WHOLE])
def test_redemptions_with_the_bare_client_end_exactly(
    two_gateways: World, contest: Contest
) -> None:
    found = contention.with_bare_client(two_gateways, contest, new_client(), clients=3)
    assert found.wrong == []


@serves_twice
def test_redemptions_with_transactions_are_counted(two_gateways: World) -> None:
    through, _ = contention.with_transactions(two_gateways, WHOLE, bound_s=60, clients=1)
    assert through == 3


@serves_twice
def test_a_stock_sells_as_many_pieces_as_members_bought(two_gateways: World) -> None:
    section = stock.run(two_gateways, rounds=1, members=4)

    assert [verdict.measured for verdict in section.verdicts[1:]] == ["exact"]


@serves_twice
def test_every_endpoint_keeps_its_budget_and_logs_what_it_cost(two_gateways: World) -> None:
    section = rpcs.run(two_gateways)
    assert [verdict.claim for verdict in section.verdicts if not verdict.is_met] == []
    rows = {name: (cold, warm, budget) for name, cold, warm, budget in section.tables[0].rows}
    assert rows["redeemLoyaltyPoints"] == ("5 / 6 / 3", "2 / 3 / 3", "2")
    assert rows["getCustomerBalance"] == ("4 / 4 / 0", "1 / 1 / 0", "1")


@serves_twice
def test_a_payment_keeps_its_budget(two_gateways: World) -> None:
    section = payments.run(two_gateways, calls=2)

    assert [verdict.claim for verdict in section.verdicts if not verdict.is_met] == []
    counted, timed = section.tables
    assert counted.rows == [
        ("processPayment", "7 / 5 / 4", "7 / 6 / 4", "7"),
        ("pspWebhook", "5 / 4 / 2", "9 / 7 / 6", "5"),
        ("refundPayment", "6 / 5 / 3", "14 / 21 / 8", "6"),
    ]
    assert [row[0] for row in timed.rows] == ["p50", "p95"]


@serves_twice
def test_processor_time_is_measured_of_calls_and_of_deliveries(two_gateways: World) -> None:
    (table,) = processor.run(two_gateways, calls=1).tables

    names = ["earn", "redeem", "balance", "webhook delivery, with its share of the event"]
    assert [row[0] for row in table.rows] == names
    assert [bool(row[-1]) for row in table.rows] == [True, True, True, False]


@pytest.mark.wide
def test_lives_are_lived_and_written_again_by_the_bare_client() -> None:
    section = life.run(members=3)

    (table,) = section.tables
    assert table.title == "Life: 3 members, 45 calls and the calendar"
    assert [verdict.claim for verdict in section.verdicts] == ["the life of 3 members"]


@pytest.mark.wide  # An emulator of its own; the tests of shopWebhook hold the budget.
def test_orders_of_a_shop_are_told_and_written_again_by_the_bare_client() -> None:
    section = shops.run(orders=4, block=2)

    assert [each.claim for each in section.verdicts if each.measured != each.goal] == [
        "a shop's order, next to its writes"
    ]
    costs, growth = section.tables
    assert [row[:3] for row in costs.rows] == [
        (shops.FIRST, "4", "7 / 8 / 5"),
        (shops.AGAIN, "2", "2 / 2 / 0"),
        (shops.REFUNDED, "2", "10 / 15 / 7"),
        (shops.FAKE, "2", "1 / 1 / 0"),
    ]
    assert growth.title == "Shops: the last 1 of 2 turns, and the first 1"


@pytest.mark.wide  # Two emulators of its own; tests/functions/test_budgets.py holds the budgets.
def test_more_members_cost_no_more() -> None:
    section = members.run(many=2 * members.FEW, rounds=1)

    assert [verdict.claim for verdict in section.verdicts if not verdict.is_met] == []
    costs = {name: (few, many) for name, few, many, _, _ in section.tables[0].rows}
    assert costs["identifyMember, code"] == ("1 / 1 / 0", "1 / 1 / 0")
    assert costs["listMembers, the first page"] == ("1 / 21 / 0", "1 / 21 / 0")
    assert costs["listMembers, of a program by points"] == ("2 / 41 / 0", "2 / 41 / 0")


@pytest.mark.skipif(not HAS_GIT, reason="there is no repository of git")
@pytest.mark.wide  # Another commit, checked out and started, needs git and some time.
@pytest.mark.usefixtures("firestore_emulator")
def test_calls_and_cold_starts_are_compared_with_an_earlier_commit() -> None:
    section = before.run(base="HEAD", rounds=1, cold_rounds=1)

    names = {name for name, *_ in section.tables[0].rows}
    assert {"addLoyaltyPoints", "getCustomerBalance", "cold start of apiGateway"} <= names
    assert {verdict.claim for verdict in section.verdicts} == names


def test_an_unknown_benchmark_is_refused_with_the_names_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", "--only", "cold,hot"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
    assert (
        "there is no hot; there are contention, rpcs, latency, processor, cold, webhooks, payments"
        in (capsys.readouterr().err)
    )
