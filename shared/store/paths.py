"""Paths of all documents. Ids from outside are encoded before they become part of a path."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

ENCODED_MAX = 600
_PRODUCT_ID = re.compile(r"(?!__.*__$)[0-9A-Za-z_.~%-]+_[0-9A-Za-z_.~%-]+")


def encode(identifier: str) -> str:
    """Make any text a valid document id: no slashes, not ``.``, ``..`` or ``__name__``."""
    encoded = quote(identifier, safe="")
    if len(encoded) > ENCODED_MAX:  # A document id has at most 1,500 bytes.
        # No encoded text contains "%s", so this cannot equal another id.
        return f"%sha256-{hashlib.sha256(identifier.encode()).hexdigest()}"
    if encoded.strip(".") == "" or encoded.startswith("__"):
        return "".join(f"%{byte:02X}" for byte in identifier.encode())
    return encoded


def account(account_id: str) -> str:
    return f"accounts/{encode(account_id)}"


def api_key(key_hash: str) -> str:
    return f"apiKeys/{key_hash}"


def store(store_id: str) -> str:
    return f"stores/{encode(store_id)}"


def program(program_id: str) -> str:
    return f"loyaltyPrograms/{encode(program_id)}"


def store_program(store_id: str, program_id: str) -> str:
    return f"{store(store_id)}/loyaltyPrograms/{encode(program_id)}"


def reward_stock(program_id: str, reward_id: str) -> str:
    return f"{program(program_id)}/rewardStock/{encode(reward_id)}"


def membership_id(program_id: str, user_id: str) -> str:
    """Return the id of a user's membership in a program, which is also its document id."""
    return f"{encode(program_id)}_{encode(user_id)}"


def member(membership_id: str) -> str:
    return f"loyaltyMembers/{membership_id}"


def store_member(store_id: str, membership_id: str) -> str:
    return f"{store(store_id)}/loyaltyMembers/{membership_id}"


def entry(membership_id: str, entry_id: str) -> str:
    return f"{member(membership_id)}/entries/{entry_id}"


def idempotency_key(claim_id: str) -> str:
    return f"idempotencyKeys/{claim_id}"


def event(event_id: str) -> str:
    return f"events/{encode(event_id)}"


def webhook_endpoint(endpoint_id: str) -> str:
    return f"webhookEndpoints/{encode(endpoint_id)}"


def webhook_delivery(delivery_id: str) -> str:
    return f"webhookDeliveries/{encode(delivery_id)}"


def stats_shards(program_id: str) -> str:
    return f"programStats/{encode(program_id)}/shards"


def stats_shard(program_id: str, number: int) -> str:
    return f"{stats_shards(program_id)}/{number}"


def sweep(name: str) -> str:
    return f"sweeps/{name}"


def psp_configuration(store_id: str) -> str:
    return f"pspConfigurations/{encode(store_id)}"


def payment(payment_id: str) -> str:
    return f"payments/{payment_id}"


def product_id(store_id: str, key: str) -> str:
    """Return the id of a store's product, which is also its document id."""
    return f"{encode(store_id)}_{encode(key)}"


def product(product_id: str) -> str:
    return f"products/{product_id}"


def is_product_id(text: str) -> bool:
    """Tell whether a text can be a product's id; Firestore refuses to look for some other texts."""
    return _PRODUCT_ID.fullmatch(text) is not None


def store_products(store_id: str) -> str:
    return f"{store(store_id)}/products"


def store_product(store_id: str, key: str) -> str:
    return f"{store_products(store_id)}/{encode(key)}"


def price_changes(store_id: str, key: str) -> str:
    return f"{store_product(store_id, key)}/priceChanges"


def price_change(store_id: str, key: str, change_id: str) -> str:
    return f"{price_changes(store_id, key)}/{change_id}"


def store_records(store_id: str, collection: str) -> str:
    return f"{store(store_id)}/{collection}"


def store_record(store_id: str, collection: str, record_id: str) -> str:
    return f"{store_records(store_id, collection)}/{encode(record_id)}"


def connection(store_id: str, kind: str, system: str) -> str:
    return f"connections/{encode(store_id)}_{kind}_{system}"


def sync(store_id: str, kind: str, system: str) -> str:
    return f"syncs/{encode(store_id)}_{kind}_{system}"


def sync_part(sync_path: str, sync_id: str, number: int) -> str:
    return f"{sync_path}/parts/{sync_id}_{number:06}"


def push(push_id: str) -> str:
    return f"pushes/{push_id}"
