"""Accounts, stores, keys and secrets from the command line: ``python -m tools.admin --help``.

They work on the emulator if FIRESTORE_EMULATOR_HOST is set, else on a real project with application
default credentials. Exit codes: 0 done, 1 refused or problems found, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from shared import clock, config
from shared.auth.keys import KIND_BY_NAME, KeyKind, KeyMode
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.oauth_apps import OAuthApp
from shared.domain.accounts.packages import Package
from shared.domain.accounts.test_clocks import is_test_account
from shared.domain.stores.stores import Coordinates, Store
from shared.errors import PunktwerkError
from shared.services.accounts import (
    administration,
    invitation_rekeying,
    oauth_apps,
    reencryption,
)
from shared.services.accounts.administration import IssuedKey, Refused
from shared.services.accounts.oauth_apps import RegisteredApp
from shared.services.loyalty import verification
from shared.services.members import name_index, rekeying
from shared.services.systems import purchase_people
from shared.vault import VaultError
from tools import suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Facts = dict[str, Any]

KIND_NAMES = {kind: name for name, kind in KIND_BY_NAME.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = parser().parse_args(arguments)
    if options.project:
        os.environ["GOOGLE_CLOUD_PROJECT"] = options.project
    try:
        require_target()
        # Standard output is for the result alone, but the product logs to it.
        with contextlib.redirect_stdout(sys.stderr):
            facts: Facts = options.run(options)
    except (Refused, PunktwerkError, VaultError) as error:
        return complain(str(error))
    except Exception as error:
        if not is_of_google(error):
            raise
        return complain(explained(error))
    print(json.dumps(facts, indent=2, ensure_ascii=False) if options.json else as_text(facts))
    return 1 if facts.get("problems") else 0


def complain(message: str) -> int:
    """Print why the command was refused."""
    sys.stderr.write(f"{message}\n")
    return 1


def require_target() -> None:
    """Print the project on which the command works; refuse to guess a real project.

    Raises:
        Refused: There is no emulator and no project.
    """
    if config.is_emulated():
        where = f"the emulator at {os.environ['FIRESTORE_EMULATOR_HOST']}, project"
    elif os.environ.get("GOOGLE_CLOUD_PROJECT") or os.environ.get("GCLOUD_PROJECT"):
        where = "the real project"
    else:
        raise Refused("Say where: --project ID, or FIRESTORE_EMULATOR_HOST for the emulator.")
    sys.stderr.write(f"Working on {where} {config.project_id()}.\n")


def keys_of_the_run() -> list[str]:
    """Return the encryption keys that were made on this machine for the emulator, newest first.

    Those are what `make run` has made and, for functions without it, `config.local_secret_file`.
    None is made here: a new key decrypts nothing.

    Raises:
        Refused: There is none.
    """
    files = [config.local_secret_file()]
    if "PUNKTWERK_SECRET_FILE" not in os.environ:
        files.insert(0, suite.SECRETS)
    texts = [each.read_text("ascii").strip() for each in files if each and each.exists()]
    found = [text.removeprefix("PUNKTWERK_SECRET_KEYS=") for text in texts]
    if not any(found):
        raise Refused(
            "There is no encryption key: set PUNKTWERK_SECRET_KEYS to the keys of the functions "
            "that write this database."
        )
    return [each for each in found if each]


def is_of_google(error: Exception) -> bool:
    """Tell whether Google's libraries raised an error: no credentials, permission or database."""
    return type(error).__module__.startswith(("google.auth", "google.api_core"))


def explained(error: Exception) -> str:
    """Return advice about an error of Google's libraries."""
    if type(error).__module__.startswith("google.auth"):
        return f"{error}\nFor credentials: gcloud auth application-default login"
    return f"The project {config.project_id()} refused: {error}"


# Commands


def account_create(options: argparse.Namespace) -> Facts:
    return account_facts(
        administration.create_account(
            options.name,
            options.package,
            account_id=options.id,
            is_active=not options.inactive,
            is_test=options.test,
        )
    )


def account_list(_: argparse.Namespace) -> Facts:
    return {"accounts": [account_facts(each) for each in administration.list_accounts()]}


def account_show(options: argparse.Namespace) -> Facts:
    account = administration.get_account(options.account)
    return account_facts(account) | store_list(options) | key_list(options)


def account_set_package(options: argparse.Namespace) -> Facts:
    return account_facts(administration.set_package(options.account, options.package))


def account_activate(options: argparse.Namespace) -> Facts:
    return account_facts(administration.set_active(options.account, is_active=True))


def account_deactivate(options: argparse.Namespace) -> Facts:
    return account_facts(administration.set_active(options.account, is_active=False))


def store_create(options: argparse.Namespace) -> Facts:
    return store_facts(
        administration.create_store(
            options.account,
            options.name,
            time_zone=options.time_zone,
            currency=options.currency,
            store_id=options.id,
            position=options.position,
        )
    )


def store_change(options: argparse.Namespace) -> Facts:
    return store_facts(
        administration.change_store(
            options.store,
            position=options.position,
            check_in_radius_m=options.check_in_radius,
            is_closed=options.check_ins and options.check_ins == "closed",
            withdraws_posters=options.withdraw_posters,
        )
    )


def store_profile(options: argparse.Namespace) -> Facts:
    return store_facts(administration.write_profile(options.store))


def store_list(options: argparse.Namespace) -> Facts:
    return {"stores": [store_facts(each) for each in administration.list_stores(options.account)]}


def key_issue(options: argparse.Namespace) -> Facts:
    mode, kind = KeyMode(options.mode), KIND_BY_NAME[options.kind]
    return issued_facts(administration.issue_key(options.account, mode, kind, label=options.label))


def key_list(options: argparse.Namespace) -> Facts:
    return {"keys": [key_facts(each) for each in administration.list_keys(options.account)]}


def key_rotate(options: argparse.Namespace) -> Facts:
    return issued_facts(administration.rotate_key(options.key_id))


def key_revoke(options: argparse.Namespace) -> Facts:
    return key_facts(administration.revoke_key(options.key_id))


def origins_list(options: argparse.Namespace) -> Facts:
    return origins_facts(administration.get_account(options.account))


def origins_allow(options: argparse.Namespace) -> Facts:
    return origins_facts(administration.allow_origin(options.account, options.origin))


def origins_remove(options: argparse.Namespace) -> Facts:
    return origins_facts(administration.remove_origin(options.account, options.origin))


def app_create(options: argparse.Namespace) -> Facts:
    return registered_facts(
        oauth_apps.create(options.name, options.redirect_uri, is_public=options.public)
    )


def app_list(_: argparse.Namespace) -> Facts:
    return {"apps": [app_facts(each) for each in oauth_apps.list_all()]}


def app_disable(options: argparse.Namespace) -> Facts:
    return app_facts(oauth_apps.set_disabled(options.app_id, is_disabled=True))


def app_enable(options: argparse.Namespace) -> Facts:
    return app_facts(oauth_apps.set_disabled(options.app_id, is_disabled=False))


def app_rotate(options: argparse.Namespace) -> Facts:
    return registered_facts(oauth_apps.rotate_secret(options.app_id))


def secret_reencrypt(_: argparse.Namespace) -> Facts:
    if config.is_emulated() and not config.secret_keys():
        os.environ["PUNKTWERK_SECRET_KEYS"] = ",".join(keys_of_the_run())
    done = reencryption.reencrypt_secrets()
    rekeyed = rekeying.rekey_members() + invitation_rekeying.rekey_invitations()
    message = "none of the configured keys decrypts its secret"
    return {
        "reencrypted": [
            {"collection": collection, "documents": count}
            for collection, count in done.counts.items()
        ],
        "rekeyed": rekeyed,
        "problems": [{"path": path, "message": message} for path in done.undecryptable],
    }


def personal_index(_: argparse.Namespace) -> Facts:
    return {"purchases": purchase_people.note_people(), "members": name_index.note_names()}


def verify(options: argparse.Namespace) -> Facts:
    report = verification.verify(options.program, is_told=True)
    if report is None:
        raise Refused(f"There is no program {options.program}.")
    return {
        "programId": options.program,
        "memberships": report.memberships,
        "entries": report.entries,
        "problems": [{"path": each.path, "message": each.message} for each in report.problems],
    }


# Output


def account_facts(account: Account) -> Facts:
    return {
        "accountId": account.account_id,
        "name": account.name,
        "package": account.package.value,
        "isActive": account.is_active,
        "isTest": is_test_account(account.account_id),
        "createdAt": clock.to_wire(account.created_at),
    }


def store_facts(store: Store) -> Facts:
    position = store.position
    return {
        "storeId": store.store_id,
        "accountId": store.account_id,
        "name": store.name,
        "timeZone": store.time_zone,
        "currency": store.currency,
        "position": [position.latitude, position.longitude] if position else None,
        "checkInRadiusM": store.check_in_radius_m,
        "posterVersion": store.poster_version,
        "takesCheckIns": not store.is_closed,
        "programs": len(store.program_ids),
        "createdAt": clock.to_wire(store.created_at),
    }


def key_facts(record: KeyRecord) -> Facts:
    return {
        "keyId": record.key_id,
        "accountId": record.account_id,
        "mode": record.mode,
        "kind": KIND_NAMES[KeyKind(record.kind)],
        "prefix": record.prefix,
        "last4": record.last4,
        "label": record.label,
        "createdAt": clock.to_wire(record.created_at),
        "createdBy": record.created_by,
        "revokedAt": clock.to_wire(record.revoked_at) if record.revoked_at else None,
        "revokedBy": record.revoked_by,
    }


def app_facts(app: OAuthApp) -> Facts:
    return {
        "clientId": app.app_id,
        "name": app.name,
        "isPublic": app.is_public,
        "isDisabled": app.is_disabled,
        "redirectUris": " ".join(app.redirect_uris),
        "createdAt": clock.to_wire(app.created_at),
    }


def registered_facts(registered: RegisteredApp) -> Facts:
    facts = app_facts(registered.app)
    if registered.secret is None:
        return facts
    sys.stderr.write("The secret is shown this once: only its SHA-256 is kept.\n")
    return {"clientSecret": registered.secret, **facts}


def origins_facts(account: Account) -> Facts:
    allowed = [{"origin": each} for each in account.allowed_origins]
    return {"accountId": account.account_id, "origins": allowed}


def issued_facts(issued: IssuedKey) -> Facts:
    sys.stderr.write("The key is shown this once: only its SHA-256 is kept.\n")
    facts = {"key": issued.key.text, **key_facts(issued.record)}
    return {**facts, "replaced": key_facts(issued.replaced)["keyId"]} if issued.replaced else facts


def as_text(facts: Mapping[str, Any]) -> str:
    """Write facts for people: one value on each line, lists as tables."""
    return "\n".join(
        f"{name}:\n{as_table(value)}"
        if isinstance(value, list) and name != "position"
        else f"{name}: {as_word(value)}"
        for name, value in facts.items()
    )


def as_table(rows: list[dict[str, Any]]) -> str:
    """Write rows that have the same names as a table."""
    if not rows:
        return "  none"
    lines = [list(rows[0]), *([as_word(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  " + "  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def as_word(value: Any) -> str:
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case list():
            return ",".join(map(str, value))
        case _:
            return str(value)


# The command line


def parser() -> argparse.ArgumentParser:
    """Return the parser; every command has its function in ``run``."""
    root = argparse.ArgumentParser(
        prog="python -m tools.admin",
        description="Accounts, stores, keys and secrets of Punktwerk, and proof of its books.",
        epilog="Works on the emulator if FIRESTORE_EMULATOR_HOST is set, else on a real project "
        "with application default credentials (gcloud auth application-default login). "
        "Servers see changes within 60 seconds. "
        "Exit codes: 0 done, 1 refused or problems found, 2 wrong usage.",
    )
    _with_common(root, default=None)
    groups = root.add_subparsers(required=True, metavar="COMMAND")

    account = _group(groups, "account", "merchants and what they subscribe to")
    create = _command(account, "create", account_create, "create an account")
    create.add_argument("name", help="what people call the merchant")
    create.add_argument("--package", type=_package, required=True, help=_PACKAGES)
    create.add_argument("--id", help="fixed id (default: a random one)")
    create.add_argument("--inactive", action="store_true", help="without a subscription for now")
    create.add_argument(
        "--test", action="store_true", help="a test account: its time can be moved, for ever"
    )
    _command(account, "list", account_list, "list all accounts")
    _with_account(_command(account, "show", account_show, "an account, its stores and keys"))
    change = _command(account, "set-package", account_set_package, "change the package")
    _with_account(change)
    change.add_argument("package", type=_package, help=_PACKAGES)
    for name, run, text in (
        ("activate", account_activate, "start the subscription: live keys work"),
        ("deactivate", account_deactivate, "stop it: live keys are refused, test keys work"),
    ):
        _with_account(_command(account, name, run, text))

    store = _group(groups, "store", "shops of an account")
    create = _command(store, "create", store_create, "create a store")
    _with_account(create)
    create.add_argument("name", help="what people call the store")
    create.add_argument("--time-zone", required=True, help="IANA name, such as Europe/Berlin")
    create.add_argument("--currency", required=True, help="ISO 4217 code, such as EUR")
    create.add_argument("--id", help="fixed id (default: a random one)")
    create.add_argument("--position", type=_position, help="--position=LATITUDE,LONGITUDE")
    _with_account(_command(store, "list", store_list, "list an account's stores"))
    profile = _command(store, "profile", store_profile, "write the profile anew that all may read")
    profile.add_argument("store", metavar="STORE_ID", help="as `store list` shows it")
    change = _command(store, "change", store_change, "change what check-ins in a store depend on")
    change.add_argument("store", metavar="STORE_ID", help="as `store list` shows it")
    change.add_argument("--position", type=_position, help="--position=LATITUDE,LONGITUDE")
    change.add_argument(
        "--check-in-radius", type=int, metavar="METRES", help="how far away a customer may be"
    )
    change.add_argument("--check-ins", choices=["open", "closed"], help="whether it takes any")
    change.add_argument(
        "--withdraw-posters", action="store_true", help="refuse all codes that were printed"
    )

    key = _group(groups, "key", "API keys; only their SHA-256 is kept")
    issue = _command(key, "issue", key_issue, "make a key; it is shown this once")
    _with_account(issue)
    issue.add_argument("--mode", choices=[*KeyMode], required=True, help="test keys change nothing")
    issue.add_argument(
        "--kind",
        choices=list(KIND_BY_NAME),
        default="secret",
        help="who it is for: servers (secret, the default), or pages, to name the account",
    )
    issue.add_argument("--label", default="", help="what it is for")
    _with_account(_command(key, "list", key_list, "list an account's keys"))
    for name, run, text in (
        ("rotate", key_rotate, "revoke a key and issue one like it, at once"),
        ("revoke", key_revoke, "revoke a key"),
    ):
        command = _command(key, name, run, text)
        command.add_argument("key_id", metavar="KEY_ID", help="the beginning of its SHA-256")

    _with_apps(groups)

    origins = _group(groups, "origins", "web pages that may use an account's live secret keys")
    _with_account(_command(origins, "list", origins_list, "list the origins that are allowed"))
    for name, run, text in (
        ("allow", origins_allow, "allow an origin, such as that of a till in a web view"),
        ("remove", origins_remove, "allow it no more"),
    ):
        command = _command(origins, name, run, text)
        _with_account(command)
        command.add_argument(
            "origin",
            metavar="ORIGIN",
            help="as the browser sends it: https://till.example, capacitor://localhost, file:// or "
            "null. `null` is what any page can make itself, so allow it for as short as you can",
        )

    _with_stored(groups)
    return root


def _with_stored(groups: Any) -> None:
    """Add the commands that go through what is stored."""
    secret = _group(groups, "secret", "secrets and credentials that are stored encrypted")
    _command(
        secret,
        "reencrypt",
        secret_reencrypt,
        "encrypt them anew with the first key of PUNKTWERK_SECRET_KEYS",
    )

    personal = _group(groups, "personal", "what documents hold on customers")
    _command(
        personal,
        "index",
        personal_index,
        "note in older purchases of tills whom they name, and let older members be found by name",
    )

    proof = _command(groups, "verify", verify, "check mirrors, chains and sums of a program")
    proof.add_argument("program", metavar="PROGRAM_ID", help="as getLoyaltyPrograms shows it")


def _with_apps(groups: Any) -> None:
    app = _group(groups, "app", "apps of others that owners can let act for their accounts")
    create = _command(app, "create", app_create, "register an app; its secret is shown this once")
    create.add_argument("name", help="what people call it; the consent page shows it")
    create.add_argument(
        "--redirect-uri",
        action="append",
        required=True,
        metavar="URI",
        help="where its users may be sent back to, exactly; can be given again",
    )
    create.add_argument(
        "--public", action="store_true", help="it can keep no secret, and gets none"
    )
    _command(app, "list", app_list, "list all apps")
    for name, run, text in (
        ("disable", app_disable, "stop an app: nothing that it was given works"),
        ("enable", app_enable, "let it go on"),
        ("rotate", app_rotate, "give it a new secret, and refuse the one before"),
    ):
        command = _command(app, name, run, text)
        command.add_argument("app_id", metavar="CLIENT_ID", help="as `app list` shows it")


_PACKAGES = ", ".join(Package)


def _group(groups: Any, name: str, text: str) -> Any:
    group = groups.add_parser(name, help=text, description=_sentence(text))
    return group.add_subparsers(required=True, metavar="COMMAND")


def _command(
    group: Any, name: str, run: Callable[[argparse.Namespace], Facts], text: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(
        name, help=text, description=_sentence(text)
    )
    # They may stand before the command too; what stands there must not be undone by a default.
    _with_common(command, default=argparse.SUPPRESS)
    command.set_defaults(run=run)
    return command


def _with_common(parser: argparse.ArgumentParser, default: Any) -> None:
    parser.add_argument(
        "--project", default=default, help="Google Cloud project (default: GOOGLE_CLOUD_PROJECT)"
    )
    parser.add_argument(
        "--json", action="store_true", default=default or False, help="print one JSON object"
    )


def _with_account(command: argparse.ArgumentParser) -> None:
    command.add_argument("account", metavar="ACCOUNT_ID", help="as `account list` shows it")


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _package(text: str) -> Package:
    try:
        return Package(text.upper())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {_PACKAGES}") from None


def _position(text: str) -> Coordinates:
    try:
        latitude, longitude = map(float, text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not LATITUDE,LONGITUDE") from None
    return Coordinates(latitude, longitude)


if __name__ == "__main__":
    sys.exit(main())
