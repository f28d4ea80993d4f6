"""A served function has loaded what it needs before its first request, and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tools.emulators import ROOT

START = """
import gc, json, sys
import functions_framework
functions_framework.create_app({name!r}, "main.py")
print(json.dumps({{"modules": list(sys.modules), "collects": gc.isenabled()}}))
"""


def start(name: str) -> dict[str, Any]:
    """Return what a fresh interpreter has loaded when it is ready to serve a function."""
    env = {key: value for key, value in os.environ.items() if key != "ADMIN_PORT"}
    command = [sys.executable, "-c", START.format(name=name)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


@pytest.mark.parametrize("name", ["redeemLoyaltyPoints", "apiGateway"])
def test_a_function_starts_with_firestore_and_without_what_webhooks_need(name: str) -> None:
    loaded = set(start(name)["modules"])
    assert {"functions.http", "google.cloud.firestore"} <= loaded
    assert not {"firebase_functions", "firebase_admin", "requests_hardened", "botocore"} & loaded
    # What signs customers in, and what draws codes and reads phone numbers.
    assert not {"jwt", "barcode", "phonenumbers", "segno"} & loaded


def test_a_delivery_starts_without_what_speaks_aws() -> None:
    loaded = set(start("deliverWebhook")["modules"])
    assert "shared.webhooks.destinations.aws_sqs" in loaded
    assert not {"botocore", "shared.webhooks.destinations.aws_calls"} & loaded


@pytest.mark.parametrize("name", ["processPayment", "pspWebhook"])
def test_a_payment_starts_without_the_vendors_sdks(name: str) -> None:
    loaded = set(start(name)["modules"])
    assert "shared.connectors.psp" in loaded
    assert not {"stripe", "Adyen", "sumup", "httpx"} & loaded
    assert not {each for each in loaded if each.startswith("shared.connectors.psp.stripe")}


def test_garbage_is_collected_again_after_the_start() -> None:
    assert start("redeemLoyaltyPoints")["collects"] is True
