"""The script that a newcomer runs: orders of all shops through the running product."""

from __future__ import annotations

import pytest

from shared.connectors import shop
from tests.e2e.conftest import Run
from tests.support import shopify_shop, shops, shopware_shop, vendors, woocommerce_shop
from tests.support.vendor_shops.base import Notice
from tests.support.vendor_shops.generic import GenericShop
from tools import try_shops

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(600)]


def test_sells_redeems_and_refunds_in_every_shop(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refunded = GenericShop.refunded

    def refunded_while_others_buy(shop: GenericShop, number: int, euros: int) -> Notice:
        other = {"programId": "lp_demo-points", "userId": f"other_{number}"}
        run.post("enrollInLoyaltyProgram", other)
        run.post("addLoyaltyPoints", {**other, "purchaseAmount": 20, "transactionId": str(number)})
        return refunded(shop, number, euros)

    monkeypatch.setattr(GenericShop, "refunded", refunded_while_others_buy)

    assert try_shops.main([], run.local / "dev.json") == 0

    printed = capsys.readouterr().out
    assert "DIFFERS" not in printed
    has_schema = vendors.find_vendor_spec(shopify_shop.SPEC) is not None
    told = [
        each for each in shop.SYSTEMS if f"ok      {each:12}signed events have arrived" in printed
    ]
    assert told == [each for each in shop.SYSTEMS if has_schema or each != "shopify"]
    secrets = (shops.SECRET, shopware_shop.SECRET, woocommerce_shop.SAMPLE["webhookSecret"])
    assert not [each for each in secrets if each in printed]


def test_says_what_differs_and_fails(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refunded = GenericShop.refunded
    monkeypatch.setattr(
        GenericShop, "refunded", lambda shop, number, euros: refunded(shop, number, euros - 1)
    )
    assert try_shops.main(["generic"], run.local / "dev.json") == 1

    differs = [each for each in capsys.readouterr().out.splitlines() if "DIFFERS" in each]
    assert differs == [
        "DIFFERS generic     takes points back, the balance is: 130, but it should be 120",
        "DIFFERS generic     shows on the card: 130, but it should be 120",
    ]


def test_says_what_is_missing(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    assert try_shops.main([], tmp_path / "dev.json") == 1
    assert "make run" in capsys.readouterr().err


def test_says_which_systems_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        try_shops.main(["korona"])
    assert "there is no korona; there are shopify, " in capsys.readouterr().err
