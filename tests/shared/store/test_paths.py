"""Where everything lives, and that no text from outside can lead elsewhere."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.store import client, paths
from shared.store.client import Create
from shared.store.paths import encode
from tests.support.library import library
from tools.emulators import FirestoreEmulator

ODD = [
    ".",
    "..",
    "...",
    "__x__",
    "__",
    "____",
    "__x",
    "__" + "a" * 126,
    "__" + "a" * 598,
    "_" * 600,
    "/",
    "a/b",
    "//",
    "../../accounts/acc_1",
    " ",
    "\t\n",
    "\x00",
    "%",
    "%2F",
    "%2E",
    "%sha256-0",
    "a_b",
    "*",
    "`",
    "~",
    "{id}",
    "#?&=+",
    "ä",
    "a\u0308",
    "ﬀ",
    "🎁",
    "🎁" * 128,
    "\U0010ffff" * 128,
    "ä" * 128,
    "/" * 128,
    "a" * 128,
    "a" * 600,
    "a" * 601,
    "a" * 5_000,
    "user@example.org",
]
LEGAL = re.compile(r"[A-Za-z0-9_.~%-]{1,600}")
TEXTS = st.text(min_size=1, max_size=128) | st.sampled_from(ODD)
SEGMENTS = st.text("/._%-~ax\x00", min_size=1, max_size=12)


@given(TEXTS | SEGMENTS)
def test_any_text_becomes_one_legal_segment(text: str) -> None:
    encoded = encode(text)
    assert LEGAL.fullmatch(encoded)
    assert encoded not in {".", ".."}
    assert not encoded.startswith("__")


@given(st.lists(TEXTS | SEGMENTS, unique=True, min_size=2, max_size=30))
def test_different_texts_stay_different(texts: list[str]) -> None:
    assert len({encode(text) for text in texts}) == len(texts)


def test_the_odd_texts_stay_different() -> None:
    assert len({encode(text) for text in ODD}) == len(ODD)


def test_the_form_of_a_hashed_text_cannot_be_sent() -> None:
    hashed = encode("a" * 601)
    assert hashed.startswith("%sha256-")
    assert encode(hashed) != hashed


@pytest.mark.parametrize("text", ["user_xyz", "lp_abc123", "A-b.c~9", "x__y__"])
def test_plain_ids_stay_readable(text: str) -> None:
    assert encode(text) == text


@pytest.mark.parametrize("text", ODD)
def test_firestore_takes_every_odd_id(firestore_emulator: FirestoreEmulator, text: str) -> None:
    assert_stored_alone(text)


@given(TEXTS | SEGMENTS)
@settings(max_examples=60)
def test_firestore_takes_any_id(firestore_emulator: FirestoreEmulator, text: str) -> None:
    assert_stored_alone(text)


def assert_stored_alone(text: str) -> None:
    """Write and read back a document whose ids are all this text, through Firestore."""
    path = paths.entry(paths.membership_id(text, text), encode(text))
    mirror = paths.store_member(text, paths.membership_id(text, text))
    for each in (path, mirror):
        read = client.get_one(each)
        if read.data is None:
            client.commit([Create(each, {"text": text})])
        assert client.get_one(each).data == {"text": text}
        assert library().document(each).path == each
    assert [path.count("/"), mirror.count("/")] == [3, 3]


@given(TEXTS | SEGMENTS, TEXTS | SEGMENTS)
def test_a_products_id_leads_to_the_product_and_nowhere_else(store_id: str, key: str) -> None:
    product_id = paths.product_id(store_id, key)

    assert paths.product_of_id(product_id) == paths.store_product(store_id, key)
    assert paths.product_of_id(f"{product_id}/{key}") is None
    assert paths.product_of_id(f"__{product_id}__") is None
    assert paths.product_of_id(paths.encode(key).replace("_", "")) is None
    assert len(product_id) <= 1_500


@given(st.text() | TEXTS | SEGMENTS)
def test_what_names_no_product_leads_to_one_document_at_most(text: str) -> None:
    found = [paths.product_of_id(text), *paths.products_of_former_id(text)]
    for path in found:
        assert path is None or re.fullmatch(
            r"stores/(?!\.+/|__)[0-9A-Za-z_.~%-]{1,600}/products/(?!\.+$|__)[0-9A-Za-z_.~%-]{1,600}",
            path,
        )


def test_a_former_id_leads_to_each_product_that_can_have_had_it() -> None:
    assert paths.products_of_former_id("shop_2_4006381333931") == [
        "stores/shop/products/2_4006381333931"
    ]
    assert paths.products_of_former_id("store_a_4006381333931") == [
        "stores/store/products/a_4006381333931"
    ]
    assert paths.products_of_former_id("shop_1") == []
    assert len(paths.products_of_former_id("_".join("a" * 100))) == paths.FORMER_PRODUCT_IDS_MAX


PARTS = st.text("_/%.a5F\x00", min_size=1, max_size=8) | st.sampled_from(
    ["shop", "shop_2", "2_4006381333931", "4006381333931", "lp_1", "lp", "_", "__", "%_", "%5F"]
)
JOINED = {
    "membership": (paths.membership_id, 2),
    "product": (paths.product_id, 2),
    "connection": (paths.connection, 3),
    "sync": (paths.sync, 3),
    "mirror of a membership": (
        lambda store, program, user: paths.store_member(store, paths.membership_id(program, user)),
        3,
    ),
    "part of a sync": (lambda *parts: paths.sync_part(paths.sync(*parts[:3]), parts[3], 1), 4),
    "price": (paths.price_change, 3),
}


@pytest.mark.parametrize("kind", JOINED)
@given(st.data())
@settings(max_examples=200)
def test_different_parts_never_give_one_joined_id(kind: str, data: st.DataObject) -> None:
    join, size = JOINED[kind]
    one, other = (data.draw(st.tuples(*[PARTS] * size)) for _ in range(2))

    assert (join(*one) == join(*other)) is (one == other)


def test_the_same_text_cut_elsewhere_gives_another_joined_id() -> None:
    """Every way to cut a text with many underscores, which random parts seldom meet."""
    words = ["lp", "shop", "", "2", "a", "4006", "pos", "korona"]
    for join, size in JOINED.values():
        cuts = [
            tuple("_".join(words[start:end]) for start, end in pairwise((0, *places, len(words))))
            for places in combinations(range(1, len(words)), size - 1)
        ]
        assert len({join(*parts) for parts in cuts}) == len(cuts)


@given(TEXTS | SEGMENTS, TEXTS | SEGMENTS)
def test_two_users_of_a_program_never_share_a_membership(one: str, other: str) -> None:
    ids_ = {paths.membership_id("lp_1", user) for user in (one, other)}
    assert len(ids_) == len({one, other})


def test_everything_has_its_place() -> None:
    assert [
        paths.account("acc/1"),
        paths.api_key("ab12"),
        paths.store("store/1"),
        paths.program("lp/1"),
        paths.store_program("store/1", "lp/1"),
        paths.reward_stock("lp/1", "rw/1"),
        paths.member("lp_1_u%2F1"),
        paths.store_member("store/1", "lp_1_u%2F1"),
        paths.entry("lp_1_u%2F1", "le_1"),
        paths.idempotency_key("cd34"),
        paths.event("evt_1"),
        paths.webhook_endpoint("we/1"),
        paths.webhook_delivery("evt_1_we_1"),
        paths.stats_shards("lp/1"),
        paths.sweep("entries"),
    ] == [
        "accounts/acc%2F1",
        "apiKeys/ab12",
        "stores/store%2F1",
        "loyaltyPrograms/lp%2F1",
        "stores/store%2F1/loyaltyPrograms/lp%2F1",
        "loyaltyPrograms/lp%2F1/rewardStock/rw%2F1",
        "loyaltyMembers/lp_1_u%2F1",
        "stores/store%2F1/loyaltyMembers/lp_1_u%2F1",
        "loyaltyMembers/lp_1_u%2F1/entries/le_1",
        "idempotencyKeys/cd34",
        "events/evt_1",
        "webhookEndpoints/we%2F1",
        "webhookDeliveries/evt_1_we_1",
        "programStats/lp%2F1/shards",
        "sweeps/entries",
    ]


def test_a_membership_is_named_after_program_and_user() -> None:
    assert paths.membership_id("lp_1", "user/1") == "lp_1_user%2F1"
