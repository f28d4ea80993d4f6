"""An operator's commands: accounts, stores and keys."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from shared import clock, ids, time_zones
from shared.auth import keys
from shared.auth.keys import ApiKey, KeyKind, KeyMode
from shared.domain.accounts import origins, test_clocks
from shared.domain.accounts.accounts import Account, KeyRecord
from shared.domain.accounts.packages import Package
from shared.domain.stores.stores import Coordinates, Store
from shared.services import commands
from shared.services.accounts import api_keys
from shared.services.commands import Effect, Reads
from shared.store import client, paths
from shared.store.accounts import account_documents
from shared.store.loyalty import profile_documents, program_documents
from shared.store.stores import store_documents

NAME_CHARS_MAX = 100
LATITUDE_MAX, LONGITUDE_MAX = 90, 180
CHECK_IN_RADIUS_M_MAX = 10_000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_KEY_ID = re.compile(r"[0-9a-f]{8,64}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Refused(Exception):
    """The request cannot be done, and nothing was written; the message says why."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; its text is known only now. ``replaced`` is the key that it replaces."""

    key: ApiKey
    record: KeyRecord
    replaced: KeyRecord | None = None


def create_account(
    name: str,
    package: Package,
    *,
    account_id: str | None = None,
    is_active: bool = True,
    is_test: bool = False,
) -> Account:
    """Create an account; without an id it gets a random one.

    Its id says for ever whether it is a test account.

    Raises:
        Refused: The name or the id is not valid, or the id is taken.
    """
    account = Account(
        account_id=_checked_account_id(account_id, is_test=is_test),
        name=_checked_name(name),
        package=package,
        is_active=is_active,
        created_at=clock.real_now(),
    )
    path = paths.account(account.account_id)

    def decide(reads: Reads) -> Effect[Account]:
        if reads[path].data is not None:
            raise Refused(f"There is an account {account.account_id} already.")
        return Effect(account, [account_documents.account_creation(account)])

    return commands.run([path], decide)


def get_account(account_id: str) -> Account:
    """Return an account as it is now.

    Raises:
        Refused: No account has this id.
    """
    path = paths.account(account_id)
    return _found_account(client.get([path]), account_id)


def list_accounts() -> list[Account]:
    """Return all accounts, oldest first."""
    return account_documents.list_accounts()


def set_package(account_id: str, package: Package) -> Account:
    """Change an account's package; live keys follow within 60 s.

    Raises:
        Refused: There is no such account.
    """
    return _change_account(account_id, lambda account: replace(account, package=package))


def set_active(account_id: str, *, is_active: bool) -> Account:
    """Start or stop an account's subscription; live keys follow within 60 s.

    Raises:
        Refused: There is no such account.
    """
    return _change_account(account_id, lambda account: replace(account, is_active=is_active))


def allow_origin(account_id: str, origin: str) -> Account:
    """Let the pages of a web origin use an account's live secret keys, within 60 s.

    Raises:
        Refused: There is no such account, it is no origin, or the account allows too many.
    """
    added = _checked_origin(origin)
    if "*" in added:  # not in _checked_origin, so that one of before can be removed
        raise Refused("There are no wildcards: allow each origin by its full name.")

    def change(account: Account) -> Account:
        if added in account.allowed_origins:
            return account
        if len(account.allowed_origins) >= origins.ORIGINS_PER_ACCOUNT_MAX:
            raise Refused(f"An account allows at most {origins.ORIGINS_PER_ACCOUNT_MAX} origins.")
        return replace(account, allowed_origins=(*account.allowed_origins, added))

    return _change_account(account_id, change)


def remove_origin(account_id: str, origin: str) -> Account:
    """Take the permission of a web origin back; its requests are refused within 60 s.

    Raises:
        Refused: There is no such account, or it does not allow the origin.
    """
    removed = _checked_origin(origin)

    def change(account: Account) -> Account:
        if removed not in account.allowed_origins:
            raise Refused(f"The account {account_id} does not allow {removed}.")
        kept = tuple(each for each in account.allowed_origins if each != removed)
        return replace(account, allowed_origins=kept)

    return _change_account(account_id, change)


def create_store(
    account_id: str,
    name: str,
    *,
    time_zone: str,
    currency: str,
    store_id: str | None = None,
    position: Coordinates | None = None,
) -> Store:
    """Create a store of an account; without an id it gets a random one.

    Args:
        account_id: The account that owns the store.
        name: The store's name for people.
        time_zone: IANA name, such as ``Europe/Berlin``; days and months follow this zone.
        currency: ISO 4217 code, such as ``EUR``.
        store_id: Fixed id, if any.
        position: The store's position, if known.

    Raises:
        Refused: There is no such account, a value is not valid, or the id is taken.
    """
    store = Store(
        store_id=_checked_id(store_id, "store"),
        account_id=account_id,
        name=_checked_name(name),
        time_zone=_checked_time_zone(time_zone),
        currency=_checked_currency(currency),
        created_at=clock.real_now(),
        position=_checked_position(position),
    )
    path, account_path = paths.store(store.store_id), paths.account(account_id)

    def decide(reads: Reads) -> Effect[Store]:
        _found_account(reads, account_id)
        if reads[path].data is not None:
            raise Refused(f"There is a store {store.store_id} already.")
        writes = [store_documents.creation(store), profile_documents.of_store(store)]
        return Effect(store, writes)

    return commands.run([path, account_path], decide)


def change_store(
    store_id: str,
    *,
    position: Coordinates | None = None,
    check_in_radius_m: int | None = None,
    is_closed: bool | None = None,
    withdraws_posters: bool = False,
) -> Store:
    """Change what check-ins in a store depend on; ``None`` changes nothing. Within 60 s.

    Args:
        store_id: The store.
        position: Where it is.
        check_in_radius_m: How far from there a customer may be, in metres.
        is_closed: True if it takes no check-ins for now.
        withdraws_posters: The codes of all posters that were printed are refused from then on.

    Raises:
        Refused: There is no such store, or a value is not valid.
    """
    path = paths.store(store_id)
    _checked_position(position)
    if check_in_radius_m is not None and not 1 <= check_in_radius_m <= CHECK_IN_RADIUS_M_MAX:
        raise Refused(f"A radius is from 1 to {CHECK_IN_RADIUS_M_MAX} metres.")

    def decide(reads: Reads) -> Effect[Store]:
        before = store_documents.decode(reads[path])
        if before is None:
            raise Refused(f"There is no store {store_id}.")
        after = replace(
            before,
            position=position or before.position,
            check_in_radius_m=check_in_radius_m or before.check_in_radius_m,
            is_closed=before.is_closed if is_closed is None else is_closed,
            poster_version=before.poster_version + withdraws_posters,
        )
        return Effect(after, [store_documents.write(reads[path], after)] if after != before else [])

    store = commands.run([path], decide)
    store_documents.forget(store_id)
    return store


def write_profile(store_id: str) -> Store:
    """Write the profile of a store anew, as stores need that were made before profiles were.

    Its programs are written as they are, so that none of them changes unseen meanwhile.

    Raises:
        Refused: There is no such store.
    """
    path = paths.store(store_id)
    programs = [
        paths.program(each.program_id) for each in program_documents.list_of_store(store_id)
    ]

    def decide(reads: Reads) -> Effect[Store]:
        store = store_documents.decode(reads[path])
        if store is None:
            raise Refused(f"There is no store {store_id}.")
        writes = [store_documents.write(reads[path], store), profile_documents.of_store(store)]
        for each in programs:
            program = program_documents.decode(reads[each])
            assert program is not None, "programs are never deleted"
            writes += program_documents.replacement(reads[each], program)
        return Effect(store, writes)

    return commands.run([path, *programs], decide)


def list_stores(account_id: str) -> list[Store]:
    """Return an account's stores, oldest first.

    Raises:
        Refused: There is no such account.
    """
    get_account(account_id)
    return store_documents.list_of_account(account_id)


def issue_key(
    account_id: str,
    mode: KeyMode,
    kind: KeyKind = KeyKind.SECRET,
    *,
    label: str = "",
    key: ApiKey | None = None,
) -> IssuedKey:
    """Make a key for an account: a random one, unless demo data brings its own.

    Raises:
        Refused: There is no such account, or the label is too long.
        LimitExceeded: The account has as many keys as it can have.
    """
    key = key or keys.generate(mode, kind)
    get_account(account_id)
    saved = api_keys.issue(account_id, key, label=_checked_label(label))
    return IssuedKey(key, saved.record)


def list_keys(account_id: str) -> list[KeyRecord]:
    """Return the records of an account's keys, oldest first.

    Raises:
        Refused: There is no such account.
    """
    get_account(account_id)
    return account_documents.list_keys(account_id)


def rotate_key(key_id: str) -> IssuedKey:
    """Revoke a key and issue one like it, in one commit.

    Raises:
        Refused: No key, or more than one, has this id.
        ApiKeyRevoked: It is revoked already.
    """
    found = _find_key(key_id)
    key = keys.generate(KeyMode(found.mode), KeyKind(found.kind))
    saved = api_keys.rotate(found, key)
    return IssuedKey(key, saved.record, saved.replaced)


def revoke_key(key_id: str) -> KeyRecord:
    """Revoke a key; it stops working within 60 s. One that is revoked already stays as it is.

    Raises:
        Refused: No key, or more than one, has this id.
    """
    return api_keys.revoke(_find_key(key_id)).record


def _found_account(reads: Reads, account_id: str) -> Account:
    account = account_documents.decode_account(reads[paths.account(account_id)])
    if account is None:
        raise Refused(f"There is no account {account_id}.")
    return account


def _change_account(account_id: str, change: Callable[[Account], Account]) -> Account:
    path = paths.account(account_id)

    def decide(reads: Reads) -> Effect[Account]:
        before = _found_account(reads, account_id)
        after = change(before)
        writes = [account_documents.replace_account(reads[path], after)] if after != before else []
        return Effect(after, writes)

    account = commands.run([path], decide)
    account_documents.forget_account(account_id)
    return account


def _find_key(key_id: str) -> KeyRecord:
    if not _KEY_ID.fullmatch(key_id):
        raise Refused("A key's id is what `key list` shows: 8 or more hex digits of its SHA-256.")
    found = account_documents.keys_beginning_with(key_id, limit=2)
    if not found:
        raise Refused(f"There is no key {key_id}.")
    if len(found) > 1:
        raise Refused(f"More than one key begins with {key_id}: give more of its id.")
    return found[0]


def _checked_account_id(given: str | None, *, is_test: bool) -> str:
    account_id = _checked_id(given, test_clocks.PREFIX if is_test else "acc")
    if test_clocks.is_test_account(account_id) is not is_test:
        raise Refused(
            f"The ids of test accounts, and of no others, begin with {test_clocks.PREFIX}_."
        )
    return account_id


def _checked_id(given: str | None, prefix: str) -> str:
    if given is None:
        return ids.new(prefix)
    if not _ID.fullmatch(given):
        raise Refused(f"The id {given!r} must be 1 to 64 letters, digits, - and _.")
    return given


def _checked_name(name: str) -> str:
    if not 1 <= len(name.strip()) <= NAME_CHARS_MAX:
        raise Refused(f"A name has 1 to {NAME_CHARS_MAX} characters.")
    return name.strip()


def _checked_origin(text: str) -> str:
    try:
        return origins.canonical(text)
    except ValueError as error:
        raise Refused(str(error)) from None


def _checked_label(label: str) -> str:
    if len(label) > NAME_CHARS_MAX:
        raise Refused(f"A label has at most {NAME_CHARS_MAX} characters.")
    return label


def _checked_time_zone(name: str) -> str:
    if name not in time_zones.names():
        close = difflib.get_close_matches(name, sorted(time_zones.names()), n=1, cutoff=0.8)
        hint = f" Did you mean {close[0]}?" if close else " Give an IANA name, as Europe/Berlin."
        raise Refused(f"There is no time zone {name!r}.{hint}")
    return name


def _checked_currency(code: str) -> str:
    if not _CURRENCY.fullmatch(code):
        raise Refused(f"The currency {code!r} is no ISO 4217 code: three capitals, such as EUR.")
    return code


def _checked_position(position: Coordinates | None) -> Coordinates | None:
    if position is not None and not (
        abs(position.latitude) <= LATITUDE_MAX and abs(position.longitude) <= LONGITUDE_MAX
    ):
        raise Refused("A position is a latitude up to 90 and a longitude up to 180 degrees.")
    return position
