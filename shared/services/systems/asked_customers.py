"""Ask the connected shop of a store whether it has a customer who is nobody's member yet.

Somebody waits for the answer, so the shop is given a few seconds, once. Each question is a line in
the log.
"""

from __future__ import annotations

import time
from typing import cast

from shared import config, logs
from shared.auth.caller import Caller
from shared.connectors import systems
from shared.connectors.shop.base import CustomerReading
from shared.domain import shopware_ids
from shared.domain.loyalty.programs import Program
from shared.domain.members import personal_data
from shared.domain.systems.shop_orders import ShopCustomer
from shared.domain.systems.syncs import Connection, SystemKind
from shared.errors import ConnectorError, ConnectorUnavailable, MemberNotFound
from shared.said import say
from shared.services.systems import connections
from shared.store.accounts import account_documents
from shared.store.systems import sync_documents


def verified_email(caller: Caller, program: Program, customer_id: str) -> str | None:
    """Return the e-mail address for which a customer's Shopware shop vouches.

    ``None``: it vouches for none, or the program's store has connected no such shop.

    Raises:
        MemberNotFound: The shop has no such customer.
        ConnectorUnavailable: The shop cannot be asked, for whatever reason.
    """
    account = account_documents.find_account(caller.account_id)
    if account is None or not account.has_shops:
        return None
    connection = sync_documents.find_connection(
        program.store_id, SystemKind.SHOP, shopware_ids.SYSTEM
    )
    if connection is None:
        return None
    customer = _asked(connection, customer_id)
    if customer is None:
        raise MemberNotFound("Customer not found.")
    return _address(customer)


def _asked(connection: Connection, customer_id: str) -> ShopCustomer | None:
    module = systems.shop_module_of(connection.system)
    kind, system = connection.kind, connection.system
    settings = connections.settings_of(module, kind, system, None, connection)
    connector = cast("CustomerReading", module.connect(settings, is_emulated=config.is_emulated()))
    asked = {"system": system, "storeId": connection.store_id}
    began_s, outcome = time.monotonic(), "unknown"
    try:
        found = connector.customer(customer_id)
        outcome = "unknown" if found is None else "known"
    except ConnectorError as error:
        outcome = error.code
        raise ConnectorUnavailable(
            say("shop_not_askable", "The shop cannot be asked for the customer now.")
        ) from None
    finally:
        duration_ms = round((time.monotonic() - began_s) * 1000, 1)
        logs.info("shop asked for customer", **asked, outcome=outcome, durationMs=duration_ms)
    return found


def _address(customer: ShopCustomer) -> str | None:
    if not customer.is_email_verified or not customer.email:
        return None
    try:
        return personal_data.email(customer.email)
    except ValueError:
        return None
