"""The gateway: which action a path names. What it answers is in test_http."""

from __future__ import annotations

import pytest

from functions import api_gateway
from functions.catalog import ENDPOINT_BY_NAME
from tests.support.api import Api


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/apiGateway/api/v1/addLoyaltyPoints", "addLoyaltyPoints"),
        ("/api/v1/addLoyaltyPoints", "addLoyaltyPoints"),
        ("/apiGateway/api/v1/addLoyaltyPoints/", "addLoyaltyPoints"),
        ("/apiGateway/api/v1//addLoyaltyPoints", "addLoyaltyPoints"),
        ("/apiGateway/api/v1/a/b", "a/b"),
        ("/apiGateway/api/v1/", ""),
        ("/apiGateway/api/v1", None),
        ("/addLoyaltyPoints", None),
        ("/", None),
    ],
)
def test_the_action_is_what_follows_the_version(path: str, action: str | None) -> None:
    assert api_gateway.action_of(path) == action


@pytest.mark.parametrize("name", list(ENDPOINT_BY_NAME))
def test_every_name_of_the_catalog_is_routed(anonymous: Api, name: str) -> None:
    keyless = not ENDPOINT_BY_NAME[name].needs_key
    assert anonymous(name).error in ({None, "UNHEALTHY"} if keyless else {"MISSING_AUTH_HEADER"})
