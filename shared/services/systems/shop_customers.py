"""Who has bought in a shop: the member of an order, by the shop's id or a verified address."""

from __future__ import annotations

from contextlib import suppress

from shared.connectors import systems
from shared.connectors.shop.base import ShopModule
from shared.domain.members import personal_data, profile
from shared.domain.members.profile import EMAIL, EXTERNAL, Key
from shared.domain.systems import shop_customer_ids, syncs
from shared.domain.systems.shop_orders import ShopCustomer
from shared.domain.systems.syncs import SystemKind
from shared.errors import MemberExists, MemberNotFound
from shared.services.accounts import callers
from shared.services.members import member_keys, profiles
from shared.store import client, paths
from shared.store.members import member_key_documents


class Shop:
    """A shop of a store, as its customers' ids are told from those of other shops."""

    def __init__(self, account_id: str, store_id: str, system: str) -> None:
        module: ShopModule = systems.shop_module_of(system)
        self.account_id = account_id
        self.store_id = store_id
        self.source = syncs.source_of(SystemKind.SHOP, system)
        self.id = f"{store_id}/{self.source}"
        self._ids_are_global = module.IDS_ARE_GLOBAL

    def external_id(self, customer_id: str) -> str:
        """Return the id of a customer as ``externalIds`` has it."""
        is_global = self._ids_are_global
        return shop_customer_ids.external_id(self.store_id, customer_id, is_global=is_global)

    def id_key(self, customer_id: str) -> Key:
        """Return the key that a member has who is this customer of the shop."""
        text = profile.external_key(self.source, self.external_id(customer_id))
        return EXTERNAL, text

    def keys(self, customer: ShopCustomer) -> list[Key]:
        """Return all that may tell who a customer is; the shop need not have verified it."""
        ids = [self.id_key(customer.id)] if customer.id else []
        return [*ids, *email_keys(customer.email)]

    def lookups(self, keys: list[Key]) -> list[str]:
        """Return the hashes by which a customer's waiting orders are found."""
        return [f"{self.id}/{each}" for each in member_keys.hashes(self.account_id, keys)]

    def member_of(self, customer: ShopCustomer) -> str | None:
        """Return the user id of a customer; ``None`` if nobody is linked.

        Who has the e-mail address is the customer, if the shop says that it is verified: then the
        member is linked.
        """
        by_id = [self.id_key(customer.id)] if customer.id else []
        by_email = email_keys(customer.email) if customer.is_email_verified else []
        users = self._users_of([*by_id, *by_email])
        for key in by_id:
            if key in users:
                return users[key]
        for key in by_email:
            if key in users:
                if customer.id:
                    self.link(users[key], customer.id)
                return users[key]
        return None

    def linked_to(self, customer_id: str) -> str | None:
        """Return the user id that is linked to a customer's id; ``None`` if there is none."""
        key = self.id_key(customer_id)
        return self._users_of([key]).get(key)

    def link(self, user_id: str, customer_id: str) -> None:
        """Note a customer's id at a member, unless either belongs to somebody else."""
        caller = callers.acting_for(self.account_id)
        with suppress(MemberExists, MemberNotFound):
            profiles.link(
                caller,
                user_id=user_id,
                system=self.source,
                external_id=self.external_id(customer_id),
            )

    def _users_of(self, keys: list[Key]) -> dict[Key, str]:
        needs = {path: key for key in keys for path in member_keys.needs(self.account_id, [key])}
        reads = client.get(list(needs)) if needs else {}
        found = ((needs[path], member_key_documents.decode(read)) for path, read in reads.items())
        return {key: known.user_id for key, known in found if known is not None}


def is_member(program_id: str, user_id: str) -> bool:
    """Tell whether somebody is in a program, whatever the status."""
    return client.get_one(member_path(program_id, user_id)).data is not None


def member_path(program_id: str, user_id: str) -> str:
    """Return where somebody's membership is."""
    return paths.member(paths.membership_id(program_id, user_id))


def email_keys(email: str | None) -> list[Key]:
    """Return the key of an e-mail address as it came; none if it is no address."""
    if not email:
        return []
    try:
        return [(EMAIL, personal_data.email_key(personal_data.email(email)))]
    except ValueError:
        return []
