"""What a fuzz run asks of an answer besides what Schemathesis asks itself."""

from __future__ import annotations

import os
import re
from http import HTTPStatus
from typing import Any

import schemathesis
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from functions.beep.openapi import refusals
from functions.catalog import ENDPOINT_BY_NAME
from tools.fuzz import IS_SHORT

_DIGITS_MAX = 12
OF_FORM = {"INVALID_PARAMETERS", "INVALID_JSON"}
"""Refusals of the request's form, whatever is stored."""
SAID_IN_WORDS = re.compile(
    r"must be a nextCursor of|must be after since|must be a time from|must be within the last"
    r"|must have validFrom before|must have alertDays below|must be at least points"
    r"|is only for the action|must be greater than 0|a change other than 0|at most \d+ decimals"
    r"|must not be 0|must come to more than 0|must have (afterDays|endOfMonth|fixedDates)"
    r"|too many d|that is the sum of its|must not have two records|must have records"
    r"|needs (points|both|either|url)|takes purchaseAmount or|can have headers with a url"
    r"|must have a productId|is required where there is no ean"
    r"|must have the form (arn|https)|^system must be one of|^(credentials|rules|config)[. ]"
    r"|^headers: |Send purchaseId or the header|the currency of the program"
)
"""Refusals for what the document says in words only, so that its schemas allow it."""


@schemathesis.hook
def filter_body(_: Any, body: Any) -> bool:
    """Leave out the noise of computed doubles, which is read as the number that it means."""
    return not _has_noise(body)


def _has_noise(found: Any) -> bool:
    if isinstance(found, dict):
        return any(map(_has_noise, found.values()))
    if isinstance(found, list):
        return any(map(_has_noise, found))
    return isinstance(found, float) and len(repr(found)) > _DIGITS_MAX


@schemathesis.check
def refuses_what_is_forbidden(context: Any, response: Any, case: Any) -> None:
    """Fail at a request that has not the right form and is taken."""
    # The hook above is not asked in the phase that covers the schemas.
    if not _has_noise(case.body):
        negative_data_rejection(context, response, case)


@schemathesis.check
def refuses_as_declared(_: Any, response: Any, case: Any) -> None:
    """Fail at a refusal that the endpoint's module does not name, or with another status."""
    endpoint = ENDPOINT_BY_NAME[case.operation.path.strip("/")]
    if response.status_code == HTTPStatus.OK or case.method not in endpoint.methods:
        return
    declared = {each.code: each.status for each in refusals.of(endpoint, case.method)}
    body = response.json()
    assert declared.get(body["error"]) == response.status_code, body


@schemathesis.check
def takes_what_is_allowed(_: Any, response: Any, case: Any) -> None:
    """Fail at a request that has the right form and is refused for its form.

    Not in a short run, which must end the same each time: whether a new refusal is one that only
    words can say is for a person to judge.
    """
    if IS_SHORT in os.environ:
        return
    is_allowed = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if is_allowed and response.status_code == HTTPStatus.BAD_REQUEST:
        body = response.json()
        is_known = SAID_IN_WORDS.search(body["message"])
        assert body["error"] not in OF_FORM or is_known, body["message"]
