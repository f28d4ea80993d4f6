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

from shared.auth.keys import KeyMode
from shared.connectors import client as http
from shared.domain.accounts.staff import StaffRole
from shared.services.accounts import administration, oauth_apps
from shared.services.systems import shop_addresses
from shared.store import cache, paths
from tests.conftest import Clock
from tests.support import oauth_apps as apps
from tests.support import staff, stored, woocommerce_site
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tests.support.oauth import OAuth
from tests.support.refusals import nothing_written
from tests.support.staff import Persons
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

    def ask(self, by: Api | None = None, **fields: Any) -> str:
        """Return the page of the shop; the merchant's key asks, unless it is somebody else."""
        body = {
            "system": SYSTEM,
            "storeId": self.merchant.store_id,
            "credentials": {"shopUrl": SHOP_URL, "baseUrl": self.site.url},
            "awardPointsProgramId": self.anna.program_id,
        }
        api = by or self.merchant.api
        return str(api.ok("connectShop", {**body, **fields})["url"])

    def agree(self, page: str) -> TestResponse | None:
        return self.site.agree(self.app, page)

    def approve(self, state: str, *, path: str | None = None, **key: Any) -> int:
        """Post a key that the shop takes, unless another one is given."""
        sent = {**self.site.new_key(state), **key}
        url = path or f"{self.path}/approve"
        return woocommerce_site.post(self.app, url, sent).status_code

    def configure(self) -> None:
        """Connect the shop by a key that the merchant has copied."""
        key = self.site.new_key("")
        credentials = {
            "shopUrl": SHOP_URL,
            "baseUrl": self.site.url,
            "consumerKey": key["consumer_key"],
            "consumerSecret": key["consumer_secret"],
            "webhookSecret": "secret-of-the-webhooks",
        }
        self.merchant.api.ok("configureSync", {**self.named, "credentials": credentials})

    @property
    def named(self) -> dict[str, str]:
        return {"kind": "shop", "system": SYSTEM, "storeId": self.merchant.store_id}

    def assert_void(self, page: str) -> None:
        """Check that the page's answer connects nothing, posted or browsed, and writes nothing."""
        before = stored.documents_of(self.merchant, "connections")
        with nothing_written():
            assert self.approve(state_in(page)) == 401
            assert self.browse(state_in(page)).status_code == 401
        assert stored.documents_of(self.merchant, "connections") == before

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


def test_what_configure_sync_says_later_counts_more(asking: Asking) -> None:
    page = asking.ask(schedule="nightly")
    asking.configure()
    assert asking.status()["schedule"] == "none"
    asking.assert_void(page)
    assert asking.site.webhooks == []
    assert asking.agree(asking.ask()) is not None  # Asked anew, it works.


def test_a_shop_that_is_configured_while_another_link_waits_keeps_it(asking: Asking) -> None:
    """Of another system and another store nothing was said."""
    page = asking.ask()
    other = asking.merchant.another_store()
    with nothing_written():
        answer = asking.merchant.api(
            "deleteSyncConfiguration", {**asking.named, "storeId": other.store_id}
        )
        assert answer.error == "CONNECTOR_NOT_CONFIGURED"
        answer = asking.merchant.api(
            "deleteSyncConfiguration", {**asking.named, "system": "shopify"}
        )
        assert answer.error == "CONNECTOR_NOT_CONFIGURED"
    assert asking.agree(page) is not None


def test_a_link_is_deleted_with_the_connection_and_without_one(asking: Asking) -> None:
    asking.configure()
    for _ in range(2):  # The second time there is nothing but the link.
        page = asking.ask()
        asking.merchant.api.ok("deleteSyncConfiguration", asking.named)
        asking.assert_void(page)
        assert stored.documents_of(asking.merchant, "shopApprovals") == {}
    with nothing_written():
        again = asking.merchant.api("deleteSyncConfiguration", asking.named)
    assert again.error == "CONNECTOR_NOT_CONFIGURED"


def test_a_link_that_is_over_is_nothing_to_delete(asking: Asking) -> None:
    asking.ask()
    asking.clock.advance(minutes=60)
    with nothing_written():
        answer = asking.merchant.api("deleteSyncConfiguration", asking.named)
    assert answer.error == "CONNECTOR_NOT_CONFIGURED"


def test_a_link_ends_with_the_key_that_has_asked(asking: Asking) -> None:
    issued = administration.issue_key(asking.merchant.account_id, KeyMode.LIVE)
    page = asking.ask(Api(asking.app, issued.key.text))
    administration.revoke_key(issued.record.key_id)
    asking.assert_void(page)
    assert asking.agree(asking.ask()) is not None


@pytest.mark.parametrize("ends", ["token", "key", None])
def test_a_link_ends_with_the_token_that_has_asked(asking: Asking, ends: str | None) -> None:
    issued = administration.issue_key(asking.merchant.account_id, KeyMode.LIVE)
    oauth = OAuth(asking.app, issued.key.text)
    token = oauth.token(scope="systems.write")
    page = asking.ask(Api(asking.app, token))
    asking.clock.advance(minutes=1)
    if ends == "token":
        assert oauth.post("revoke", token=token).status == 200
    if ends == "key":
        administration.revoke_key(issued.record.key_id)
    if ends is not None:
        asking.assert_void(page)
    else:
        assert asking.agree(page) is not None


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("role", [StaffRole.OWNER, StaffRole.DEVELOPER])
def test_a_person_who_has_asked_is_connected(asking: Asking, role: StaffRole) -> None:
    by = staff.hired(asking.merchant, role)
    asking.clock.advance(minutes=1)
    page = asking.ask(by)
    back = asking.agree(page)
    assert back is not None
    assert back.status_code == 200
    assert asking.status()["isConfigured"] is True


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize(
    "change",
    [
        None,
        {"isDisabled": True},
        {"role": "manager"},
        {"role": "cashier"},
    ],
)
def test_a_link_ends_with_the_role_of_who_has_asked(
    asking: Asking, change: dict[str, Any] | None
) -> None:
    page = asking.ask(staff.hired(asking.merchant, "developer", "uid_dev"))
    action = "removeStaffMember" if change is None else "updateStaffMember"
    asking.merchant.api.ok(action, {"userId": "uid_dev", **(change or {})})
    asking.assert_void(page)
    asking.configure()
    asking.assert_void(page)


@pytest.mark.usefixtures("persons")
def test_who_is_added_anew_has_asked_for_nothing_yet(asking: Asking) -> None:
    page = asking.ask(staff.hired(asking.merchant, "developer", "uid_dev"))
    asking.merchant.api.ok("removeStaffMember", {"userId": "uid_dev"})
    asking.clock.advance(minutes=1)
    by = staff.hired(asking.merchant, "developer", "uid_dev")
    asking.assert_void(page)
    assert asking.agree(asking.ask(by)) is not None


@pytest.mark.parametrize(
    "known", [None, {"disabled": True}, {"emailVerified": False}, {"validSince": "4000000000"}]
)
def test_a_link_ends_with_the_sign_in_of_who_has_asked(
    asking: Asking, persons: Persons, known: dict[str, Any] | None
) -> None:
    page = asking.ask(staff.hired(asking.merchant, "developer", "uid_dev"))
    asking.clock.advance(minutes=2)
    if known is None:
        persons.delete("uid_dev")
    else:
        persons.set("uid_dev", **known)
    cache.clear_all()  # As after 60 s.
    asking.assert_void(page)


@pytest.mark.usefixtures("persons")
@pytest.mark.parametrize("ends", ["consent", "app", "person", None])
def test_a_link_ends_with_the_app_that_has_asked(asking: Asking, ends: str | None) -> None:
    app = apps.registered(asking.merchant)
    staff.hired(asking.merchant, "owner", "uid_second")
    tokens = app.tokens(scope="systems.write")
    page = asking.ask(app.api(tokens))
    if ends == "consent":
        app.post("revoke", token=tokens["refresh_token"])
    if ends == "app":
        oauth_apps.set_disabled(app.client_id, is_disabled=True)
    if ends == "person":
        asking.merchant.api.ok("removeStaffMember", {"userId": apps.OWNER})
    if ends is not None:
        asking.assert_void(page)
    else:
        assert asking.agree(page) is not None


@pytest.mark.usefixtures("persons")
def test_that_who_has_asked_is_looked_at_costs_no_call_of_its_own(asking: Asking) -> None:
    def cost(by: Api | None) -> tuple[list[str], int]:
        state = state_in(asking.ask(by))
        with watched() as traffic:
            assert asking.approve(state) == 200
        return traffic.rpcs, traffic.reads

    cost(None)
    by_key, by_person = cost(None), cost(staff.hired(asking.merchant, "developer"))
    assert by_key == by_person
    # The link; then all that the decision reads, at one moment; then the one commit.
    assert by_key[0] == ["get", "get", "commit"]
