"""Paths of all documents. Every id is encoded before it becomes part of a path, ours too.

An id that is joined of several is unambiguous: two different tuples of parts never give one path
(docs/decisions/0017-joined-ids.md).
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

ENCODED_MAX = 600
FORMER_PRODUCT_IDS_MAX = 10
_ENCODED = re.compile(r"(?!\.+$|__)[0-9A-Za-z_.~%-]+")
_OUR_PROGRAM_ID = re.compile(r"[^_]+_[^_]+")


def encode(identifier: str) -> str:
    """Make any text a valid document id: no slashes, not ``.``, ``..`` or ``__name__``."""
    encoded = quote(identifier, safe="")
    if encoded.strip(".") == "" or encoded.startswith("__"):
        encoded = "".join(f"%{byte:02X}" for byte in identifier.encode())
    if len(encoded) > ENCODED_MAX:  # A document id has at most 1,500 bytes.
        # No encoded text contains "%s", so this cannot equal another id.
        return f"%sha256-{hashlib.sha256(identifier.encode()).hexdigest()}"
    return encoded


def account(account_id: str) -> str:
    return f"accounts/{encode(account_id)}"


def test_clock(account_id: str) -> str:
    return f"testClocks/{encode(account_id)}"


def account_members(account_id: str) -> str:
    return f"{account(account_id)}/members"


def account_member(account_id: str, user_id: str) -> str:
    """Return the path of a person in an account; ``member`` is one membership of a person."""
    return f"{account_members(account_id)}/{encode(user_id)}"


def member_keys(account_id: str) -> str:
    return f"{account(account_id)}/memberKeys"


def member_key(account_id: str, key: str) -> str:
    """Return the path of what gives an e-mail, a phone or the like to one person of an account."""
    return f"{member_keys(account_id)}/{encode(key)}"


def erased_mark(account_id: str, key: str) -> str:
    """Return the path of what says that somebody was erased, by a keyed hash of the user id."""
    return f"{account(account_id)}/erasedMarks/{encode(key)}"


def member_settings(account_id: str) -> str:
    return f"{account(account_id)}/settings/members"


def staff_members(account_id: str) -> str:
    return f"{account(account_id)}/users"


def staff_member(account_id: str, user_id: str) -> str:
    """Return the path of a person who works for an account; ``account_member`` buys there."""
    return f"{staff_members(account_id)}/{encode(user_id)}"


def staff_roster(account_id: str) -> str:
    return f"{account(account_id)}/settings/staff"


def staff_invitation(account_id: str, lookup: str) -> str:
    """Return the path of an invitation, by the hash of its e-mail address, which has no ``_``."""
    return f"staffInvitations/{encode(account_id)}_{lookup}"


def sales_channels(account_id: str) -> str:
    return f"{account(account_id)}/settings/salesChannels"


def voucher_code(account_id: str, code_id: str) -> str:
    return f"{account(account_id)}/voucherCodes/{encode(code_id)}"


def account_tse(account_id: str, serial: str) -> str:
    return f"{account(account_id)}/tses/{encode(serial)}"


def api_key(key_hash: str) -> str:
    return f"apiKeys/{encode(key_hash)}"


def oauth_token(token_hash: str) -> str:
    return f"oauthTokens/{encode(token_hash)}"


def oauth_app(app_id: str) -> str:
    return f"oauthApps/{encode(app_id)}"


def oauth_consent(consent_id: str) -> str:
    return f"oauthConsents/{encode(consent_id)}"


def oauth_app_token(token_hash: str) -> str:
    return f"oauthAppTokens/{encode(token_hash)}"


def store(store_id: str) -> str:
    return f"stores/{encode(store_id)}"


def store_profile(store_id: str) -> str:
    return f"storeProfiles/{encode(store_id)}"


def program(program_id: str) -> str:
    return f"loyaltyPrograms/{encode(program_id)}"


def store_program(store_id: str, program_id: str) -> str:
    return f"{store(store_id)}/loyaltyPrograms/{encode(program_id)}"


def reward_stock(program_id: str, reward_id: str) -> str:
    return f"{program(program_id)}/rewardStock/{encode(reward_id)}"


def reward_stock_shard(program_id: str, reward_id: str, number: int) -> str:
    return f"{reward_stock(program_id, reward_id)}/shards/{number}"


def campaigns(program_id: str) -> str:
    return f"{program(program_id)}/campaigns"


def campaign(program_id: str, campaign_id: str) -> str:
    return f"{campaigns(program_id)}/{encode(campaign_id)}"


def campaign_shards(program_id: str, campaign_id: str) -> str:
    return f"{campaign(program_id, campaign_id)}/shards"


def campaign_shard(program_id: str, campaign_id: str, number: int) -> str:
    return f"{campaign_shards(program_id, campaign_id)}/{number}"


def membership_id(program_id: str, user_id: str) -> str:
    """Return the id of a user's membership in a program, which is also its document id.

    Apps make this id themselves, so the user's id stays as it is. The second underscore separates:
    our ids of programs have exactly one. Another text, which names no program, is hashed.
    """
    encoded = encode(program_id)
    if not _OUR_PROGRAM_ID.fullmatch(encoded):
        # No encoded text begins with "%_", so this cannot equal another program's.
        encoded = f"%_{hashlib.sha256(program_id.encode()).hexdigest()}"
    return f"{encoded}_{encode(user_id)}"


def member(membership_id: str) -> str:
    return f"loyaltyMembers/{membership_id}"


def store_member(store_id: str, membership_id: str) -> str:
    return f"{store(store_id)}/loyaltyMembers/{membership_id}"


def entry(membership_id: str, entry_id: str) -> str:
    return f"{member(membership_id)}/entries/{encode(entry_id)}"


def push_subscription(membership_id: str) -> str:
    return f"pushSubscriptions/{membership_id}"


def earn_returns(membership_id: str, entry_id: str) -> str:
    """Return the path of what came back of an earn: no name of the member is in it."""
    key = f"{len(membership_id)}:{membership_id}:{entry_id}"
    return f"earnReturns/{hashlib.sha256(key.encode()).hexdigest()}"


def reservation(membership_id: str, reservation_id: str) -> str:
    """Return the path of a reservation: those of two members may have the same id."""
    key = f"{len(membership_id)}:{membership_id}:{reservation_id}"
    return f"reservations/{hashlib.sha256(key.encode()).hexdigest()}"


def redemption(membership_id: str, entry_id: str) -> str:
    """Return the path of what became of a redemption, by its entry."""
    key = f"{len(membership_id)}:{membership_id}:{entry_id}"
    return f"redemptions/{hashlib.sha256(key.encode()).hexdigest()}"


def check_in(session_id: str) -> str:
    return f"checkIns/{encode(session_id)}"


def visitor(store_id: str, user_id: str) -> str:
    return f"{store(store_id)}/visitors/{encode(user_id)}"


def check_in_shards(store_id: str) -> str:
    return f"{store(store_id)}/checkInCounters"


def check_in_shard(store_id: str, number: int) -> str:
    return f"{check_in_shards(store_id)}/{number}"


def referral(referral_id: str) -> str:
    return f"referrals/{encode(referral_id)}"


def membership_erasure(membership_id: str) -> str:
    """Return the path of the record of a membership that has a pseudonym now."""
    return f"membershipErasures/{membership_id}"


def erasure(erasure_id: str) -> str:
    return f"erasures/{encode(erasure_id)}"


def idempotency_key(claim_id: str) -> str:
    return f"idempotencyKeys/{encode(claim_id)}"


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


def stats(program_id: str) -> str:
    """Return the path of what says since when a program's days are counted."""
    return f"programStats/{encode(program_id)}"


def stats_months(program_id: str) -> str:
    return f"{stats(program_id)}/months"


def stats_month(program_id: str, month: str, number: int) -> str:
    return f"{stats_months(program_id)}/{encode(month)}_{number}"


def stats_liability(program_id: str) -> str:
    return f"{stats(program_id)}/liability/latest"


def sweep(name: str) -> str:
    return f"sweeps/{encode(name)}"


def psp_configuration(store_id: str) -> str:
    return f"pspConfigurations/{encode(store_id)}"


def payment(payment_id: str) -> str:
    return f"payments/{encode(payment_id)}"


def product_id(store_id: str, key: str) -> str:
    """Return the id of a store's product. The last underscore separates: keys have none here."""
    return f"{encode(store_id)}_{_without_underscores(encode(key))}"


def product(product_id: str) -> str:
    return f"products/{product_id}"


def product_of_id(product_id: str) -> str | None:
    """Return the path of the store's product with this id, ``None`` if no product can have it."""
    encoded_store_id, _, encoded_key = product_id.rpartition("_")
    return _product_path(encoded_store_id, _with_underscores(encoded_key))


def products_of_former_id(product_id: str) -> list[str]:
    """Return the paths of all products that had this id when keys kept their underscores."""
    parts = product_id.split("_")
    ends = range(len(parts) - 2, 0, -1)[:FORMER_PRODUCT_IDS_MAX]
    made = (_product_path("_".join(parts[:end]), "_".join(parts[end:])) for end in ends)
    return [path for path in made if path is not None]


def _product_path(encoded_store_id: str, encoded_key: str) -> str | None:
    parts = (encoded_store_id, encoded_key)
    if any(len(part) > ENCODED_MAX or not _ENCODED.fullmatch(part) for part in parts):
        return None
    return f"stores/{encoded_store_id}/products/{encoded_key}"


def _without_underscores(encoded: str) -> str:
    return encoded.replace("_", "%5F")


def _with_underscores(encoded: str) -> str:
    """Undo ``_without_underscores``."""
    text = encoded.replace("%5F", "_")
    return encoded if text.startswith("__") else text  # "__" is encoded anyway.


def store_products(store_id: str) -> str:
    return f"{store(store_id)}/products"


def store_product(store_id: str, key: str) -> str:
    return f"{store_products(store_id)}/{encode(key)}"


def price_changes(store_id: str, key: str) -> str:
    return f"{store_product(store_id, key)}/priceChanges"


def price_change(store_id: str, key: str, change_id: str) -> str:
    return f"{price_changes(store_id, key)}/{encode(change_id)}"


def store_records(store_id: str, collection: str) -> str:
    return f"{store(store_id)}/{collection}"


def store_record(store_id: str, collection: str, record_id: str) -> str:
    return f"{store_records(store_id, collection)}/{encode(record_id)}"


def connection(store_id: str, kind: str, system: str) -> str:
    return f"connections/{_of_system(store_id, kind, system)}"


def sync(store_id: str, kind: str, system: str) -> str:
    return f"syncs/{_of_system(store_id, kind, system)}"


def _of_system(store_id: str, kind: str, system: str) -> str:
    """Return the id of what a store has with a system. The last two underscores separate."""
    last = (_without_underscores(encode(part)) for part in (kind, system))
    return "_".join((encode(store_id), *last))


def sync_part(sync_path: str, sync_id: str, number: int) -> str:
    return f"{sync_path}/parts/{encode(sync_id)}_{number:06}"


def push(push_id: str) -> str:
    return f"pushes/{encode(push_id)}"


def purchase(purchase_id: str) -> str:
    return f"purchases/{encode(purchase_id)}"


def receipt(receipt_id: str) -> str:
    return f"receipts/{encode(receipt_id)}"


def shop_order(waiting_id: str) -> str:
    return f"shopOrders/{encode(waiting_id)}"


def shop_notice(notice_id: str) -> str:
    return f"shopNotices/{encode(notice_id)}"


def shop_approval(store_id: str, system: str) -> str:
    return f"shopApprovals/{encode(store_id)}_{_without_underscores(encode(system))}"


def shop_writing(write_id: str) -> str:
    return f"shopWritings/{encode(write_id)}"


def wallet_pass(pass_id: str) -> str:
    return f"walletPasses/{encode(pass_id)}"


def shop_card_fill(store_id: str, system: str) -> str:
    return f"shopCardFills/{_of_system(store_id, 'shop', system)}"


def checkout(checkout_id: str) -> str:
    return f"checkouts/{encode(checkout_id)}"


def collect_order(order_id: str) -> str:
    return f"clickCollectOrders/{encode(order_id)}"


def tier_recalculation(recalculation_id: str) -> str:
    return f"tierRecalculations/{encode(recalculation_id)}"


def tier_recalculation_turn(program_id: str, *, is_dry: bool) -> str:
    kind = "dry" if is_dry else "move"
    return f"tierRecalculationTurns/{kind}_{encode(program_id)}"


def import_(import_id: str) -> str:
    return f"imports/{encode(import_id)}"


def import_part(import_id: str, number: int) -> str:
    return f"importParts/{_without_underscores(encode(import_id))}_{number:06}"
