"""Link a member to the customer of a shop, and book what has waited for that or for the member."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.auth.caller import Caller
from shared.domain.members import profile as profile_rules
from shared.domain.members.profile import EMAIL, EXTERNAL, Key, Profile
from shared.domain.systems.syncs import SystemKind
from shared.errors import ConnectorNotConfigured, MembershipNotFound
from shared.said import say
from shared.schemas.base import invalid
from shared.services import access, commands, forwarding, sealed_profiles
from shared.services.members import profiles
from shared.services.systems import shop_customers, shop_notices, shop_orders
from shared.services.systems.shop_customers import Shop
from shared.store.client import Document
from shared.store.members import member_documents
from shared.store.systems import sync_documents


@dataclass(frozen=True, slots=True)
class LinkedCustomer:
    """A member after a request; ``orders_booked`` is the number of orders that had waited."""

    user_id: str
    orders_booked: int
    is_linked: bool
    is_replay: bool = False


@forwarding.following
def link(
    caller: Caller, *, user_id: str, store_id: str, system: str, customer_id: str | None
) -> LinkedCustomer:
    """Book the orders that wait for a member; with a customer's id, link that customer first.

    Orders wait under the customer's id, and under the e-mail address that was typed in the shop. A
    signed-in customer gets those of the address that the sign-in has verified. A secret key says
    whose customer's id it is, and gets those of the profile's address, too.

    Raises:
        StoreNotFound, IdempotencyKeyReused, Busy.
        InvalidParameters: A customer names a customer's id.
        ConnectorNotConfigured: The store has no such shop, or its orders earn in no program.
        MemberNotFound: There is no such member.
        MembershipNotFound: The member is not in the program in which orders earn.
        MemberExists: The customer's id is another member's, or the member has another one.
    """
    access.store(caller, store_id)
    if caller.customer is not None and customer_id is not None:
        raise invalid({"customerId": "can only be said by the merchant"})
    earlier = commands.find_replay(caller.claim, _replayed(user_id))
    if earlier is not None:
        return earlier
    connection = sync_documents.find_connection(store_id, SystemKind.SHOP, system)
    if connection is None or connection.program_id is None:
        raise ConnectorNotConfigured(
            say(
                "no_earning_shop",
                "The store has no shop {system} whose orders earn.",
                system=system,
            ),
            fix="Connect it with configureSync, kind `shop`, and say `awardPointsProgramId`.",
            kind=SystemKind.SHOP,
            system=system,
        )
    shop = Shop(caller.account_id, store_id, system)
    member = member_documents.find(caller.account_id, user_id)
    forwarding.require_current(member)
    if not shop_customers.is_member(connection.program_id, user_id):
        raise MembershipNotFound(f"User {user_id} is not enrolled in the program of the shop.")
    known = sealed_profiles.profile_of(member) if member else Profile()
    keys = _addresses(caller, known)
    if customer_id is not None:
        profiles.link(
            replace(caller, claim=None),
            user_id=user_id,
            system=shop.source,
            external_id=shop.external_id(customer_id),
        )
        keys.append(shop.id_key(customer_id))
    lookups = shop.lookups(keys)
    sync = shop_notices.sync_of(connection)
    count = shop_orders.book_waiting(sync, lookups, user_id) if lookups else 0
    is_linked = customer_id is not None or shop.source in known.external_ids
    commands.keep(caller.claim, {"ordersBooked": count, "isLinked": is_linked})
    return LinkedCustomer(user_id, count, is_linked)


def book_for(caller: Caller, user_id: str) -> int:
    """Book what waits for a member in all shops of the account; return the number of orders.

    Orders wait for the customers' ids of the profile, unless nobody has vouched for the person; and
    for the address that the sign-in of a customer has verified. An address that was typed at a till
    proves nothing, as was the one of the order: that takes ``link``, by a key that vouches for it.

    Raises:
        Busy.
        PunktwerkError: The program of a shop cannot be booked in.
    """
    member = member_documents.find(caller.account_id, user_id)
    if member is None or member.merged_into or member.erasure_id or not member.program_ids:
        return 0
    known = Profile() if member.is_unverified else sealed_profiles.profile_of(member)
    addresses = _addresses(caller, known) if caller.customer is not None else []
    count = 0
    for connection in sync_documents.list_shops(caller.account_id):
        if connection.program_id not in member.program_ids:
            continue
        shop = Shop(caller.account_id, connection.store_id, connection.system)
        own_id = known.external_ids.get(shop.source)
        ids = [(EXTERNAL, profile_rules.external_key(shop.source, own_id))] if own_id else []
        lookups = shop.lookups([*addresses, *ids])
        if lookups:
            count += shop_orders.book_waiting(shop_notices.sync_of(connection), lookups, user_id)
    return count


def _addresses(caller: Caller, profile: Profile) -> list[Key]:
    """Return the keys of the addresses that are the member's for certain."""
    if caller.customer is None:
        return [each for each in profile.keys if each[0] == EMAIL]
    is_verified = caller.customer.is_verified
    return shop_customers.email_keys(caller.customer.email) if is_verified else []


def _replayed(user_id: str) -> Callable[[Document, object], LinkedCustomer]:
    def replay(kept: Document, _: object) -> LinkedCustomer:
        return LinkedCustomer(user_id, kept["ordersBooked"], kept["isLinked"], is_replay=True)

    return replay
