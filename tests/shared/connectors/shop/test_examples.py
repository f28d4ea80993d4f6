"""The examples of apps that merchants take ask for all notices that are read, and no other."""

from __future__ import annotations

import re
import tomllib
from xml.etree import ElementTree as ET

from shared.connectors.shop import shopify, shopware
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
    read = {each.text for each in manifest.findall("permissions/read")}
    assert read == set(shopware.INCLUDES)
