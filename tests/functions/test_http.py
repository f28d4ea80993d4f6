"""What every endpoint has in common, from the key to the line in the log."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from shared import clock, config
from shared.auth.keys import KeyKind, KeyMode
from shared.schemas.base import IN_BOTH_SPELLINGS
from shared.services.accounts import administration
from shared.store import cache, client, paths, rpc
from tests.support.api import PREFIX, Answer, Api
from tests.support.merchants import RULES, Member, Merchant, create_key
from tests.support.refusals import assert_fields_refused, assert_refused, nothing_written
from tests.support.traffic import watched
from tools.emulators import ROOT

READ = "getLoyaltyPrograms"
WRITE = "createLoyaltyProgram"
MIB = 1024 * 1024
TAIL = "A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Request-Id, Idempotent-Replayed, Retry-After",
}


def authorized(api: Api, authorization: str) -> Answer:
    return api.send("POST", READ, data="{}", headers={"Authorization": authorization})


def raw(merchant: Merchant, data: str | bytes, action: str = WRITE, **headers: str) -> Answer:
    """POST a body as it is."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return merchant.api.send("POST", action, data=data, headers=sent)


def assert_bad_json(answer: Answer, message: str) -> None:
    assert_refused(answer, 400, "INVALID_JSON", message=message)


# Keys


def test_refuses_a_request_without_a_key(anonymous: Api) -> None:
    message = "The Authorization header is missing."

    for answer in (anonymous(READ), authorized(anonymous, ""), authorized(anonymous, "  ")):
        assert_refused(answer, 401, "MISSING_AUTH_HEADER", message=message)


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer  ",
        f"Basic bk_live_sk_{TAIL}",
        f"bk_live_sk_{TAIL}",
        f"Bearer bk_live_sk_{TAIL} {TAIL}",
        f"Bearer bk_live_sk_{TAIL}X",
        f"Bearer bk_live_sk_{TAIL[1:]}",
        f"Bearer bk_live_xx_{TAIL}",
        f"Bearer bk_prod_sk_{TAIL}",
        f"Bearer BK_LIVE_SK_{TAIL}",
        f"Bearer bk_live_sk_{TAIL[1:]}/",
        "Bearer \xff",
        f"Bearer bk_live_sk_{TAIL}",
        f"Bearer bk_test_sk_{TAIL}",
        f"Bearer bk_live_pk_{TAIL}",
        f"Bearer sk_live_{TAIL}",
    ],
)
def test_refuses_a_malformed_or_unknown_key(anonymous: Api, authorization: str) -> None:
    answer = authorized(anonymous, authorization)

    message = "The API key is malformed, unknown or revoked."
    fix = answer.body["fix"]
    assert_refused(answer, 401, "INVALID_API_KEY", message=message, fix=fix)


@pytest.mark.parametrize(
    ("authorization", "fix"),
    [
        (f"bk_live_sk_{TAIL}", "Write the header as `Authorization: Bearer bk_live_sk_...`"),
        (f"Bearer bk_live_sk_{TAIL[1:]}", "Copy the whole key: `bk_live_sk_` or `bk_test_sk_`"),
        (f"Bearer bk_live_sk_{TAIL}", "Check the key; issue a new one if it was revoked."),
    ],
)
def test_says_what_is_wrong_with_a_key(anonymous: Api, authorization: str, fix: str) -> None:
    assert authorized(anonymous, authorization).body["fix"].startswith(fix)


def test_refuses_a_revoked_key(merchant: Merchant) -> None:
    key = create_key(merchant.account_id, KeyMode.LIVE)
    api = Api(merchant.api.app, key)
    assert api(READ, {"storeId": merchant.store_id}).status == 200
    (record,) = [each for each in client.query("apiKeys") if (each.data or {})["last4"] == key[-4:]]
    client.commit([client.Update(record, {"revokedAt": clock.utc_now()})])
    cache.clear_all()

    answer = api(READ, {"storeId": merchant.store_id})

    assert_refused(answer, 401, "INVALID_API_KEY")


def test_refuses_the_key_of_an_account_that_is_gone(anonymous: Api) -> None:
    key = create_key("acc_absent", KeyMode.LIVE)

    assert_refused(authorized(anonymous, f"Bearer {key}"), 401, "INVALID_API_KEY")


@pytest.mark.parametrize("mode", list(KeyMode))
def test_refuses_a_publishable_key(merchant: Merchant, mode: KeyMode) -> None:
    key = create_key(merchant.account_id, mode, KeyKind.PUBLISHABLE)

    answer = authorized(merchant.api, f"Bearer {key}")

    message = "A publishable key names the account, and can call nothing."
    assert_refused(answer, 403, "ENDPOINT_NOT_ALLOWED", message=message, fix=answer.body["fix"])
    assert answer.body["fix"].startswith("Call from your server, with a secret key. Never put")


FOREIGN = [
    "https://shop.example",
    "http://localhost:3000",
    "null",
    "file://",
    "capacitor://localhost",
    "https://localhost.evil.example",
    "https://{project}.web.app.evil.example",
    "https://{project}.web.app/page",
    "http://{project}.web.app",
    "https://a.example, https://{project}.web.app",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_web_page_may_not_use_a_live_secret_key(merchant: Merchant, origin: str) -> None:
    origin = origin.replace("{project}", config.project_id())
    with nothing_written():
        read = merchant.api(READ, {"storeId": merchant.store_id}, Origin=origin)
        query = {"storeId": merchant.store_id}
        headers = {"Origin": origin}
        got = merchant.api.send("GET", READ, query_string=query, headers=headers)
        body = {"storeId": merchant.store_id, "programName": "P", "programType": "points"}
        write = merchant.api(WRITE, {**body, "rules": RULES["points"]}, Origin=origin)

    for answer in (read, got, write):
        details = {"origin": origin}
        message = "A live secret key was sent by a web page that may not use it."
        assert_refused(answer, 403, "SECRET_KEY_IN_BROWSER", details, message=message)
        assert CORS.items() <= answer.headers.items()  # so that the page can read why


@pytest.mark.parametrize(
    "origin", ["http://localhost", "https://{project}.web.app", "https://{project}.firebaseapp.com"]
)
def test_the_operators_own_pages_may_call(merchant: Merchant, origin: str) -> None:
    origin = origin.replace("{project}", config.project_id())

    assert merchant.api(READ, {"storeId": merchant.store_id}, Origin=origin).status == 200


def test_the_operator_can_name_more_pages(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUNKTWERK_WEB_ORIGINS", "https://loyalty.example/, https://B.example")

    for origin in ("https://loyalty.example", "https://b.example"):
        assert merchant.api(READ, {"storeId": merchant.store_id}, Origin=origin).status == 200


@pytest.mark.parametrize("origin", ["https://shop.example", "null", "file://", "app://till"])
def test_an_account_can_allow_a_page(
    merchant: Merchant, new_merchant: Callable[..., Merchant], origin: str
) -> None:
    other = new_merchant()
    administration.allow_origin(merchant.account_id, origin)
    body = {"storeId": merchant.store_id}
    assert merchant.api(READ, body).status == 200  # key and account are cached now
    with watched() as without:
        assert merchant.api(READ, body).status == 200
    with watched() as with_origin:
        assert merchant.api(READ, body, Origin=origin).status == 200
    assert with_origin.rpcs == without.rpcs

    administration.remove_origin(merchant.account_id, origin)
    for each in (merchant, other):
        answer = each.api(READ, {"storeId": each.store_id}, Origin=origin)
        assert answer.error == "SECRET_KEY_IN_BROWSER"


def test_a_page_may_use_a_test_key(merchant: Merchant) -> None:
    answer = merchant.sandbox(READ, {"storeId": merchant.store_id}, Origin="https://shop.example")

    assert (answer.status, answer.body["_sandbox"]) == (200, True)


def test_a_page_learns_nothing_of_keys_that_do_not_work(anonymous: Api) -> None:
    headers = {"Authorization": f"Bearer bk_live_sk_{TAIL}", "Origin": "https://shop.example"}

    assert_refused(anonymous.send("POST", READ, headers=headers), 401, "INVALID_API_KEY")


def test_the_scheme_may_be_written_in_any_case(merchant: Merchant) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer  "):
        headers = {"Authorization": f"{scheme} {merchant.api.key}"}
        answer = merchant.api.send("GET", READ, query_string={"storeId": "x"}, headers=headers)
        assert answer.error == "STORE_NOT_FOUND"


@pytest.mark.parametrize("mode", list(KeyMode))
def test_takes_the_form_of_the_samples(merchant: Merchant, mode: KeyMode) -> None:
    key = create_key(merchant.account_id, mode)
    sample = f"sk_{mode}_{key[-32:]}"

    answer = Api(merchant.api.app, sample)(READ, {"storeId": merchant.store_id})

    assert answer.status == 200
    assert answer.body.get("_sandbox") is (True if mode is KeyMode.TEST else None)


def test_live_keys_need_an_active_subscription(new_merchant: Callable[..., Merchant]) -> None:
    merchant = new_merchant(is_active=False)

    with nothing_written():
        live = merchant.api(READ, {"storeId": merchant.store_id})
        test = merchant.sandbox(READ, {"storeId": merchant.store_id})

    message = "The account has no active subscription."
    assert_refused(live, 403, "SUBSCRIPTION_INACTIVE", message=message)
    assert test.status == 200


# Methods and paths


@pytest.mark.parametrize(
    ("action", "method", "allow"),
    [
        (WRITE, "GET", "POST, OPTIONS"),
        (WRITE, "PUT", "POST, OPTIONS"),
        (WRITE, "PATCH", "POST, OPTIONS"),
        (WRITE, "DELETE", "POST, OPTIONS"),
        (WRITE, "TRACE", "POST, OPTIONS"),
        (READ, "PUT", "GET, POST, OPTIONS"),
        (READ, "DELETE", "GET, POST, OPTIONS"),
    ],
)
def test_refuses_a_method(anonymous: Api, action: str, method: str, allow: str) -> None:
    answer = anonymous.send(method, action, data="{}")

    message = f"Use {'POST' if action == WRITE else 'GET or POST'}."
    details = {"allowed": allow.split(", ")}
    assert_refused(answer, 405, "METHOD_NOT_ALLOWED", details, message=message)
    assert answer.headers["Allow"] == allow


def test_a_head_request_is_refused_without_a_body(anonymous: Api) -> None:
    answer = anonymous.send("HEAD", READ)

    assert (answer.status, answer.body) == (405, {})
    assert answer.headers["Allow"] == "GET, POST, OPTIONS"


@pytest.mark.parametrize(
    ("action", "methods"), [(WRITE, "POST, OPTIONS"), (READ, "GET, POST, OPTIONS")]
)
def test_tells_a_browser_that_it_may_call(anonymous: Api, action: str, methods: str) -> None:
    headers = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type",
    }

    answer = anonymous.send("OPTIONS", action, headers=headers)

    assert (answer.status, answer.body) == (204, {})
    told = {name: value for name, value in answer.headers.items() if name.startswith("Access")}
    assert told == {
        **CORS,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": (
            "Authorization, Content-Type, Idempotency-Key, X-Beep-Publishable-Key, "
            "X-Beep-Store-Id, X-Beep-Staff-Account, X-Beep-Mode, X-Firebase-AppCheck, "
            "X-SDK-Version"
        ),
        "Access-Control-Max-Age": "3600",
    }


def test_a_browser_may_read_answers_and_refusals(merchant: Merchant, anonymous: Api) -> None:
    for answer in (merchant.api(READ, {"storeId": merchant.store_id}), anonymous(READ)):
        assert CORS.items() <= answer.headers.items()


@pytest.mark.parametrize(
    ("action", "nearest"),
    [
        ("noSuchAction", None),
        ("getloyaltyprograms", "getLoyaltyPrograms"),
        ("createProgram", "createLoyaltyProgram"),
        ("x/getLoyaltyPrograms", "getLoyaltyPrograms"),
        ("getLoyaltyPrograms" + "s" * 10_000, None),
    ],
)
def test_refuses_an_unknown_action(
    merchant: Merchant, anonymous: Api, action: str, nearest: str | None
) -> None:
    message = f"There is no action {action} in apiGateway."
    fix = "Look the name up in the list of all actions: `/apiGateway/api/v1/docs`."
    if nearest:
        fix = f"Did you mean {nearest}? {fix}"

    for api in (merchant.api, anonymous):
        assert_refused(api(action), 404, "UNKNOWN_ACTION", message=message, fix=fix)
        assert_refused(api.get(action), 404, "UNKNOWN_ACTION", message=message, fix=fix)


@pytest.mark.parametrize("path", ["/", "/apiGateway", "/getLoyaltyPrograms", "/api/v2/" + READ])
def test_refuses_a_path_outside_the_api(app: Flask, path: str) -> None:
    response = app.test_client().post(path, data="{}")

    assert (response.status_code, response.get_json()["error"]) == (404, "UNKNOWN_ACTION")


@pytest.mark.parametrize(
    "path",
    [
        f"{PREFIX}{READ}",
        f"{PREFIX}{READ}/",
        f"{PREFIX}/{READ}",
        f"/api/v1/{READ}",
        f"{PREFIX}get%4CoyaltyPrograms",
    ],
)
def test_answers_without_a_redirect(merchant: Merchant, path: str) -> None:
    headers = {"Authorization": f"Bearer {merchant.api.key}"}
    data = json.dumps({"storeId": merchant.store_id})

    response = merchant.api.app.test_client().post(path, data=data, headers=headers)

    assert (response.status_code, response.get_json()["count"]) == (200, 0)


# Bodies


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=klingon",
        "multipart/form-data; boundary=x",
        "complete nonsense",
        ";;;",
    ],
)
def test_reads_json_whatever_its_content_type(merchant: Merchant, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    data = json.dumps({"storeId": merchant.store_id})

    answer = merchant.api.send("POST", READ, data=data, headers=headers)

    assert (answer.status, answer.body["count"]) == (200, 0)


@pytest.mark.parametrize("data", ["", " \r\n\t", "{}"])
def test_an_empty_body_is_an_empty_object(merchant: Merchant, data: str) -> None:
    by_header = raw(merchant, data, READ, X_Beep_Store_Id=merchant.store_id)

    assert by_header.status == 200
    assert_fields_refused(raw(merchant, data, READ), {"storeId": "is required"})


@pytest.mark.parametrize("data", ["[]", "[{}]", '"text"', "5", "1.5", "true", "null"])
def test_a_body_is_an_object(merchant: Merchant, data: str) -> None:
    with nothing_written():
        assert_bad_json(raw(merchant, data), "The body must be a JSON object.")


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "{'storeId': 'x'}",
        '{"storeId": "x",}',
        '{"storeId": "x"} {}',
        '{"storeId": "x"} // comment',
        "storeId=x",
        '{"storeId": 01}',
        '{"storeId": "\n"}',
        b'{"storeId": "\xff"}',
        '{"storeId": "x"}'.encode("utf-16"),
        b"\x1f\x8b\x08\x00",
        '{"points": 1e99999999999999999999}',
        '{"points": ' + "9" * 5000 + "}",
        '{"a":' * 20_000,
    ],
)
def test_refuses_what_is_not_json(merchant: Merchant, data: str | bytes) -> None:
    with nothing_written():
        answer = raw(merchant, data)

    assert_bad_json(answer, "The body is not valid JSON: it cannot be parsed.")


@pytest.mark.parametrize("number", ["1e401", "-1.5E+401", "0e401", "1e2000000", "1e400000000"])
def test_refuses_a_number_whose_digits_would_fill_an_instance(
    merchant: Merchant, number: str
) -> None:
    data = f'{{"programId": "p", "rows": [{{"userId": "u", "points": {number}}}]}}'

    with nothing_written():
        live = raw(merchant, data, "bulkAddLoyaltyPoints")
        sandbox = merchant.sandbox.send("POST", "bulkAddLoyaltyPoints", data=data)

    for answer in (live, sandbox):
        assert_bad_json(
            answer,
            "The body is not valid JSON: a number has an exponent beyond all bounds.",
        )


@pytest.mark.parametrize(
    "data", ['{"storeId": "a", "storeId": "b"}', '{"rules": {"x": 1, "y": 2, "x": 1}}']
)
def test_refuses_a_name_that_is_given_twice(merchant: Merchant, data: str) -> None:
    with nothing_written():
        answer = raw(merchant, data)

    assert_bad_json(answer, "The body is not valid JSON: a name is given twice.")


@pytest.mark.parametrize(
    "data",
    [
        r'{"storeId": "\ud800"}',
        r'{"\udfff": 1}',
        r'{"rules": {"\ud800": 1}}',
        r'{"rewards": [{"title": "T", "own": "\ude00\ud83d"}]}',
    ],
)
def test_refuses_half_characters(merchant: Merchant, data: str) -> None:
    with nothing_written():
        answer = raw(merchant, data)

    assert_bad_json(answer, "The body has text that is not valid Unicode.")


def test_takes_whole_characters_however_they_are_written(merchant: Merchant) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "@",
        "programType": "stamps",
        "rules": RULES["stamps"],
    }
    for written in (r"\ud83d\ude00", "😀"):
        text = json.dumps(body).replace("@", written)

        created = raw(merchant, text.encode())

        found = merchant.api.ok("getLoyaltyProgram", {"programId": created.body["programId"]})
        assert found["programName"] == "😀"


@pytest.mark.parametrize("nested", ["[" * 40 + "]" * 40, '{"a":' * 40 + "1" + "}" * 40])
def test_refuses_what_is_nested_too_deeply(merchant: Merchant, nested: str) -> None:
    with nothing_written():
        live = raw(
            merchant, f'{{"programId": "p", "rules": {{"x": {nested}}}}}', "updateLoyaltyProgram"
        )

    assert_bad_json(live, "The body is nested more than 32 levels deep.")


def test_takes_a_body_of_one_mebibyte_and_not_one_byte_more(merchant: Merchant) -> None:
    body = json.dumps({"storeId": merchant.store_id})

    assert raw(merchant, body.ljust(MIB), READ).status == 200
    answer = raw(merchant, body.ljust(MIB + 1), READ)

    message = "The body has 1048577 bytes; 1048576 is the most."
    assert_refused(answer, 400, "REQUEST_TOO_LARGE", message=message)


def test_names_what_is_wrong_briefly(merchant: Merchant) -> None:
    fields = {f"field{number:02}": 1 for number in range(30)}

    answer = merchant.api(READ, {"storeId": "x", **fields})
    long = merchant.api(READ, {"storeId": "x", "n" * 100_000: 1})

    named = {f"field{number:02}": "is not a known field" for number in range(20)}
    assert_fields_refused(answer, named)
    assert_fields_refused(long, {"n" * 100: "is not a known field"})


# Queries


def test_a_query_parameter_is_given_once(merchant: Merchant) -> None:
    query = f"storeId={merchant.store_id}&storeId={merchant.store_id}"

    answer = merchant.api.send("GET", READ, query_string=query)

    assert_fields_refused(answer, {"storeId": "must be given once"})


def flags() -> list[tuple[str, str]]:
    """Return the parameters of queries that are true or false, each with its action."""
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    return [
        (path.strip("/"), each["name"])
        for path, methods in paths.items()
        for each in methods.get("get", {}).get("parameters", ())
        if each.get("schema", {}).get("type") == "boolean"
    ]


@pytest.mark.parametrize(("action", "flag"), flags())
def test_a_query_can_say_yes_and_no(merchant: Merchant, action: str, flag: str) -> None:
    api = Api(merchant.api.app, create_key(merchant.account_id, KeyMode.TEST))

    def refused(value: str) -> bool:
        answer = api.send("GET", action, query_string={flag: value})
        return flag in answer.body.get("details", {}).get("fields", {})

    assert [refused(each) for each in ("true", "false", "yes", "True", "1")] == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_field_is_given_in_one_spelling(merchant: Merchant, method: str) -> None:
    both = {"storeId": merchant.store_id, "store_id": "store_b"}

    with nothing_written():
        answer = merchant.api.send(
            method, READ, **({"query_string": both} if method == "GET" else {"json": both})
        )

    assert_fields_refused(answer, {"storeId": IN_BOTH_SPELLINGS})


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        (
            "addLoyaltyPoints",
            {"programId": "lp_a", "userId": "a", "purchaseAmount": 5, "purchase_amount": 500},
            "purchaseAmount",
        ),
        (
            "updateLoyaltyProgram",
            {"programId": "lp_a", "rules": {"pointsPerEuro": 1, "points_per_euro": 100}},
            "rules.pointsPerEuro",
        ),
        (
            WRITE,
            {
                "storeId": "a",
                "programName": "P",
                "programType": "points",
                "rules": {"pointsPerEuro": 1, "points_per_euro": 100},
            },
            "rules.pointsPerEuro",
        ),
        (
            WRITE,
            {
                "storeId": "a",
                "programName": "P",
                "programType": "stamps",
                "rules": {"requiredStamps": 10},
                "rewards": [
                    {"title": "T", "type": "voucher", "requiredPoints": 10, "required_points": 1}
                ],
            },
            "rewards[0].requiredPoints",
        ),
    ],
)
def test_a_field_is_given_in_one_spelling_at_any_depth(
    merchant: Merchant, action: str, body: dict[str, Any], field: str
) -> None:
    for api in (merchant.api, merchant.sandbox):
        with nothing_written():
            answer = api(action, body)

        assert_fields_refused(answer, {field: IN_BOTH_SPELLINGS})


def test_the_body_of_a_get_is_not_read(merchant: Merchant) -> None:
    query = {"storeId": merchant.store_id}

    answer = merchant.api.send("GET", READ, query_string=query, data="not json")

    assert answer.status == 200


def test_the_query_of_a_post_names_the_store_and_nothing_else(member: Member) -> None:
    store_id = member.merchant.store_id
    action = f"getLoyaltyProgram?storeId={store_id}&programId=lp_other"

    assert member.api(action, {"programId": member.program_id}).status == 200
    assert member.api(action, {"programId": member.program_id, "storeId": "x"}).status == 404


def test_the_header_names_the_store_where_nothing_else_does(merchant: Merchant) -> None:
    header = {"X-Beep-Store-Id": "store_absent"}
    store = {"storeId": merchant.store_id}
    send = merchant.api.send

    assert send("GET", READ, headers=header).error == "STORE_NOT_FOUND"
    assert send("GET", READ, query_string=store, headers=header).status == 200
    assert send("POST", READ, data=json.dumps(store), headers=header).status == 200
    snake = {"store_id": merchant.store_id}
    assert send("POST", READ, data=json.dumps(snake), headers=header).status == 200


# Idempotency-Key


@pytest.mark.parametrize("key", ["", "k" * 256, "tab\tkey", "schlüssel", "\x7f"])
def test_refuses_an_idempotency_key(merchant: Merchant, key: str) -> None:
    body = {
        "storeId": merchant.store_id,
        "programName": "P",
        "programType": "stamps",
        "rules": RULES["stamps"],
    }

    with nothing_written():
        answers = [
            api(WRITE, body, idempotency_key=key) for api in (merchant.api, merchant.sandbox)
        ]

    message = "Idempotency-Key must be 1 to 255 printable ASCII characters."
    for answer in answers:
        assert_refused(answer, 400, "INVALID_IDEMPOTENCY_KEY", message=message)


@pytest.mark.parametrize("key", ["k", "k" * 255, " a key with spaces/and:signs~"])
def test_takes_an_idempotency_key(member: Member, key: str) -> None:
    first, second = member.add(key, points=5), member.add(key, points=5)

    assert (first.status, second.body) == (200, first.body)
    assert member.balance()["currentBalance"] == 105


def test_a_read_does_not_use_up_an_idempotency_key(member: Member) -> None:
    with nothing_written():
        answer = member.api("getCustomerBalance", member.ids, idempotency_key="k1")

    assert (answer.status, answer.is_replay) == (200, False)
    assert member.add("k1", points=5).body["newBalance"] == 105


# Answers


def test_every_answer_has_its_own_request_id(merchant: Merchant, anonymous: Api) -> None:
    answers = [
        merchant.api(READ, {"storeId": merchant.store_id}),
        merchant.api(READ, {}),
        anonymous(READ),
        anonymous("noSuchAction"),
    ]

    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"req_[a-z2-9]{20}", each) for each in ids)
    assert [answer.body.get("requestId") for answer in answers] == [None, *ids[1:]]


def test_a_refusal_is_what_the_documentation_and_the_official_client_expect(
    merchant: Merchant,
) -> None:
    answer = merchant.api(READ, {"storeId": "store_absent"})

    assert answer.body == {
        "success": False,
        "error": "STORE_NOT_FOUND",
        "message": "There is no store store_absent.",
        "statusCode": 404,
        "requestId": answer.headers["X-Request-Id"],
        "fix": "Check `storeId` and that the key belongs to the store's account.",
    }


def test_an_answer_is_json_in_utf_8(merchant: Merchant) -> None:
    program_id = merchant.program(programName="Käsekuchen")
    headers = {"Authorization": f"Bearer {merchant.api.key}"}
    path = f"{PREFIX}getLoyaltyProgram?programId={program_id}"

    response = merchant.api.app.test_client().get(path, headers=headers)

    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Käsekuchen".encode() in response.data


def test_a_bug_tells_the_caller_nothing(member: Member, capsys: pytest.CaptureFixture[str]) -> None:
    path = paths.program(member.program_id)
    client.commit([client.Update(client.get_one(path), {"programType": "lottery"})])
    cache.clear_all()
    capsys.readouterr()

    with nothing_written():
        answer = member.add(points=5)

    assert_refused(answer, 500, "INTERNAL_ERROR", message="Something went wrong on our side.")
    failure, request = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert failure["severity"] == "ERROR"
    assert "ValueError: 'lottery' is not a valid ProgramType" in failure["exception"]
    assert failure["requestId"] == request["requestId"] == answer.body["requestId"]
    assert (request["status"], request["error"]) == (500, "INTERNAL_ERROR")


@pytest.mark.parametrize("action", ["addLoyaltyPoints", "getCustomerBalance"])
def test_an_unreachable_database_is_a_reason_to_try_again(
    member: Member,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    action: str,
) -> None:
    points = {"points": 5} if action == "addLoyaltyPoints" else {}
    with monkeypatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        patch.setattr(rpc, "_connection", None)
        patch.setattr(rpc, "RPC_TIMEOUT_S", 0.2)
        capsys.readouterr()

        answer = member.api(action, {**member.ids, **points})
        (line,) = logged(capsys)

    message = "The database did not answer in time."
    assert_refused(answer, 503, "BUSY", message=message)
    assert answer.headers["Retry-After"] == "1"
    assert (line["severity"], line["error"]) == ("WARNING", "BUSY")
    assert member.balance()["currentBalance"] == 100


# The log


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line_in_the_log(
    member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    answer = member.add("key-of-the-till", points=5, transactionId="t1", description="Brunch")

    (line,) = logged(capsys)
    duration_ms = line.pop("durationMs")
    assert isinstance(duration_ms, float)
    assert line == {
        "severity": "INFO",
        "message": "request",
        "action": "addLoyaltyPoints",
        "method": "POST",
        "requestId": answer.headers["X-Request-Id"],
        "accountId": member.merchant.account_id,
        "live": True,
        "rpcs": 2,
        "reads": 4,
        "writes": 4,
        "status": 200,
    }


def test_a_refusal_is_one_line_with_its_code(
    member: Member, anonymous: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    member.redeem(101)
    anonymous("addLoyaltyPoints", {})

    refused, unknown = logged(capsys)
    assert (refused["status"], refused["error"]) == (400, "INSUFFICIENT_BALANCE")
    assert refused["accountId"] == member.merchant.account_id
    assert (unknown["status"], unknown["error"]) == (401, "MISSING_AUTH_HEADER")
    assert "accountId" not in unknown


def test_the_log_keeps_no_secrets_and_no_customers(
    member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    member.add("key-of-the-till", points=5, description="Geburtstag", transactionId="till-7")
    member.add(points=-5, description="Geburtstag")
    member.api("addLoyaltyPoints?storeId=x", {"bogus": "Geburtstag"}, X_Beep_Store_Id="store_7")
    authorized(member.api, "Bearer bk_live_sk_" + TAIL)

    output = capsys.readouterr()
    text = output.out + output.err
    assert member.api.key is not None
    secrets = [member.api.key, TAIL, "key-of-the-till", member.user_id, "Geburtstag", "till-7"]
    assert len(text.splitlines()) == 4
    assert [secret for secret in secrets if secret in text] == []


# Over a real connection


@pytest.fixture(scope="module")
def server(app: Flask) -> Iterator[int]:
    """The gateway behind a server on a port of its own."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running.server_port
    running.shutdown()
    thread.join()
    running.server_close()


def chunked(server: int, key: str | None, body: bytes) -> tuple[int, dict[str, Any]]:
    """POST a body in chunks, so that nothing says how long it is."""
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=30)
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    headers = {"Authorization": f"Bearer {key}", "Transfer-Encoding": "chunked"}
    try:
        connection.request("POST", PREFIX + READ, pieces, headers, encode_chunked=True)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_reads_a_body_of_unknown_length(merchant: Merchant, server: int) -> None:
    body = json.dumps({"storeId": merchant.store_id}).encode()

    status, answer = chunked(server, merchant.api.key, body.ljust(MIB))

    assert (status, answer["count"]) == (200, 0)


def test_refuses_a_body_of_unknown_length_that_is_too_long(merchant: Merchant, server: int) -> None:
    status, answer = chunked(server, merchant.api.key, b"{" + b" " * MIB + b"}")

    assert (status, answer["error"]) == (400, "REQUEST_TOO_LARGE")
    assert answer["message"] == "The body has more than 1048576 bytes."


def test_a_connection_can_be_used_again_after_a_refusal(merchant: Merchant, server: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=30)
    headers = {"Authorization": f"Bearer {merchant.api.key}"}
    body = json.dumps({"storeId": merchant.store_id})
    try:
        statuses = []
        for path, data in ((READ, body), ("noSuchAction", body), (READ, "[]"), (READ, body)):
            connection.request("POST", PREFIX + path, data, headers)
            response = connection.getresponse()
            response.read()
            statuses.append(response.status)
    finally:
        connection.close()

    assert statuses == [200, 404, 400, 200]


def test_a_header_for_the_store_does_no_harm_where_no_store_is_asked_for(anonymous: Api) -> None:
    assert anonymous("getHealth", X_Beep_Store_Id="store_a").status == 200


def test_the_sandbox_shows_decimals_of_rules_as_numbers(merchant: Merchant) -> None:
    rules = {"cashbackPercentage": 3, "maxCashbackPerTransaction": 5.0}

    with nothing_written():
        answer = merchant.sandbox.ok("updateLoyaltyProgram", {"programId": "lp_1", "rules": rules})

    assert answer["rules"] == rules
    assert not isinstance(answer["rules"]["maxCashbackPerTransaction"], str)
