"""make soak: it finds nothing where all is right, and what nobody was told of."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from shared.store import client
from shared.store.client import Put
from shared.store.loyalty import stock_documents
from tests.support.merchants import Merchant
from tools.soak import __main__ as command
from tools.soak import domain, operations, proofs
from tools.soak.differences import DifferenceError
from tools.soak.rounds import Round

ROOT = Path(__file__).resolve().parents[2]


def test_a_balance_that_no_answer_told_of_is_found(merchant: Merchant) -> None:
    round_ = Round(merchant, Random(1), is_told=False)
    assert operations.chosen(round_, 3)
    round_.prove(is_over=True)
    adjust = {"points": 5, "reason": "Nobody is told", "actor": "test"}
    merchant.api.ok("adjustLoyaltyPoints", {**round_.ids(round_.users[0]), **adjust})

    with pytest.raises(DifferenceError, match="has 5, 0 pending and 0 expired; the answers say 0"):
        round_.prove()


def test_a_piece_and_an_event_that_are_missing_are_found(merchant: Merchant) -> None:
    round_ = Round(merchant, Random(1), is_told=True)
    body = {**round_.ids(round_.users[0]), "points": 5, "transactionId": "t1"}
    merchant.api.ok("addLoyaltyPoints", body)

    with pytest.raises(DifferenceError, match=r"is told to set\(\) instead of"):
        proofs.require_outbox(round_.store_id, round_.program_id)
    with pytest.raises(DifferenceError, match="'earned': 0"):
        proofs.require_report(merchant.api, round_.program_id, "2026-01-01")
    proofs.require_stock(round_.program_id, round_.left)
    few = stock_documents.path(round_.program_id, "few")
    client.commit([Put(few, {"remaining": 5})])
    with pytest.raises(DifferenceError, match="5 pieces of few are left; the answers say 6"):
        proofs.require_stock(round_.program_id, round_.left)


def test_the_domain_is_soaked_and_a_difference_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(domain, "ROUND", 40)

    assert command.main(["--domain", "60", "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert "60 commands of the ledger in the domain" in out
    assert "(rounds 0 to 1, --seed 3)" in out
    assert out.endswith("Nothing was found.\n")

    def wrong(*_: object) -> None:
        raise AssertionError("a unit too many")

    monkeypatch.setattr(domain, "assert_proved", wrong)
    assert command.main(["--domain", "60", "--seed", "3", "--first-round", "7"]) == 1
    out = capsys.readouterr().out
    assert "a unit too many" in out
    assert "--seed 3 --first-round 7" in out


@pytest.mark.wide
def test_a_short_run_finds_nothing() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.soak", "--operations", "30", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "Nothing was found."), run.stdout
