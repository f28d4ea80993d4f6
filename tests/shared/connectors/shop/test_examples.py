"""The examples of apps that merchants take ask for all notices that are read, and no other."""

from __future__ import annotations

import re
import tomllib
from xml.etree import ElementTree as ET

from shared.connectors.shop import shopify, shopware, shopware_writes
from tools.emulators import ROOT

EXAMPLES = ROOT / "examples"


def test_the_app_of_shopify_asks_for_what_is_read() -> None:
    text = (EXAMPLES / "shopify" / "shopify.app.toml").read_text()
    webhooks = tomllib.loads(text)["webhooks"]
    (asked,) = webhooks["subscriptions"]
    assert {*asked["topics"], *asked["compliance_topics"]} == set(shopify.NOTICE_TOPICS)
    assert webhooks["api_version"] == shopify.API_VERSION
    assert asked["uri"].endswith("/shopWebhook/shopify/YOUR_STORE_ID")


def test_the_app_of_shopware_asks_for_what_is_read() -> None:
    folder = EXAMPLES / "shopware" / shopware.Config.model_fields["app_name"].default
    manifest = ET.parse(folder / "manifest.xml").getroot()
    asked = manifest.findall("webhooks/webhook")
    assert [each.get("event") for each in asked] == list(shopware.NOTICE_TOPICS)
    assert {re.sub(r".*/shopWebhook", "", each.get("url", "")) for each in asked} == {
        "/shopware/YOUR_STORE_ID"
    }
    assert manifest.findtext("meta/name") == folder.name
    for action, entities in shopware_writes.PERMISSIONS.items():
        allowed = [each.text for each in manifest.findall(f"permissions/{action}")]
        needed = entities | (set(shopware.INCLUDES) if action == "read" else set())
        assert (len(allowed), set(allowed)) == (len(needed), needed)


def test_the_app_of_shopware_shows_what_is_written_of_a_card() -> None:
    path = EXAMPLES / "shopware" / "PunktwerkPoints" / "Resources" / "config" / "custom-fields.xml"
    (found,) = ET.parse(path).getroot().findall("custom-field-set")
    fields = {each.get("name"): each.tag for each in found.findall("fields/*")}
    assert [each.tag for each in found.findall("related-entities/*")] == ["customer"]
    assert fields == dict.fromkeys(shopware_writes.CARD_FIELDS, "text") | {
        "punktwerk_balance": "float"
    }
