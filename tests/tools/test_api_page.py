"""The page of the API: whole, well-formed, and all texts in it escaped."""

from __future__ import annotations

import copy
import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from functions.beep.api_docs import PLACE_OF_API
from functions.catalog import ENDPOINTS
from shared.domain.events.event_types import BY_NAME
from tests.support import described
from tools import api_page

# One worker makes the document and its pages for all that look at them.
pytestmark = pytest.mark.xdist_group("document")

VOID = {"input", "link", "meta"}
HOSTILE = '<img src=x onerror="alert(1)">\'&amp;{name}'


class Parsed(HTMLParser):
    """A page's elements; fails where an end tag is not that of what is open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def values(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.found if name in attributes]


@cache
def document() -> dict[str, Any]:
    return json.loads(json.dumps(described.document()))


@cache
def parsed() -> Parsed:
    return Parsed(api_page.page(document()))


@cache
def operations() -> dict[str, str]:
    """Return the HTML of each operation, by its name."""
    _, *parts = re.split(r'<details class="operation" id="(\w+)"', api_page.page(document()))
    inner = [part.partition("those of all operations")[0] for part in parts[1::2]]
    return dict(zip(parts[::2], inner, strict=True))


def test_all_that_is_opened_is_closed() -> None:
    assert parsed().open == []


def test_ids_are_there_once_and_links_lead_to_them() -> None:
    ids = parsed().values("id")

    assert len(set(ids)) == len(ids)
    linked = {each[1:] for each in parsed().values("href") if each.startswith("#")}
    assert linked <= set(ids)
    assert {f"group-{tag['name']}" for tag in document()["tags"]} < linked


def test_nothing_is_written_inline_that_the_policy_refuses() -> None:
    assert [tag for tag, _ in parsed().found if tag == "style"] == []
    assert [attributes for tag, attributes in parsed().found if tag == "script"] == [
        {"src": f"{PLACE_OF_API}docs/page.js", "defer": None}
    ]
    named = {name for _, attributes in parsed().found for name in attributes}
    assert [name for name in named if name == "style" or name.startswith("on")] == []


def test_every_operation_is_there_in_the_order_of_its_group() -> None:
    paths = document()["paths"]
    by_group = [
        path.removeprefix("/")
        for tag in document()["tags"]
        for path, item in paths.items()
        if item["post"]["tags"] == [tag["name"]]
    ]

    assert list(operations()) == parsed().values("data-action") == by_group
    assert len(by_group) == len(paths)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: each.name)
def test_an_operation_shows_its_fields_examples_and_refusals(endpoint: Any) -> None:
    post = document()["paths"][f"/{endpoint.name}"]["post"]
    shown = Parsed("<details" + operations()[endpoint.name])
    text = "".join(shown.texts)
    components = document()["components"]
    for end in ("Request", "Response"):
        name = f"{endpoint.name[0].upper()}{endpoint.name[1:]}{end}"
        assert set(components["schemas"][name].get("properties", ())) <= set(shown.texts)
    body = post["requestBody"]["content"]["application/json"]
    assert shown.values("data-request") == list(body["examples"])
    for example in body["examples"].values():
        assert json.dumps(example["value"], indent=2, ensure_ascii=False) in text
    for status, answer in post["responses"].items():
        if status.startswith("4"):
            found = components["responses"][answer["$ref"].rpartition("/")[2]]
            for code in found["content"]["application/json"]["examples"]:
                assert f"{status} {code}" in shown.texts


def test_methods_and_packages_are_named() -> None:
    assert ">POST</span>" in operations()["createLoyaltyProgram"]
    assert ">GET or POST</span>" in operations()["getLoyaltyProgram"]
    assert ">GO and above</span>" in operations()["createLoyaltyProgram"]
    assert ">no key needed</span>" in operations()["getHealth"]


def test_objects_and_long_lists_are_one_level_down() -> None:
    shown = operations()["createLoyaltyProgram"]

    for name in ("StampsRules", "TierRules", "RewardInput", "BrandingInput"):
        assert f"<summary>Fields of {name}</summary>" in shown
    assert "<td>array of object, at most 50 items</td><td></td>" in shown
    assert re.search(r"<summary>The \d+ values</summary>", operations()["createWebhookEndpoint"])


def test_every_event_is_named() -> None:
    assert set(BY_NAME) <= {name for text in parsed().texts for name in text.split(", ")}


def test_every_text_of_the_document_is_escaped() -> None:
    found = Parsed(api_page.page(_with_hostile_texts(document())))

    assert found.open == []
    assert "img" not in {tag for tag, _ in found.found}
    assert found.values("onerror") == []
    assert found.texts.count(HOSTILE) > 1000


def test_an_object_within_itself_is_shown_once() -> None:
    endless = copy.deepcopy(document())
    schemas = endless["components"]["schemas"]
    schemas["BrandingInput"]["properties"]["within"] = {
        "$ref": "#/components/schemas/BrandingInput"
    }

    page = api_page.page(endless)

    assert "<code>within</code>" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p>\n<p>Two\nlines.</p>\n"),
        (
            "- `a<b`: c\n- **d**",
            "<ul>\n<li><code>a&lt;b</code>: c</li>\n<li><strong>d</strong></li>\n</ul>\n",
        ),
        ("Of:\n- a", "<p>Of:</p>\n<ul>\n<li>a</li>\n</ul>\n"),
        ("5 ** 2, `open", "<p>5 ** 2, `open</p>\n"),
    ],
)
def test_descriptions_become_html(text: str, expected: str) -> None:
    assert api_page.markdown(text) == expected


def _with_hostile_texts(found: Any) -> Any:
    """Return a document in which every text for people is hostile."""
    if isinstance(found, list):
        return [_with_hostile_texts(each) for each in found]
    if not isinstance(found, dict):
        return found
    return {
        name: HOSTILE
        if name in {"description", "summary", "message", "fix"} and isinstance(each, str)
        else _with_hostile_texts(each)
        for name, each in found.items()
    }
