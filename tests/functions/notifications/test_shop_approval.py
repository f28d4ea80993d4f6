"""A merchant says yes in the shop: it is connected, and nobody else can connect or change it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from shared.connectors import client as http
from shared.services.accounts import administration
from shared.services.systems import shop_addresses
from shared.store import paths
from tests.conftest import Clock
from tests.support import stored, woocommerce_site
from tests.support.merchants import Member, Merchant
from tests.support.refusals import nothing_written
from tests.support.traffic import watched
from tests.support.woocommerce import order
from tests.support.woocommerce_site import SHOP_URL, WooSite

SYSTEM = "woocommerce"


@dataclass
class Asking:
    """A store that asks its shop for access; its member is the shop's customer 26."""

    anna: Member
    app: Flask
    site: WooSite
    clock: Clock

    @property
    def merchant(self) -> Merchant:
        return self.anna.merchant

    @property
    def path(self) -> str:
        return f"/apiGateway/shopWebhook/{SYSTEM}/{self.merchant.store_id}"

    def ask(self, **fields: Any) -> str:
        """Return the page of the shop."""
        body = {
            "system": SYSTEM,
            "storeId": self.merchant.store_id,
            "credentials": {"shopUrl": SHOP_URL, "baseUrl": self.site.url},
            "awardPointsProgramId": self.anna.program_id,
        }
        return str(self.merchant.api.ok("connectShop", {**body, **fields})["url"])

    def agree(self, page: str) -> TestResponse | None:
        return self.site.agree(self.app, page)

    def approve(self, state: str, *, path: str | None = None, **key: Any) -> int:
        """Post a key that the shop takes, unless another one is given."""
        sent = {**self.site.new_key(state), **key}
        url = path or f"{self.path}/approve"
        return woocommerce_site.post(self.app, url, sent).status_code

    def browse(self, state: str, success: str = "1") -> TestResponse:
        asked = {"return_url": f"{self.path}/connected", "user_id": state}
        return woocommerce_site.browse(self.app, asked, success=success)

    def status(self) -> dict[str, Any]:
        found = self.merchant.api.ok("getSyncStatus", {"storeId": self.merchant.store_id})
        return dict(*(each for each in found["systems"] if each["kind"] == "shop"))

    def notify(self, row: dict[str, Any]) -> int:
        """Send a notice, as the first webhook of the shop does."""
        hook = self.site.webhooks[0]
        assert hook["delivery_url"] == shop_addresses.of_notices(SYSTEM, self.merchant.store_id)
        headers, raw = woocommerce_site.notice(row, hook["secret"])
        return self.app.test_client().post(self.path, data=raw, headers=headers).status_code


def state_in(page: str) -> str:
    return parse_qs(urlsplit(page).query)["user_id"][0]


def text_of(page: TestResponse) -> str:
    return page.get_data(as_text=True)


@pytest.fixture
def asking(
    merchant: Merchant, app: Flask, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Asking]:
    monkeypatch.setattr(http, "PAUSE_S_MAX", -1.0)
    anna = merchant.member("points", rules={"pointsPerEuro": 10})
    with woocommerce_site.woo_site() as site:
        yield Asking(anna, app, site, frozen_clock)


def test_who_says_yes_is_connected_and_orders_earn_at_once(asking: Asking) -> None:
    page = asking.ask()
    assert asking.status() == {}

    back = asking.agree(page)

    assert back is not None
    assert back.status_code == 200
    assert "Your shop is connected" in text_of(back)
    assert "tells of each order at once" in text_of(back)
    topics = [each["topic"] for each in asking.site.webhooks]
    assert topics == ["order.created", "order.updated", "order.deleted", "order.restored"]
    assert {each["status"] for each in asking.site.webhooks} == {"active"}
    status = asking.status()
    assert (status["isConfigured"], status["schedule"]) == (True, "hourly")
    assert status["awardPointsProgramId"] == asking.anna.program_id
    assert status["config"] == {
        "shopUrl": SHOP_URL,
        "baseUrl": asking.site.url,
        "giftCardProductIds": [],
    }
    link = {"userId": "user_1", "storeId": asking.merchant.store_id, "system": SYSTEM}
    asking.merchant.api.ok("linkShopCustomer", {**link, "customerId": "26"})
    assert asking.notify(order()) == 200
    assert asking.anna.balance()["currentBalance"] == 299


def test_the_page_loads_nothing_runs_nothing_and_tells_nobody_its_address(asking: Asking) -> None:
    page = asking.ask()
    for each in (asking.agree(page), asking.browse("x"), asking.browse("x", "0")):
        assert each is not None
        assert each.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )
        assert each.headers["Referrer-Policy"] == "no-referrer"
        assert each.headers["Cache-Control"] == "no-store"
        assert each.headers["X-Frame-Options"] == "DENY"
        assert "Set-Cookie" not in each.headers
        assert "<script" not in text_of(each)
        style = asking.app.test_client().get("/apiGateway/oauth/authorize/page.css")
        assert style.status_code == 200  # As the page names it, from its own address.


def test_no_secret_is_in_an_address_a_log_or_plain_in_a_document(
    asking: Asking, capsys: pytest.CaptureFixture[str]
) -> None:
    page = asking.ask()
    asking.agree(page)
    logged = "".join(capsys.readouterr())
    assert "shopWebhook" in logged
    secrets = [asking.site.webhooks[0]["secret"]]
    secrets += [asking.site.keys[0][name] for name in ("consumer_key", "consumer_secret")]
    found = str(stored.documents_of(asking.merchant, "shopApprovals"))
    found += str(stored.documents_of(asking.merchant, "connections"))
    assert not [each for each in secrets if each in page + found + logged]
    assert state_in(page) not in found + logged


@pytest.mark.parametrize("state", ["", "x", "0" * 64, "é" * 64, "a" * 201, 17, None])
def test_who_knows_only_the_address_writes_nothing(asking: Asking, state: Any) -> None:
    asking.ask()
    with nothing_written(), watched() as traffic:
        assert asking.approve(state) == 401
        assert asking.browse(str(state)).status_code == 401
    assert traffic.reads <= 2
    assert asking.site.asked == []
    assert asking.status() == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"[" * 100_000, b"\xff", b"user_id=x", b'{"user_id": {}}'],
)
def test_what_is_no_answer_of_a_shop_writes_nothing(asking: Asking, body: bytes) -> None:
    asking.ask()
    with nothing_written(), watched() as traffic:
        answer = woocommerce_site.post(asking.app, f"{asking.path}/approve", body)
    assert (answer.status_code, traffic.reads) == (401, 0)


@pytest.mark.parametrize(
    "key",
    [
        {"key_permissions": "read"},
        {"key_permissions": "write"},
        {"consumer_key": "ck_"},
        {"consumer_key": "ck_é" + "0" * 30},
        {"consumer_key": "ck_" + "0" * 30 + "\r\nX: y"},
        {"consumer_secret": None},
        {"consumer_secret": ["cs_" + "0" * 40]},
    ],
)
def test_a_key_that_does_not_suffice_writes_nothing(asking: Asking, key: dict[str, Any]) -> None:
    page = asking.ask()
    with nothing_written():
        assert asking.approve(state_in(page), **key) == 401
    assert asking.site.asked == []
    assert asking.agree(page) is not None  # The page works still.


def test_a_key_of_another_shop_writes_nothing(asking: Asking) -> None:
    page = asking.ask()
    foreign = "ck_" + "f" * 40
    with nothing_written():
        assert asking.approve(state_in(page), consumer_key=foreign) == 400
    assert asking.status() == {}


def test_a_state_counts_once(asking: Asking) -> None:
    page = asking.ask()
    assert asking.agree(page) is not None
    before = stored.documents_of(asking.merchant, "connections")
    with nothing_written():
        assert asking.approve(state_in(page)) == 401
        assert asking.browse(state_in(page)).status_code == 200
    assert len(asking.site.webhooks) == 4
    assert stored.documents_of(asking.merchant, "connections") == before

    body = {"kind": "shop", "system": SYSTEM, "storeId": asking.merchant.store_id}
    asking.merchant.api.ok("deleteSyncConfiguration", body)
    with nothing_written():
        assert asking.approve(state_in(page)) == 401
        assert asking.browse(state_in(page)).status_code == 401
    assert asking.status() == {}


def test_of_answers_at_once_one_counts(asking: Asking) -> None:
    state = state_in(asking.ask())
    keys = [asking.site.new_key(state) for _ in range(4)]
    url = f"{asking.path}/approve"

    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda key: woocommerce_site.post(asking.app, url, key).status_code, keys)
        assert sorted(sent) == [200, 401, 401, 401]

    assert len(stored.documents_of(asking.merchant, "connections")) == 1
    assert asking.browse(state).status_code == 200


def test_a_state_counts_for_an_hour_and_until_it_is_asked_again(asking: Asking) -> None:
    first = asking.ask()
    second = asking.ask()
    with nothing_written():
        assert asking.approve(state_in(first)) == 401
    asking.clock.advance(minutes=60)
    with nothing_written():
        assert asking.agree(second) is None
        assert asking.browse(state_in(second)).status_code == 401
    asking.ask()
    third = asking.ask()
    asking.clock.advance(minutes=59)
    assert asking.agree(third) is not None


def test_a_state_counts_for_no_other_store(asking: Asking) -> None:
    state = state_in(asking.ask())
    silent, other = (asking.merchant.another_store().store_id for _ in range(2))
    body = {"system": SYSTEM, "storeId": other, "credentials": {"shopUrl": SHOP_URL}}
    asking.merchant.api.ok("connectShop", body)
    for store_id in ("store_of_nobody", silent, other):
        path = asking.path.replace(asking.merchant.store_id, store_id)
        with nothing_written():
            assert asking.approve(state, path=f"{path}/approve") == 401
        assert stored.document(paths.connection(store_id, "shop", SYSTEM)) is None


@pytest.mark.parametrize("system", ["generic", "shopware", "nothing"])
def test_a_system_without_such_a_page_has_none(asking: Asking, system: str) -> None:
    path = asking.path.replace(SYSTEM, system)
    with nothing_written():
        assert asking.approve("x", path=f"{path}/approve") == 401
        assert asking.app.test_client().get(f"{path}/connected").status_code == 401


def test_each_address_takes_one_method(asking: Asking) -> None:
    client = asking.app.test_client()
    with nothing_written():
        assert client.get(f"{asking.path}/approve").status_code == 405
        refused = client.post(f"{asking.path}/connected")
        assert client.get(f"{asking.path}/other").status_code == 401
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")
    assert refused.json is not None
    assert "POST" not in refused.json["message"] + refused.json["fix"]


def test_who_says_no_is_told_that_nothing_has_changed(asking: Asking) -> None:
    page = asking.ask()
    with nothing_written():
        answer = asking.browse(state_in(page), "0")
    assert answer.status_code == 200
    assert "not connected" in text_of(answer)
    assert asking.agree(page) is not None


def test_who_is_back_before_the_shop_has_answered_is_not_connected(asking: Asking) -> None:
    page = asking.ask()
    with nothing_written():
        assert asking.browse(state_in(page)).status_code == 401
    assert asking.site.webhooks == []


def test_a_shop_that_does_not_take_webhooks_is_connected_and_says_so(asking: Asking) -> None:
    page = asking.ask()
    assert asking.approve(state_in(page)) == 200
    refusal = {"code": "no", "message": "Not <b>here</b>."}
    asking.site.refuse = [(403, refusal)]
    answer = asking.browse(state_in(page))
    assert answer.status_code == 200
    assert "Your shop is connected" in text_of(answer)
    assert "Not &lt;b&gt;here&lt;/b&gt;" in text_of(answer)
    assert "subscribeShopNotices" in text_of(answer)
    assert asking.status()["isConfigured"] is True

    body = {"system": SYSTEM, "storeId": asking.merchant.store_id}
    asking.merchant.api.ok("subscribeShopNotices", body)
    assert len(asking.site.webhooks) == 4


def test_a_shop_that_does_not_answer_is_not_connected_and_the_page_works_still(
    asking: Asking,
) -> None:
    page = asking.ask()
    asking.site.refuse = [(503, {})]
    with nothing_written():
        assert asking.agree(page) is None
    assert asking.agree(page) is not None


def test_a_connection_stays_until_the_shop_has_answered(asking: Asking) -> None:
    assert asking.agree(asking.ask()) is not None
    before = stored.documents_of(asking.merchant, "connections")
    page = asking.ask(schedule="nightly")
    assert stored.documents_of(asking.merchant, "connections") == before

    asking.clock.advance(minutes=5)
    assert asking.agree(page) is not None
    (after,) = stored.documents_of(asking.merchant, "connections").values()
    assert after["schedule"] == "nightly"
    (first,) = before.values()
    assert after["ordersSince"] == first["ordersSince"]
    assert len(asking.site.webhooks) == 4
    assert asking.notify(order()) == 200


def test_the_shop_shows_cards_if_that_was_asked_for_and_stays_so(asking: Asking) -> None:
    for fields, shows in (
        ({}, False),
        ({"writesCards": True}, True),
        ({}, True),
        ({"writesCards": False}, False),
    ):
        asking.clock.advance(minutes=1)
        assert asking.agree(asking.ask(**fields)) is not None
        (connection,) = stored.documents_of(asking.merchant, "connections").values()
        assert connection["writesCards"] is shows
        (fill,) = stored.documents_of(asking.merchant, "shopCardFills").values()
        assert fill["system"] == SYSTEM

    body = {"system": SYSTEM, "storeId": asking.merchant.store_id, "writesCards": True}
    with nothing_written():
        asked = {**body, "credentials": {"shopUrl": SHOP_URL}}
        answer = asking.merchant.api("connectShop", asked)
    assert answer.body["details"]["fields"].keys() == {"writesCards"}


def test_the_key_that_a_shop_has_given_stays_when_settings_change(asking: Asking) -> None:
    assert asking.agree(asking.ask()) is not None
    settings = {"shopUrl": f"{SHOP_URL}/", "baseUrl": asking.site.url}
    body = {"kind": "shop", "system": SYSTEM, "storeId": asking.merchant.store_id}
    with_cards = {**body, "credentials": {**settings, "giftCardProductIds": [93]}}
    asking.merchant.api.ok("configureSync", with_cards)
    assert asking.status()["config"]["giftCardProductIds"] == [93]
    assert asking.notify(order()) == 200

    before = stored.documents_of(asking.merchant, "connections")
    for changed in (
        {"shopUrl": "https://another.example.com"},
        {"shopUrl": f"{SHOP_URL}.evil.example.com"},
        {"consumerKey": None},
        {"consumer_secret": None},
        {"webhookSecret": None},
    ):
        asked = len(asking.site.asked)
        with nothing_written():
            answer = asking.merchant.api(
                "configureSync", {**body, "credentials": {**settings, **changed}}
            )
        assert answer.error == "INVALID_PARAMETERS"
        assert len(asking.site.asked) == asked  # The key is sent nowhere.
    assert stored.documents_of(asking.merchant, "connections") == before


def test_nothing_is_connected_for_an_account_that_was_switched_off(asking: Asking) -> None:
    page = asking.ask()
    administration.set_active(asking.merchant.account_id, is_active=False)
    with nothing_written():
        assert asking.agree(page) is None
