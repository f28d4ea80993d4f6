"""The operator's command line: accounts, stores, keys, and proof of the books."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from google.cloud.firestore import Client

from shared import config, ids
from shared.auth import keys
from shared.auth.keys import KeyKind, KeyMode
from shared.domain.accounts import origins
from shared.domain.accounts.packages import Package
from shared.domain.payments.psp import PspAccount, PspConfiguration
from shared.domain.webhooks.endpoints import HTTP, SigningSecret, WebhookEndpoint
from shared.services.accounts import administration
from shared.store import client, codec, paths
from shared.store.client import Create, Delete, Put, Remove, Update
from shared.store.loyalty import membership_documents, profile_documents
from shared.store.stores import store_documents
from shared.vault import Vault, new_key
from tests.support.api import Api
from tests.support.merchants import Member, Merchant
from tools import admin, suite
from tools.emulators import ROOT, FirestoreEmulator

pytestmark = pytest.mark.usefixtures("firestore_emulator")


class Admin:
    """Runs a command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""
        self._capsys.readouterr()
        try:
            code = admin.main(arguments)
        except SystemExit as end:
            code = int(str(end.code))
        return code, *self._capsys.readouterr()

    def ok(self, *arguments: str) -> dict[str, Any]:
        code, output, errors = self(*arguments, "--json")
        assert code == 0, errors
        facts: dict[str, Any] = json.loads(output)
        return facts

    def refused(self, *arguments: str) -> str:
        """Return why, without the line that says where."""
        code, output, errors = self(*arguments)
        assert (code, output) == (1, "")
        return errors.split("\n", 1)[1]

    def misused(self, *arguments: str) -> str:
        code, output, errors = self(*arguments)
        assert (code, output) == (2, "")
        return errors


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Admin:
    return Admin(capsys)


@pytest.fixture
def account_id(run: Admin) -> str:
    account_id: str = run.ok("account", "create", "Café", "--package", "GO")["accountId"]
    return account_id


def in_subprocess(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **changes}
    return subprocess.run(
        [sys.executable, "-m", "tools.admin", *arguments],
        cwd=ROOT,
        env={name: value for name, value in env.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )


def stored(path: str) -> dict[str, Any]:
    """Return a document that must be there."""
    data = client.get_one(path).data
    assert data is not None
    return data


def test_runs_as_a_program(firestore_emulator: FirestoreEmulator) -> None:
    account_id = ids.new("acc")
    done = in_subprocess(
        "account", "create", "Bäckerei", "--package", "grow", "--id", account_id, "--json"
    )

    facts = json.loads(done.stdout)
    assert done.returncode == 0
    assert facts == {
        "accountId": account_id,
        "name": "Bäckerei",
        "package": "GROW",
        "isActive": True,
        "isTest": False,
        "createdAt": facts["createdAt"],
    }
    assert done.stderr == (
        f"Working on the emulator at {firestore_emulator.host}, project {config.project_id()}.\n"
    )
    assert administration.get_account(account_id).package is Package.GROW


def test_a_test_account_is_known_by_its_id_for_ever(run: Admin) -> None:
    made = run.ok("account", "create", "Probe", "--package", "GO", "--test")
    assert (made["accountId"].startswith("acc_test_"), made["isTest"]) == (True, True)
    live = run.refused("account", "create", "Echt", "--package", "GO", "--id", "acc_test_1")
    test = run.refused("account", "create", "Probe", "--package", "GO", "--test", "--id", "acc_1")
    assert live == test == "The ids of test accounts, and of no others, begin with acc_test_.\n"
    assert stored_accounts(("acc_test_1", "acc_1")) == [None, None]


def stored_accounts(account_ids: Sequence[str]) -> list[Any]:
    return [client.get_one(paths.account(each)).data for each in account_ids]


def test_says_what_it_can_do() -> None:
    done = in_subprocess("--help")

    assert done.returncode == 0
    assert all(name in done.stdout for name in ("account", "store", "key", "verify"))


@pytest.mark.parametrize(
    "command",
    re.findall(
        r"^admin ((?:account|store|key|origins) .+?)(?: #.*)?$",
        (ROOT / "docs" / "operations.md").read_text("utf-8"),
        re.MULTILINE,
    ),
)
def test_understands_what_the_operations_page_says(command: str) -> None:
    assert callable(admin.parser().parse_args(shlex.split(command)).run)


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The parser and those of all its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


def test_says_what_each_option_and_argument_is() -> None:
    commands = list(parsers(admin.parser()))
    assert len(commands) > 20
    for command in commands:
        assert command.description, command.prog
        for action in command._actions:
            if not isinstance(action, argparse._SubParsersAction):
                assert action.help, f"{command.prog}: {action.dest}"


def test_takes_json_and_project_before_the_command_too(run: Admin, account_id: str) -> None:
    after = run("account", "show", account_id, "--json")
    before = run("--json", "account", "show", account_id)
    mixed = run("--project", config.project_id(), "account", "show", account_id, "--json")

    assert after == before == mixed
    assert json.loads(before[1])["accountId"] == account_id


def test_origins_are_allowed_listed_and_removed(run: Admin, account_id: str) -> None:
    empty = {"accountId": account_id, "origins": []}
    one = {"accountId": account_id, "origins": [{"origin": "https://till.example"}]}

    assert run.ok("origins", "list", account_id) == empty
    assert run.ok("origins", "allow", account_id, "https://Till.example:443") == one
    assert run.ok("origins", "allow", account_id, "https://till.example") == one
    assert run.ok("origins", "list", account_id) == one
    assert stored(paths.account(account_id))["allowedOrigins"] == ["https://till.example"]
    assert run.ok("origins", "remove", account_id, "https://till.example") == empty
    assert stored(paths.account(account_id))["allowedOrigins"] == []


def test_origins_that_are_none_are_refused(run: Admin, account_id: str) -> None:
    before = stored(paths.account(account_id))

    assert "An origin is a scheme and a host" in run.refused(
        "origins", "allow", account_id, "https://till.example/page"
    )
    for wild in ("https://*", "https://*.example"):
        assert "no wildcards" in run.refused("origins", "allow", account_id, wild)
    assert "does not allow null" in run.refused("origins", "remove", account_id, "null")
    assert "There is no account" in run.refused("origins", "allow", "acc_none", "null")
    assert stored(paths.account(account_id)) == before


def test_an_account_allows_so_many_origins(run: Admin, account_id: str) -> None:
    for number in range(origins.ORIGINS_PER_ACCOUNT_MAX):
        administration.allow_origin(account_id, f"https://till{number}.example")

    assert "at most 50 origins" in run.refused("origins", "allow", account_id, "null")
    assert len(stored(paths.account(account_id))["allowedOrigins"]) == 50


def test_does_not_guess_a_project() -> None:
    nowhere = {
        "FIRESTORE_EMULATOR_HOST": None,
        "GOOGLE_CLOUD_PROJECT": None,
        "GCLOUD_PROJECT": None,
    }
    done = in_subprocess("account", "list", **nowhere)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Say where: --project ID, or FIRESTORE_EMULATOR_HOST for the emulator.\n"
    )


def test_says_how_to_get_credentials() -> None:
    without = {
        "FIRESTORE_EMULATOR_HOST": None,
        "GOOGLE_APPLICATION_CREDENTIALS": str(ROOT / "absent.json"),
    }
    done = in_subprocess("account", "list", "--project", "my-project", **without)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Working on the real project my-project.\n")
    assert "gcloud auth application-default login" in done.stderr
    assert "Traceback" not in done.stderr


def test_lists_accounts(run: Admin, account_id: str) -> None:
    listed = run.ok("account", "list")["accounts"]

    assert [each for each in listed if each["accountId"] == account_id] == [
        {
            "accountId": account_id,
            "name": "Café",
            "package": "GO",
            "isActive": True,
            "isTest": False,
            "createdAt": listed[-1]["createdAt"],
        }
    ]


def test_refuses_an_account_id_that_is_taken(run: Admin, account_id: str) -> None:
    reason = run.refused("account", "create", "Other", "--package", "PRIME", "--id", account_id)

    assert reason == f"There is an account {account_id} already.\n"
    assert administration.get_account(account_id).name == "Café"


@pytest.mark.parametrize("account_id", ["a/b", "", "__x__", "a" * 65, "ä"])
def test_refuses_ids_that_are_no_plain_words(run: Admin, account_id: str) -> None:
    reason = run.refused("account", "create", "Café", "--package", "GO", "--id", account_id)

    assert reason == f"The id {account_id!r} must be 1 to 64 letters, digits, - and _.\n"


@pytest.mark.parametrize("name", ["", "   ", "a" * 101])
def test_refuses_names_that_are_none(run: Admin, name: str) -> None:
    reason = run.refused("account", "create", name, "--package", "GO")

    assert reason == "A name has 1 to 100 characters.\n"


def test_refuses_an_unknown_package(run: Admin) -> None:
    errors = run.misused("account", "create", "Café", "--package", "GOLD")

    assert "'GOLD' is none of DISCOVER, ASSIST, GO, GROW, PRIME" in errors


def test_sets_the_package(run: Admin, account_id: str, app: Flask) -> None:
    key = run.ok("key", "issue", account_id, "--mode", "live")["key"]
    api = Api(app, key)
    assert api("syncExternalLoyalty").error == "ENDPOINT_NOT_ALLOWED"

    facts = run.ok("account", "set-package", account_id, "prime")

    assert facts["package"] == "PRIME"
    assert api("syncExternalLoyalty").error == "INVALID_PARAMETERS"


def test_stops_and_starts_a_subscription(run: Admin, account_id: str, app: Flask) -> None:
    live = Api(app, run.ok("key", "issue", account_id, "--mode", "live")["key"])
    test = Api(app, run.ok("key", "issue", account_id, "--mode", "test")["key"])

    assert run.ok("account", "deactivate", account_id)["isActive"] is False
    assert live("getLoyaltyProgram").error == "SUBSCRIPTION_INACTIVE"
    assert test("getLoyaltyProgram").error == "INVALID_PARAMETERS"

    assert run.ok("account", "activate", account_id)["isActive"] is True
    assert live("getLoyaltyProgram").error == "INVALID_PARAMETERS"


def test_creates_an_account_without_a_subscription(run: Admin) -> None:
    facts = run.ok("account", "create", "Café", "--package", "GO", "--inactive")

    assert administration.get_account(facts["accountId"]).is_active is False


def test_creates_and_lists_stores(run: Admin, account_id: str) -> None:
    options = ["--time-zone", "Europe/Zurich", "--currency", "CHF", "--position=47.37,-8.54"]
    created = run.ok("store", "create", account_id, "Markt", *options)

    assert created == {
        "storeId": created["storeId"],
        "accountId": account_id,
        "name": "Markt",
        "timeZone": "Europe/Zurich",
        "currency": "CHF",
        "position": [47.37, -8.54],
        "checkInRadiusM": 150,
        "posterVersion": 1,
        "takesCheckIns": True,
        "programs": 0,
        "createdAt": created["createdAt"],
    }
    assert run.ok("store", "list", account_id) == {"stores": [created]}
    assert stored(paths.store(created["storeId"]))["timeZone"] == "Europe/Zurich"


def test_writes_the_profile_of_a_store_anew(run: Admin, merchant: Merchant) -> None:
    program_id = merchant.program()
    client.commit([Remove(paths.store_profile(merchant.store_id))])

    facts = run.ok("store", "profile", merchant.store_id)
    assert facts["storeId"] == merchant.store_id

    profile = profile_documents.find(merchant.store_id)
    assert profile is not None
    assert [*profile.cards] == [program_id]


def test_changes_what_check_ins_in_a_store_depend_on(run: Admin, account_id: str) -> None:
    options = ["--time-zone", "Europe/Zurich", "--currency", "CHF"]
    created = run.ok("store", "create", account_id, "Markt", *options)
    store_id = created["storeId"]
    assert store_documents.find(store_id) is not None  # cached by now

    placed = run.ok("store", "change", store_id, "--position=47.37,8.54", "--check-in-radius", "80")
    withdrawn = run.ok("store", "change", store_id, "--withdraw-posters", "--check-ins", "closed")
    opened = run.ok("store", "change", store_id, "--check-ins", "open")

    assert placed == {**created, "position": [47.37, 8.54], "checkInRadiusM": 80}
    assert withdrawn == {**placed, "posterVersion": 2, "takesCheckIns": False}
    assert opened == {**withdrawn, "takesCheckIns": True}
    assert store_documents.find(store_id) == store_documents.decode(
        client.get_one(paths.store(store_id))
    )


@pytest.mark.parametrize(
    ("store", "option", "reason"),
    [
        ("store_absent", "--check-in-radius=80", "There is no store store_absent."),
        (None, "--check-in-radius=0", "A radius is from 1 to 10000 metres."),
        (None, "--check-in-radius=10001", "A radius is from 1 to 10000 metres."),
        (
            None,
            "--position=91,0",
            "A position is a latitude up to 90 and a longitude up to 180 degrees.",
        ),
    ],
)
def test_a_change_of_a_store_that_cannot_be_is_refused(
    run: Admin, account_id: str, store: str | None, option: str, reason: str
) -> None:
    options = ["--time-zone", "Europe/Zurich", "--currency", "CHF"]
    own = run.ok("store", "create", account_id, "Markt", *options)

    assert run.refused("store", "change", store or own["storeId"], option) == f"{reason}\n"

    assert run.ok("store", "list", account_id) == {"stores": [own]}


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        (
            "--time-zone",
            "Europe/Berln",
            "There is no time zone 'Europe/Berln'. Did you mean Europe/Berlin?",
        ),
        (
            "--time-zone",
            "Europe",
            "There is no time zone 'Europe'. Give an IANA name, as Europe/Berlin.",
        ),
        (
            "--time-zone",
            "/etc/localtime",
            "There is no time zone '/etc/localtime'. Give an IANA name, as Europe/Berlin.",
        ),
        (
            "--currency",
            "eur",
            "The currency 'eur' is no ISO 4217 code: three capitals, such as EUR.",
        ),
        (
            "--currency",
            "EURO",
            "The currency 'EURO' is no ISO 4217 code: three capitals, such as EUR.",
        ),
        (
            "--position",
            "91,0",
            "A position is a latitude up to 90 and a longitude up to 180 degrees.",
        ),
        (
            "--position",
            "nan,0",
            "A position is a latitude up to 90 and a longitude up to 180 degrees.",
        ),
        ("--id", "a b", "The id 'a b' must be 1 to 64 letters, digits, - and _."),
    ],
)
def test_refuses_a_store_that_cannot_be(
    run: Admin, account_id: str, option: str, value: str, reason: str
) -> None:
    options = {"--time-zone": "Europe/Berlin", "--currency": "EUR", option: value}
    arguments = [f"{name}={given}" for name, given in options.items()]

    assert run.refused("store", "create", account_id, "Markt", *arguments) == f"{reason}\n"
    assert run.ok("store", "list", account_id) == {"stores": []}


def test_refuses_a_position_that_is_none(run: Admin, account_id: str) -> None:
    options = ["--time-zone", "Europe/Berlin", "--currency", "EUR", "--position", "here"]

    errors = run.misused("store", "create", account_id, "Markt", *options)

    assert "'here' is not LATITUDE,LONGITUDE" in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("account", "show"),
        ("account", "activate"),
        ("account", "deactivate"),
        ("account", "set-package", "--", "GO"),
        ("store", "list"),
        ("store", "create", "--time-zone=Europe/Berlin", "--currency=EUR", "--", "Markt"),
        ("key", "list"),
        ("key", "issue", "--mode=live"),
    ],
)
def test_refuses_an_unknown_account(run: Admin, arguments: tuple[str, ...]) -> None:
    command = [each for each in arguments if each != "--"]
    command.insert(2, "acc_unknown")

    assert run.refused(*command) == "There is no account acc_unknown.\n"
    assert client.query("stores", ("accountId", "==", "acc_unknown")) == []
    assert client.query("apiKeys", ("accountId", "==", "acc_unknown")) == []
    assert client.get_one(paths.account("acc_unknown")).data is None


def test_issues_a_key_and_keeps_its_hash_alone(run: Admin, account_id: str, app: Flask) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "live", "--label", "till 1")

    key = keys.parse(issued["key"])
    assert issued == {
        "key": key.text,
        "keyId": key.hash[:16],
        "accountId": account_id,
        "mode": "live",
        "kind": "secret",
        "prefix": "bk_live_sk_",
        "last4": key.text[-4:],
        "label": "till 1",
        "createdAt": issued["createdAt"],
        "createdBy": None,
        "revokedAt": None,
        "revokedBy": None,
    }
    assert Api(app, key.text)("getLoyaltyProgram").error == "INVALID_PARAMETERS"
    listed = run.ok("key", "list", account_id)
    assert listed == {"keys": [{name: issued[name] for name in issued if name != "key"}]}
    assert key.text not in json.dumps(stored(paths.api_key(key.hash)), default=str)


def test_issues_a_publishable_test_key(run: Admin, account_id: str) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "test", "--kind", "publishable")

    assert issued["key"].startswith("bk_test_pk_")


def test_refuses_a_label_that_is_too_long(run: Admin, account_id: str) -> None:
    reason = run.refused("key", "issue", account_id, "--mode", "live", "--label", "a" * 101)

    assert reason == "A label has at most 100 characters.\n"
    assert run.ok("key", "list", account_id) == {"keys": []}


def test_revokes_a_key(run: Admin, account_id: str, app: Flask) -> None:
    kept = run.ok("key", "issue", account_id, "--mode", "live")
    issued = run.ok("key", "issue", account_id, "--mode", "live")
    assert Api(app, issued["key"])("getLoyaltyProgram").status == 400

    revoked = run.ok("key", "revoke", issued["keyId"])

    assert revoked["revokedAt"] is not None
    assert run.ok("key", "revoke", issued["keyId"]) == revoked
    assert Api(app, issued["key"])("getLoyaltyProgram").error == "INVALID_API_KEY"
    assert Api(app, kept["key"])("getLoyaltyProgram").error == "INVALID_PARAMETERS"


def test_revokes_a_key_by_its_whole_hash(run: Admin, account_id: str) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "live")

    revoked = run.ok("key", "revoke", keys.parse(issued["key"]).hash)

    assert revoked["keyId"] == issued["keyId"]
    assert revoked["revokedAt"] is not None


def test_rotates_a_key(run: Admin, account_id: str, app: Flask) -> None:
    before = run.ok("key", "issue", account_id, "--mode", "test", "--label", "shop")

    after = run.ok("key", "rotate", before["keyId"])

    assert after["key"] != before["key"]
    assert (after["mode"], after["kind"], after["label"]) == ("test", "secret", "shop")
    assert after["replaced"] == before["keyId"]
    assert Api(app, before["key"])("getLoyaltyProgram").error == "INVALID_API_KEY"
    assert Api(app, after["key"])("getLoyaltyProgram").error == "INVALID_PARAMETERS"
    listed = {
        each["keyId"]: each["revokedAt"] for each in run.ok("key", "list", account_id)["keys"]
    }
    assert listed == {before["keyId"]: after["createdAt"], after["keyId"]: None}


def test_does_not_rotate_a_revoked_key(run: Admin, account_id: str) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "live")
    run.ok("key", "revoke", issued["keyId"])

    reason = run.refused("key", "rotate", issued["keyId"])

    assert reason == f"The key {issued['keyId']} is revoked: issue a new one instead.\n"
    assert len(run.ok("key", "list", account_id)["keys"]) == 1


@pytest.mark.parametrize("command", ["rotate", "revoke"])
def test_refuses_an_unknown_key(run: Admin, command: str) -> None:
    unknown = keys.generate(KeyMode.LIVE, KeyKind.SECRET).hash

    assert run.refused("key", command, unknown) == f"There is no key {unknown}.\n"


@pytest.mark.parametrize("key_id", ["", "abc", "ABCDEF0123456789", "../apiKeys", "g" * 16])
def test_refuses_what_is_no_key_id(run: Admin, key_id: str) -> None:
    reason = run.refused("key", "revoke", key_id)

    assert reason == "A key's id is what `key list` shows: 8 or more hex digits of its SHA-256.\n"


def test_refuses_a_key_id_that_two_keys_share(run: Admin, account_id: str) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "live")
    key_hash = keys.parse(issued["key"]).hash
    twin_hash = key_hash[:63] + ("0" if key_hash[63] != "0" else "1")
    body = stored(paths.api_key(key_hash))
    client.commit([Create(paths.api_key(twin_hash), {**body, "keyHash": twin_hash})])

    reason = run.refused("key", "revoke", key_hash[:16])

    assert reason == f"More than one key begins with {key_hash[:16]}: give more of its id.\n"
    assert [each["revokedAt"] for each in run.ok("key", "list", account_id)["keys"]] == [None, None]


def test_shows_an_account_with_stores_and_keys(run: Admin, merchant: Merchant) -> None:
    shown = run.ok("account", "show", merchant.account_id)

    assert shown["package"] == "PRIME"
    assert [each["storeId"] for each in shown["stores"]] == [merchant.store_id]
    assert {each["mode"] for each in shown["keys"]} == {"live", "test"}


def test_writes_for_people(run: Admin, account_id: str) -> None:
    code, output, _ = run("account", "show", account_id)
    created_at = output.splitlines()[5]

    assert code == 0
    assert output.splitlines() == [
        f"accountId: {account_id}",
        "name: Café",
        "package: GO",
        "isActive: yes",
        "isTest: no",
        created_at,
        "stores:",
        "  none",
        "keys:",
        "  none",
    ]


def test_writes_tables_for_people(run: Admin, account_id: str) -> None:
    issued = run.ok("key", "issue", account_id, "--mode", "live")

    _, output, _ = run("key", "list", account_id)

    title, names, row = output.splitlines()
    assert title == "keys:"
    assert names.split() == [name for name in issued if name != "key"]
    assert row.split() == [
        *(issued[name] for name in ("keyId", "accountId", "mode", "kind", "prefix", "last4")),
        "-",
        issued["createdAt"],
        *("-", "-", "-"),
    ]


OTHER_PROJECT = "demo-secrets"
ENDPOINT = WebhookEndpoint(
    endpoint_id="we_1",
    account_id="acc_1",
    store_id="store_1",
    kind=HTTP,
    target="https://example.com/",
    events=("loyalty.*",),
    secrets=(),
    created_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
    updated_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
)


ACCOUNT = PspAccount("custom", "", {"mode": "live"}, False, ENDPOINT.updated_at)
PROVIDERS = ("custom", "stripe")


def test_encrypts_secrets_anew(firestore_emulator: FirestoreEmulator) -> None:
    # A project of its own: its endpoints change hands, so to speak.
    elsewhere = Client(project=OTHER_PROJECT)
    old, new, lost = new_key(), new_key(), new_key()
    for endpoint_id, key in (("we_1", old), ("we_2", old), ("we_3", lost)):
        token = Vault([key]).encrypt(
            f"secret of {endpoint_id}", paths.webhook_endpoint(endpoint_id)
        )
        secrets = (SigningSecret(token), SigningSecret(token, ENDPOINT.updated_at))
        endpoint = replace(ENDPOINT, endpoint_id=endpoint_id, secrets=secrets, headers_token=token)
        elsewhere.document(paths.webhook_endpoint(endpoint_id)).set(codec.to_document(endpoint))
    for store_id, key in (("store_1", old), ("store_2", lost)):
        path = paths.psp_configuration(store_id)
        token = Vault([key]).encrypt(f"keys of {store_id}", path)
        accounts = tuple(replace(ACCOUNT, provider=each, config_token=token) for each in PROVIDERS)
        configuration = PspConfiguration(store_id, "acc_1", "custom", accounts)
        elsewhere.document(path).set(codec.to_document(configuration))

    done = in_subprocess(
        "secret",
        "reencrypt",
        "--json",
        "--project",
        OTHER_PROJECT,
        PUNKTWERK_SECRET_KEYS=f"{new},{old}",
    )

    problem = "none of the configured keys decrypts its secret"
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "rekeyed": 0,
        "reencrypted": [
            {"collection": "connections", "documents": 0},
            {"collection": "idempotencyKeys", "documents": 0},
            {"collection": "importParts", "documents": 0},
            {"collection": "members", "documents": 0},
            {"collection": "payments", "documents": 0},
            {"collection": "pspConfigurations", "documents": 1},
            {"collection": "pushSubscriptions", "documents": 0},
            {"collection": "shopApprovals", "documents": 0},
            {"collection": "staffInvitations", "documents": 0},
            {"collection": "syncs", "documents": 0},
            {"collection": "voucherCodes", "documents": 0},
            {"collection": "walletPasses", "documents": 0},
            {"collection": "webhookEndpoints", "documents": 2},
        ],
        "problems": [
            {"path": path, "message": problem}
            for path in ("pspConfigurations/store_2", "webhookEndpoints/we_3")
        ],
    }
    tokens = {
        each.id: [each.get("headersToken"), *(one["token"] for one in each.get("secrets"))]
        for each in elsewhere.collection("webhookEndpoints").get()
    }
    for endpoint_id, key in (("we_1", new), ("we_2", new), ("we_3", lost)):
        path = paths.webhook_endpoint(endpoint_id)
        decrypted = {Vault([key]).decrypt(token, path) for token in tokens[endpoint_id]}
        assert decrypted == {f"secret of {endpoint_id}"}
    for store_id, key in (("store_1", new), ("store_2", lost)):
        path = paths.psp_configuration(store_id)
        found = elsewhere.document(path).get().to_dict() or {}
        assert [each["provider"] for each in found["accounts"]] == [*PROVIDERS]
        decrypted = {Vault([key]).decrypt(each["configToken"], path) for each in found["accounts"]}
        assert decrypted == {f"keys of {store_id}"}


def test_refuses_encryption_keys_that_are_none() -> None:
    done = in_subprocess("secret", "reencrypt", PUNKTWERK_SECRET_KEYS="abc")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1] == (
        "Encryption key 1 of 1 is malformed: 32 bytes in URL-safe base64 are needed."
    )


def test_makes_no_encryption_key_to_encrypt_anew(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"

    done = in_subprocess(
        "secret", "reencrypt", PUNKTWERK_SECRET_KEYS=None, PUNKTWERK_SECRET_FILE=str(file)
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert "set PUNKTWERK_SECRET_KEYS" in done.stderr
    assert not file.exists()


def test_takes_the_encryption_keys_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_file, other = tmp_path / ".secret.local", tmp_path / "secret.key"
    monkeypatch.setattr(suite, "SECRETS", run_file)
    monkeypatch.delenv("PUNKTWERK_SECRET_FILE", raising=False)
    monkeypatch.setattr(config, "local_secret_file", lambda: other)

    run_file.write_text("PUNKTWERK_SECRET_KEYS=new,old\n")
    assert admin.keys_of_the_run() == ["new,old"]
    other.write_text("third\n")
    assert admin.keys_of_the_run() == ["new,old", "third"]


def history(member: Member) -> str:
    """Give a program two members with entries of several kinds; return its id."""
    member.redeem(30)
    member.sync("set", 55, source="till", externalTransactionId="x1")
    member.earn(12)
    other = member.other("user_2")
    other.enroll()
    other.earn(7)
    return member.program_id


def problems(run: Admin, program_id: str) -> list[dict[str, str]]:
    code, output, _ = run("verify", program_id, "--json")
    assert code == 1
    found: list[dict[str, str]] = json.loads(output)["problems"]
    return found


def test_verifies_that_the_books_are_right(run: Admin, member: Member) -> None:
    program_id = history(member)

    code, output, _ = run("verify", program_id, "--json")

    assert (code, json.loads(output)) == (
        0,
        {"programId": program_id, "memberships": 2, "entries": 5, "problems": []},
    )


def test_verifies_more_members_than_a_page_has(
    run: Admin, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 6):
        member.other(f"user_{number}").enroll()
    monkeypatch.setattr(client, "PAGE", 2)

    assert run.ok("verify", member.program_id)["memberships"] == 5


def test_refuses_to_verify_an_unknown_program(run: Admin) -> None:
    assert run.refused("verify", "lp_unknown") == "There is no program lp_unknown.\n"


def test_finds_a_balance_that_was_written_by_hand(run: Admin, member: Member) -> None:
    history(member)
    path = paths.member(member.membership_id)
    mirror = paths.store_member(member.merchant.store_id, member.membership_id)
    read = client.get_one(path)
    body = {**stored(path), "balanceUnits": 1000}
    client.commit([Update(read, body), Put(mirror, body)])

    assert problems(run, member.program_id) == [
        {"path": path, "message": "balance is 1000, and the entries give 67"},
        {
            "path": path,
            "message": "balance against its open lots is 1000, and the entries give 67",
        },
    ]


def test_finds_a_mirror_that_differs(run: Admin, member: Member) -> None:
    mirror = paths.store_member(member.merchant.store_id, member.membership_id)
    client.commit([Put(mirror, {**stored(mirror), "tier": "Gold"})])

    assert problems(run, member.program_id) == [
        {
            "path": mirror,
            "message": f"differs from {paths.member(member.membership_id)} in tier",
        }
    ]


def test_finds_a_mirror_that_is_missing(run: Admin, member: Member) -> None:
    mirror = client.get_one(paths.store_member(member.merchant.store_id, member.membership_id))
    client.commit([Delete(mirror)])

    assert problems(run, member.program_id) == [{"path": mirror.path, "message": "is missing"}]


def test_finds_a_mirror_of_nothing(run: Admin, member: Member) -> None:
    body = stored(paths.member(member.membership_id))
    mirror = paths.store_member(member.merchant.store_id, f"{member.program_id}_ghost")
    client.commit([Put(mirror, body)])

    assert problems(run, member.program_id) == [
        {"path": mirror, "message": "mirrors a membership that does not exist"}
    ]


def test_finds_a_program_whose_mirror_differs(run: Admin, member: Member) -> None:
    mirror = paths.store_program(member.merchant.store_id, member.program_id)
    body = stored(mirror)
    client.commit([Put(mirror, {**body, "isActive": False, "programName": "Other"})])

    assert problems(run, member.program_id) == [
        {
            "path": mirror,
            "message": f"differs from {paths.program(member.program_id)} in isActive, programName",
        }
    ]


def test_finds_an_entry_that_was_changed(run: Admin, member: Member) -> None:
    history(member)
    entry = client.query(f"{paths.member(member.membership_id)}/entries", order_by=["seq"])[0]
    client.commit([Update(entry, {**stored(entry.path), "description": "Something else"})])

    assert problems(run, member.program_id) == [
        {
            "path": paths.member(member.membership_id),
            "message": f"entry {entry.id} was changed",
        }
    ]


def test_finds_an_entry_that_was_removed(run: Admin, member: Member) -> None:
    history(member)
    entries = client.query(f"{paths.member(member.membership_id)}/entries", order_by=["seq"])
    client.commit([Delete(entries[-1])])

    messages = [each["message"] for each in problems(run, member.program_id)]

    assert messages == [
        "balance is 67, and the entries give 55",
        "earned is 112, and the entries give 100",
        "lifetime is 112, and the entries give 100",
        messages[3],
        "the last entries are missing",
    ]
    assert messages[3].startswith("recent is ")


def test_reads_again_what_is_booked_meanwhile(
    run: Admin, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_entries = membership_documents.list_entries
    booked: list[str] = []

    def book_first(membership_id: str) -> Any:
        if not booked:
            booked.append(membership_id)
            member.earn(1)
        return read_entries(membership_id)

    monkeypatch.setattr(membership_documents, "list_entries", book_first)

    assert run.ok("verify", member.program_id) == {
        "programId": member.program_id,
        "memberships": 1,
        "entries": 2,
        "problems": [],
    }


def test_apps_are_registered_disabled_and_get_new_secrets(run: Admin) -> None:
    uri = "https://app.example/callback"

    made = run.ok("app", "create", "Zap", "--redirect-uri", uri, "--redirect-uri", uri + "2")
    public = run.ok("app", "create", "Phone", "--redirect-uri", uri, "--public")

    assert made["redirectUris"] == f"{uri} {uri}2"
    assert re.fullmatch(r"app_[a-z2-9]{20}", made["clientId"])
    assert re.fullmatch(r"pw_cs_[A-Za-z0-9_-]{43}", made["clientSecret"])
    assert "clientSecret" not in public
    assert public["isPublic"] is True
    stored = client.get_one(f"oauthApps/{made['clientId']}").data
    assert made["clientSecret"] not in str(stored)
    rotated = run.ok("app", "rotate", made["clientId"])
    assert rotated["clientSecret"] != made["clientSecret"]
    assert run.ok("app", "disable", made["clientId"])["isDisabled"] is True
    shown = {each["clientId"]: each for each in run.ok("app", "list")["apps"]}
    assert shown[made["clientId"]]["isDisabled"] is True
    assert run.ok("app", "enable", made["clientId"])["isDisabled"] is False
    assert "is public" in run.refused("app", "rotate", public["clientId"])
    assert "no app" in run.refused("app", "disable", "app_unknown")
    wrong = run.refused("app", "create", "Zap", "--redirect-uri", "http://app.example")
    assert "is no redirect URI" in wrong
    assert "1 to 100" in run.refused("app", "create", " ", "--redirect-uri", uri)
