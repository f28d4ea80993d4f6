"""All refusals of the API: stable code, HTTP status, and a remedy.

Statuses follow Google's canonical mapping, which Firebase clients know. A refusal means that
nothing was written. ``docs/errors.md`` is generated from the classes below.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, ClassVar

from shared.said import Sentence, say, wire_meaning


class PunktwerkError(Exception):
    """Base of all refusals. ``details`` reach the caller: no secrets, no internals."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500
    fix: str = "Retry with the same idempotency key; report the request id if it persists."

    def __init__(self, message: str, *, fix: str | None = None, **details: Any) -> None:
        """``fix`` is the remedy of this one case, where that of the class does not help."""
        super().__init__(message)
        self.message = message
        self.details = details
        if fix is not None:
            self.fix = fix

    @property
    def sentence(self) -> Sentence:
        """What a person reads who did not make the call, such as who looks at a sync."""
        words = "{refusal}: {message}"
        return say("refused", words, refusal=self.code, message=self.message)

    @property
    def is_final(self) -> bool:
        """True if another try would be refused, too."""
        return self.status < InternalError.status


class InternalError(PunktwerkError):
    """An unexpected error happened."""


class InvalidParameters(PunktwerkError):
    """A field is missing, unknown or out of bounds."""

    code = "INVALID_PARAMETERS"
    status = 400
    fix = "Correct the fields named in `details.fields` and send the request again."


class InvalidJson(PunktwerkError):
    """The body is not one JSON object."""

    code = "INVALID_JSON"
    status = 400
    fix = "Send one JSON object in UTF-8, without duplicate names, NaN or Infinity."


class RequestIncomplete(PunktwerkError):
    """The body ended too early, or was not sent as HTTP wants it."""

    code = "REQUEST_INCOMPLETE"
    status = 400
    fix = "Send as many bytes as `Content-Length` says, and wait for the answer."


class RequestTooLarge(PunktwerkError):
    """The body is larger than 1 MiB, or than 10 MiB for requests that may carry a file."""

    code = "REQUEST_TOO_LARGE"
    status = 400
    fix = "Send at most as many bytes as the message says; split what is more."


class DocumentTooLarge(PunktwerkError):
    """What is to be stored would exceed 1 MiB, the limit of a document; nothing was written."""

    code = "DOCUMENT_TOO_LARGE"
    status = 400
    fix = "Store less in one place: shorter texts, fewer fields of your own, fewer rewards."


class InvalidIdempotencyKey(PunktwerkError):
    """The `Idempotency-Key` header is not 1 to 255 printable ASCII characters."""

    code = "INVALID_IDEMPOTENCY_KEY"
    status = 400
    fix = "Send 1 to 255 printable ASCII characters, for instance a UUID."


class ProgramInactive(PunktwerkError):
    """The program takes no new members and grants nothing while it is inactive."""

    code = "PROGRAM_INACTIVE"
    status = 400
    fix = "Activate the program: updateLoyaltyProgram with `isActive: true`."


class MemberCodeDamaged(PunktwerkError):
    """The text is no member's code, or a character of it is missing or wrong."""

    code = "MEMBER_CODE_DAMAGED"
    status = 400
    fix = "Scan or type the code again."


class MemberCodeExpired(PunktwerkError):
    """The rotating code is older than a minute, or of a clock that is ahead."""

    code = "MEMBER_CODE_EXPIRED"
    status = 400
    fix = "Scan the code that the app shows now; if it fails again, the device's clock is wrong."


class InsufficientBalance(PunktwerkError):
    """The balance is smaller than the amount to spend."""

    code = "INSUFFICIENT_BALANCE"
    status = 400
    fix = "Take at most `details.available`."


class RewardCostMismatch(PunktwerkError):
    """`points` is not the reward's cost."""

    code = "REWARD_COST_MISMATCH"
    status = 400
    fix = "Send `details.required` as `points`, or leave out `rewardId`."


class PointsHaveNoValue(PunktwerkError):
    """The program does not say what its points are worth in money."""

    code = "POINTS_HAVE_NO_VALUE"
    status = 400
    fix = "Spend `points` or buy a reward, or set the program's `pointValue`."


class RewardUnavailable(PunktwerkError):
    """The reward is switched off, archived or outside its period."""

    code = "REWARD_UNAVAILABLE"
    status = 400
    fix = "Offer another reward; listRewards says which ones the member can have."


class TierRequired(PunktwerkError):
    """The reward is for members of a higher tier: its `requiredTier`."""

    code = "TIER_REQUIRED"
    status = 400
    fix = "Offer another reward; `details.requiredTier` says which tier this one needs."


class RewardLimitReached(PunktwerkError):
    """The member has had the reward, or reserved it, as often as its `limits` let a member."""

    code = "REWARD_LIMIT_REACHED"
    status = 400
    fix = "Offer another reward, or wait until `details.availableFrom`; null: for ever."


class RewardNotInStore(PunktwerkError):
    """The store does not hand the reward out: its `storeIds` name others."""

    code = "REWARD_NOT_IN_STORE"
    status = 400
    fix = "Send the customer to one of the stores in `details.storeIds`."


class RewardCodeOfShop(PunktwerkError):
    """The code is of an online shop, and can be used there alone."""

    code = "REWARD_CODE_OF_SHOP"
    status = 400
    fix = "Hand nothing out: the customer types the code in the shop that `details` name."


class ShopCustomerRequired(PunktwerkError):
    """The reward is of an online shop, and the member is linked to no customer of it."""

    code = "SHOP_CUSTOMER_REQUIRED"
    status = 400
    fix = "Link the member with linkShopCustomer to the customer's account in the shop, then retry."


class ShopCodeUnsettled(PunktwerkError):
    """It is not known yet whether the online shop has the code; nothing was changed."""

    code = "SHOP_CODE_UNSETTLED"
    status = 503
    fix = "Retry after `Retry-After` seconds: the points are given back once the shop has answered."


class RewardOutOfStock(PunktwerkError):
    """Nothing is left of the reward."""

    code = "REWARD_OUT_OF_STOCK"
    status = 400
    fix = (
        "Offer another reward, or add to it: with updateReward and its `stock`, or with "
        "importVoucherCodes if it gives codes of your own."
    )


class ReservationExpired(PunktwerkError):
    """The reservation has ended; what it held can be spent again."""

    code = "RESERVATION_EXPIRED"
    status = 400
    fix = "Reserve again."


class CancellationTooLate(PunktwerkError):
    """The redemption is older than the program lets anybody cancel: `redemptionCancelDays`."""

    code = "CANCELLATION_TOO_LATE"
    status = 400
    fix = "Grant points with addLoyaltyPoints if the member is to have them all the same."


class TooManyReservations(PunktwerkError):
    """The member has as many open reservations as one can have."""

    code = "TOO_MANY_RESERVATIONS"
    status = 400
    fix = "Commit or void others first, or wait until they end."


class TooManyWaitingReturns(PunktwerkError):
    """The member has as many returns as can wait for purchases that were not told yet."""

    code = "TOO_MANY_WAITING_RETURNS"
    status = 400
    fix = "Tell of their purchases first; `waitingReturns` of getLoyaltyTransactions lists them."


class BalanceLimitExceeded(PunktwerkError):
    """The balance would exceed 1,000,000,000,000,000 units."""

    code = "BALANCE_LIMIT_EXCEEDED"
    status = 400
    fix = "Redeem or correct the membership before adding to it."


class ReceiptCodeDamaged(PunktwerkError):
    """The text is no code of a receipt, or was not read completely."""

    code = "RECEIPT_CODE_DAMAGED"
    status = 400
    fix = "Scan the code again, and send all of it as it is."


class ReceiptNoSale(PunktwerkError):
    """The receipt is no sale: a training, a transfer, a void, or nothing was paid."""

    code = "RECEIPT_NO_SALE"
    status = 400
    fix = "Claim the receipt of a purchase."


class ReceiptNotVerified(PunktwerkError):
    """No TSE that a store has registered has signed the receipt, nor does an export have it."""

    code = "RECEIPT_NOT_VERIFIED"
    status = 400
    fix = (
        "Register the TSE of the store's till: configureStoreTse. Or send `storeId`: then the "
        "claim waits for the till's export."
    )


class ReceiptClaimsOff(PunktwerkError):
    """No active program of the store lets customers claim receipts."""

    code = "RECEIPT_CLAIMS_OFF"
    status = 400
    fix = "Switch it on: updateLoyaltyProgram with `receiptClaims`."


class StoreCodeDamaged(PunktwerkError):
    """The text is no code of a store, or was not read completely."""

    code = "STORE_CODE_DAMAGED"
    status = 400
    fix = "Scan the code again, and send all of it as it is."


class StoreCodeUnknown(PunktwerkError):
    """The code has the right form, and was not issued by this server."""

    code = "STORE_CODE_UNKNOWN"
    status = 400
    fix = "Scan the code in the store. If it is on the store's own poster, print a new one."


class StoreCodeForeign(PunktwerkError):
    """The code is another store's."""

    code = "STORE_CODE_FOREIGN"
    status = 400
    fix = "Send the `storeId` of the store whose code was scanned."


class StoreClosed(PunktwerkError):
    """The store takes no check-ins for now."""

    code = "STORE_CLOSED"
    status = 400
    fix = "Check in when the store is open again."


class OutOfRange(PunktwerkError):
    """The position is too far from the store."""

    code = "OUT_OF_RANGE"
    status = 400
    fix = "Check in at the store, within `details.radiusM` metres, or with the store's code."


class PositionInaccurate(PunktwerkError):
    """The device does not know well enough where it is."""

    code = "POSITION_INACCURATE"
    status = 400
    fix = "Wait until the position is better than `details.accuracyMaxM` metres, or scan the code."


class StorePositionUnknown(PunktwerkError):
    """Nobody has told where the store is."""

    code = "STORE_POSITION_UNKNOWN"
    status = 400
    fix = "Check in with the store's code; the operator of this server sets the store's position."


class WebhookDisabled(PunktwerkError):
    """Nothing is sent to the webhook endpoint while it is disabled."""

    code = "WEBHOOK_DISABLED"
    status = 400
    fix = "Enable it: updateWebhookEndpoint with `isEnabled: true`."


class LimitExceeded(PunktwerkError):
    """The store has reached its limit for this kind."""

    code = "LIMIT_EXCEEDED"
    status = 400
    fix = "Update or remove one that exists."


class MissingAuthHeader(PunktwerkError):
    """There is no `Authorization` header."""

    code = "MISSING_AUTH_HEADER"
    status = 401
    fix = "Send `Authorization: Bearer bk_live_sk_...`."


class InvalidApiKey(PunktwerkError):
    """The key is malformed, unknown or revoked."""

    code = "INVALID_API_KEY"
    status = 401
    fix = "Check the key; issue a new one if it was revoked."


class InvalidAccessToken(PunktwerkError):
    """The access token is malformed, unknown, revoked or over, or what it stands for has ended."""

    code = "INVALID_ACCESS_TOKEN"
    status = 401
    fix = "Ask `/oauth/token` for a new one, and send the request again."


class NotificationRefused(PunktwerkError):
    """A provider's notification is not signed correctly, or is not expected."""

    code = "NOTIFICATION_REFUSED"
    status = 401
    fix = "Compare the URL and the signing secret in the provider's settings with configurePSP."


class InvalidIdToken(PunktwerkError):
    """The customer's ID token is malformed, changed, or of another Firebase project."""

    code = "INVALID_ID_TOKEN"
    status = 401
    fix = "Sign in to this Firebase project, and send what `getIdToken()` gives."


class IdTokenExpired(PunktwerkError):
    """The customer's ID token is over: it lives for one hour."""

    code = "ID_TOKEN_EXPIRED"
    status = 401
    fix = "Get a new one, with `getIdToken(true)`, and send the request again."


class SubscriptionInactive(PunktwerkError):
    """Live keys need an active subscription."""

    code = "SUBSCRIPTION_INACTIVE"
    status = 403
    fix = "Renew the subscription; test keys go on working."


class UserNotAllowed(PunktwerkError):
    """A customer named another user than the one who has signed in."""

    code = "USER_NOT_ALLOWED"
    status = 403
    fix = "Leave out `userId`: it is the uid of the sign-in."


class AppNotVerified(PunktwerkError):
    """The call did not come from an app that Firebase App Check vouches for."""

    code = "APP_NOT_VERIFIED"
    status = 403
    fix = "Send the app's App Check token in the header `X-Firebase-AppCheck`."


class EndpointNotAllowed(PunktwerkError):
    """The package, or the kind of caller, does not include this."""

    code = "ENDPOINT_NOT_ALLOWED"
    status = 403
    fix = "Upgrade to `requiredUpgrade`."


class InsufficientScope(PunktwerkError):
    """The access token was issued for other scopes."""

    code = "INSUFFICIENT_SCOPE"
    status = 403
    fix = "Ask for a token with the scope `details.scope`, or without naming scopes."


class NotStaff(PunktwerkError):
    """The person has no role in the account of `X-Beep-Staff-Account`, or it is disabled."""

    code = "NOT_STAFF"
    status = 403
    fix = (
        "Check the account's id. Ask an owner to add you: addStaffMember. As a customer, call "
        "without this header."
    )


class StoreNotAllowed(PunktwerkError):
    """The person works in other stores of the account than the one that is named."""

    code = "STORE_NOT_ALLOWED"
    status = 403
    fix = "Name one of your stores; getMyAccess lists them."


class StaffChangeNotAllowed(PunktwerkError):
    """Who calls may not give or take this role."""

    code = "STAFF_CHANGE_NOT_ALLOWED"
    status = 403
    fix = "Ask an owner of the account."


class ApiKeyChangeNotAllowed(PunktwerkError):
    """Who calls may not make, replace or revoke this API key."""

    code = "API_KEY_CHANGE_NOT_ALLOWED"
    status = 403
    fix = "Ask an owner of the account."


class UndoNotAllowed(PunktwerkError):
    """People undo only their own last booking or hand-out for a member, for 15 minutes."""

    code = "UNDO_NOT_ALLOWED"
    status = 403
    fix = "Ask a manager to take it back."


class OwnMembership(PunktwerkError):
    """A cashier books nothing for their own membership: they neither earn, pay nor take back."""

    code = "OWN_MEMBERSHIP"
    status = 403
    fix = "Let somebody else of the staff book it."


class ChangingCodeRequired(PunktwerkError):
    """The merchant asks for codes that change, and this one stays the same: it only earns."""

    code = "CHANGING_CODE_REQUIRED"
    status = 403
    fix = "Let the customer show the code in the app, which changes; tags and pictures only earn."


class TestAccountRequired(PunktwerkError):
    """The account is live: its time, and its money, are real."""

    __test__ = False  # Its name makes pytest curious.
    code = "TEST_ACCOUNT_REQUIRED"
    status = 403
    fix = "Call with the live key of a test account; the operator makes one for you."


class LiveProviderRefused(PunktwerkError):
    """A test account moves no money: it takes only a provider's test mode."""

    code = "LIVE_PROVIDER_REFUSED"
    status = 403
    fix = "Send the credentials of the provider's test mode or sandbox."


class MemberSuspended(PunktwerkError):
    """The merchant has suspended the member, who earns and spends nothing until reactivated."""

    code = "MEMBER_SUSPENDED"
    status = 403
    fix = "Tell the member to ask the store, which can lift it with reactivateMember."


class MembershipClosed(PunktwerkError):
    """The member has left the program, and earns and spends nothing there."""

    code = "MEMBERSHIP_CLOSED"
    status = 403
    fix = "If the member wants to come back, call enrollInLoyaltyProgram: the points are kept."


class VerificationRequired(PunktwerkError):
    """The program takes no customers whose e-mail and phone are not verified."""

    code = "VERIFICATION_REQUIRED"
    status = 403
    fix = "Verify the e-mail or the phone in the app, get a new ID token, and join then."


class SecretKeyInBrowser(PunktwerkError):
    """A live secret key came from a web page that the account does not allow."""

    code = "SECRET_KEY_IN_BROWSER"
    status = 403
    fix = (
        "Call from your server. If others can open the page, have the key replaced: they have it. "
        "If it is a till or page for staff only, let the operator allow `details.origin`."
    )


class UnknownAction(PunktwerkError):
    """There is no endpoint of this name."""

    code = "UNKNOWN_ACTION"
    status = 404
    fix = "Look the name up in the list of all actions: `/apiGateway/api/v1/docs`."


class ActionNotImplemented(PunktwerkError):
    """The endpoint is documented, and not built yet."""

    code = "NOT_IMPLEMENTED"
    status = 404
    fix = "Use what the refusal names instead."


class StoreNotFound(PunktwerkError):
    """The store does not exist, or belongs to another account."""

    code = "STORE_NOT_FOUND"
    status = 404
    fix = "Check `storeId` and that the key belongs to the store's account."


class StaffMemberNotFound(PunktwerkError):
    """Nobody with this id works for the account."""

    code = "STAFF_MEMBER_NOT_FOUND"
    status = 404
    fix = "Check `userId`: the uid of Firebase Auth. listStaff lists the people of the account."


class StaffInvitationNotFound(PunktwerkError):
    """Nobody is invited by this e-mail address, or the invitation was used or withdrawn."""

    code = "STAFF_INVITATION_NOT_FOUND"
    status = 404
    fix = (
        "Sign in with the e-mail address that was invited. listStaffInvitations shows those of an "
        "account."
    )


class OAuthConsentNotFound(PunktwerkError):
    """Nobody has let an app act for the account by this consent."""

    code = "OAUTH_CONSENT_NOT_FOUND"
    status = 404
    fix = "Check `consentId`. listOAuthConsents lists the consents of the account."


class ApiKeyNotFound(PunktwerkError):
    """The account has no API key of this id."""

    code = "API_KEY_NOT_FOUND"
    status = 404
    fix = "Check `keyId`. listApiKeys lists the keys of the account."


class ProgramNotFound(PunktwerkError):
    """The program does not exist, or belongs to another account or store."""

    code = "PROGRAM_NOT_FOUND"
    status = 404
    fix = "Check `programId` and that the key belongs to the program's account."


class MemberNotFound(PunktwerkError):
    """Nobody in the account has this user id, e-mail, phone or other key."""

    code = "MEMBER_NOT_FOUND"
    status = 404
    fix = "Check the spelling; enrollInLoyaltyProgram makes a member, a key's createMember as well."


class MemberCodeNotFound(PunktwerkError):
    """No member of the account has this code, or the device's codes were withdrawn."""

    code = "MEMBER_CODE_NOT_FOUND"
    status = 404
    fix = "Identify the member in another way; getMemberCode gives a new code."


class ReferralCodeNotFound(PunktwerkError):
    """No member of the program has this referral code."""

    code = "REFERRAL_CODE_NOT_FOUND"
    status = 404
    fix = "Let the customer check the code, or enrol without it."


class MembershipNotFound(PunktwerkError):
    """The customer is not enrolled in the program."""

    code = "MEMBERSHIP_NOT_FOUND"
    status = 404
    fix = "Call enrollInLoyaltyProgram first."


class CampaignNotFound(PunktwerkError):
    """The program has no such campaign."""

    code = "CAMPAIGN_NOT_FOUND"
    status = 404
    fix = "List the program's campaigns with listCampaigns."


class BookingNotFound(PunktwerkError):
    """The member has no booking of this id in the program."""

    code = "BOOKING_NOT_FOUND"
    status = 404
    fix = "Use the `entryId` or `transactionId` that addLoyaltyPoints answered with."


class PurchaseHasOwnRefund(PunktwerkError):
    """Something else tells what comes back of the purchase, and corrects its points."""

    code = "PURCHASE_HAS_OWN_REFUND"
    status = 409
    fix = "Return or cancel it by `details.returnedBy`; that corrects the points."


class TransferNotAllowed(PunktwerkError):
    """The program does not let points go from a member to another one, or not by customers."""

    code = "TRANSFER_NOT_ALLOWED"
    status = 403
    fix = "Say with `transfers` in updateLoyaltyProgram who may transfer."


class ReturnExceedsPurchase(PunktwerkError):
    """More would come back than is left of the booking after its earlier returns."""

    code = "RETURN_EXCEEDS_PURCHASE"
    status = 409
    fix = "Return at most `details.left`. To repeat a return, send its `refundId` again."


class RewardNotFound(PunktwerkError):
    """The program has no reward of this id."""

    code = "REWARD_NOT_FOUND"
    status = 404
    fix = "Use a `rewardId` that listRewards lists."


class RedemptionNotFound(PunktwerkError):
    """The member has no such redemption."""

    code = "REDEMPTION_NOT_FOUND"
    status = 404
    fix = "Use the `redemptionId` that redeemLoyaltyPoints or commitLoyaltyRedemption answered."


class RewardCodeNotFound(PunktwerkError):
    """No reward of the account has such a code."""

    code = "REWARD_CODE_NOT_FOUND"
    status = 404
    fix = "Read the code again from what the customer shows."


class ReservationNotFound(PunktwerkError):
    """The member has no such reservation."""

    code = "RESERVATION_NOT_FOUND"
    status = 404
    fix = "Use the `reservationId` that reserveLoyaltyPoints answered."


class WebhookNotFound(PunktwerkError):
    """The webhook endpoint does not exist, or belongs to another account or store."""

    code = "WEBHOOK_NOT_FOUND"
    status = 404
    fix = "Use a `webhookId` that listWebhookEndpoints lists."


class EventNotFound(PunktwerkError):
    """The event does not exist, belongs to another account or store, or is no longer kept."""

    code = "EVENT_NOT_FOUND"
    status = 404
    fix = "Use an `id` that listEvents lists; events are kept for 34 days."


class DeliveryNotFound(PunktwerkError):
    """The delivery does not exist, belongs to another account or store, or is no longer kept."""

    code = "DELIVERY_NOT_FOUND"
    status = 404
    fix = "Use a `deliveryId` that listWebhookDeliveries lists."


class ShopWriteNotFound(PunktwerkError):
    """It does not exist, belongs to another account or store, or is out of the shop."""

    code = "SHOP_WRITE_NOT_FOUND"
    status = 404
    fix = "Use a `writeId` that listShopWrites lists."


class ImportNotFound(PunktwerkError):
    """The import does not exist, belongs to another account, or is older than 30 days."""

    code = "IMPORT_NOT_FOUND"
    status = 404
    fix = "Use the `importId` that bulkAddLoyaltyPoints or importMembers has answered a file with."


class TierRecalculationNotFound(PunktwerkError):
    """The recalculation does not exist, belongs to another account, or is older than 30 days."""

    code = "TIER_RECALCULATION_NOT_FOUND"
    status = 404
    fix = "Use the `recalculationId` that recalculateTiers has answered with."


class ProductNotFound(PunktwerkError):
    """The product does not exist, or belongs to another account or store."""

    code = "PRODUCT_NOT_FOUND"
    status = 404
    fix = "Use a `productId` that fetchProducts lists, or an EAN together with `storeId`."


class MethodNotAllowed(PunktwerkError):
    """The endpoint does not take this HTTP method."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    fix = "Use a method that the `Allow` header names."


class MemberMerged(PunktwerkError):
    """The member was merged into another one before."""

    code = "MEMBER_MERGED"
    status = 409
    fix = "Use `details.intoUserId`, the member who took over."


class ReferralNotAllowed(PunktwerkError):
    """Members refer new members, not themselves, and only to programs that reward it."""

    code = "REFERRAL_NOT_ALLOWED"
    status = 409
    fix = "Enrol without the referral code."


class SignInNotVerified(PunktwerkError):
    """The sign-in has no verified e-mail address or phone number."""

    code = "SIGN_IN_NOT_VERIFIED"
    status = 403
    fix = "Let the customer confirm the e-mail address or the phone number, and sign in again."


class SignInTooOld(PunktwerkError):
    """What lasts, as a live secret key or a role, is given only shortly after a sign-in."""

    code = "SIGN_IN_TOO_OLD"
    status = 403
    fix = "Sign in again by password or mailed link, and send it with the new ID token at once."


class MergeLosesSignIn(PunktwerkError):
    """The member who would go signs in as a customer, and the one who would stay does not."""

    code = "MERGE_LOSES_SIGN_IN"
    status = 409
    fix = "Merge the other way round: name the one who signs in as intoUserId."


class MergeLimitExceeded(PunktwerkError):
    """Too many members were merged into one, or the member is in too many programs."""

    code = "MERGE_LIMIT_EXCEEDED"
    status = 409
    fix = "Keep the two apart, or merge into another member."


class IdempotencyKeyReused(PunktwerkError):
    """The key or transaction was used before, for a different request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    status = 409
    fix = "Repeat a request unchanged. Use a new key only for what has not happened yet."


class VersionMismatch(PunktwerkError):
    """Something was booked for the member since `ifVersion`."""

    code = "VERSION_MISMATCH"
    status = 409
    fix = "Look at what was booked since, and decide anew with `details.version`."


class TseTaken(PunktwerkError):
    """Another store of the account has registered this TSE."""

    code = "TSE_TAKEN"
    status = 409
    fix = "Take it out of the list of the store `details.storeId` first: configureStoreTse."


class ReceiptClaimed(PunktwerkError):
    """The receipt has earned already: another customer or the till was first."""

    code = "RECEIPT_CLAIMED"
    status = 409
    fix = "Nothing is to be done: each receipt earns once, for whoever comes first."


class ReceiptImported(PunktwerkError):
    """The till's export has the receipt, and tells what comes back of it."""

    code = "RECEIPT_IMPORTED"
    status = 409
    fix = "Nothing is to be done: the export has the void, too, and takes the points back."


class ReceiptVoided(PunktwerkError):
    """The receipt was voided, or everything of it was returned."""

    code = "RECEIPT_VOIDED"
    status = 409
    fix = "Nothing is to be done: what was taken back earns nothing."


class ReceiptTooOld(PunktwerkError):
    """The receipt is older than `receiptClaims.withinDays`, or than the membership."""

    code = "RECEIPT_TOO_OLD"
    status = 409
    fix = "Claim receipts sooner; the merchant may raise `receiptClaims.withinDays`."


class ReceiptLimitReached(PunktwerkError):
    """The customer has claimed as many receipts today as may earn: `receiptClaims.perDay`."""

    code = "RECEIPT_LIMIT_REACHED"
    status = 409
    fix = "Claim it tomorrow, by the store's clock, unless it is too old then."


class RewardCodeUsed(PunktwerkError):
    """The reward was handed out before: `details` say when and in which store."""

    code = "REWARD_CODE_USED"
    status = 409
    fix = "Hand nothing out: each code is used once."


class RedemptionCancelled(PunktwerkError):
    """The redemption was cancelled before."""

    code = "REDEMPTION_CANCELLED"
    status = 409
    fix = "Nothing is to be done: the points are back."


class ConfigurationAmbiguous(PunktwerkError):
    """Two programs of the store, or two campaigns of a program, have one name."""

    code = "CONFIGURATION_AMBIGUOUS"
    status = 400
    fix = "Give one of them another name with updateLoyaltyProgram or updateCampaign."


class PlanOutdated(PunktwerkError):
    """What was shown is not what would happen: the store has changed, or the configuration has."""

    code = "PLAN_OUTDATED"
    status = 409
    fix = "Call applyConfiguration with `dryRun` true again, and look at the new plan."


class RewardExists(PunktwerkError):
    """The program has a reward of this id, perhaps an archived one."""

    code = "REWARD_EXISTS"
    status = 409
    fix = "Change it with updateReward, or choose another `rewardId`."


class ReservationExists(PunktwerkError):
    """The member has an open reservation for the same reward, or the same transaction."""

    code = "RESERVATION_EXISTS"
    status = 409
    fix = "Commit or void the reservation `details.reservationId`, or wait until it ends."


class ReservationClosed(PunktwerkError):
    """The reservation was committed or voided before."""

    code = "RESERVATION_CLOSED"
    status = 409
    fix = "`details.status` says what became of it. Reserve again if points are still to be spent."


class StoreCodeExpired(PunktwerkError):
    """A screen showed the code too long ago, or the poster with it was withdrawn."""

    code = "STORE_CODE_EXPIRED"
    status = 409
    fix = "Scan the code that the store shows now."


class StoreCodeUsed(PunktwerkError):
    """The customer has used this code: a poster's today, or this one of a screen."""

    code = "STORE_CODE_USED"
    status = 409
    fix = "Show the check-in of `details.sessionId`; a new one needs a new code."


class MemberCodeUsed(PunktwerkError):
    """The rotating code was used already, or a later one of the same device was."""

    code = "MEMBER_CODE_USED"
    status = 409
    fix = "Scan the next code; the app shows one within 30 seconds."


class MemberDeviceKnown(PunktwerkError):
    """The device has got its secret for rotating codes already; it is handed out once."""

    code = "MEMBER_DEVICE_KNOWN"
    status = 409
    fix = "Use the secret that the device has; if it is lost, `deviceAction: replace` makes one."


class TooManyDevices(PunktwerkError):
    """The member has ten devices with rotating codes."""

    code = "TOO_MANY_DEVICES"
    status = 409
    fix = "Withdraw a device that is no longer used: `deviceAction: withdraw`."


class WalletNotOffered(PunktwerkError):
    """The operator of this installation has not set up the wallet."""

    code = "WALLET_NOT_OFFERED"
    status = 400
    fix = "Show the code of getMemberCode instead; its `wallets` says which wallets are offered."


class WalletLinkExpired(PunktwerkError):
    """The link to a pass is older than 15 minutes, or the pass does not exist any more."""

    code = "WALLET_LINK_EXPIRED"
    status = 404
    fix = "Call addToWallet again, and open the link at once."


class MemberExists(PunktwerkError):
    """Another member of the account has the same user id, e-mail, phone or other key."""

    code = "MEMBER_EXISTS"
    status = 409
    fix = "Find who has what `details.fields` names with identifyMember, and change that profile."


class OpeningBalanceBooked(PunktwerkError):
    """The member's opening balance in the program was booked before, with other amounts."""

    code = "OPENING_BALANCE_BOOKED"
    status = 409
    fix = "Leave the amounts out; correct the balance with syncExternalLoyalty and `action: set`."


class StaffMemberExists(PunktwerkError):
    """The person works for the account already."""

    code = "STAFF_MEMBER_EXISTS"
    status = 409
    fix = "Change the role with updateStaffMember."


class StaffInvitationExists(PunktwerkError):
    """The e-mail address is invited already, and can still accept."""

    code = "STAFF_INVITATION_EXISTS"
    status = 409
    fix = "To change it, withdraw it with withdrawStaffInvitation, and invite again."


class StaffInvitationEnded(PunktwerkError):
    """The invitation is older than 14 days, or who has invited may not give the role any more."""

    code = "STAFF_INVITATION_ENDED"
    status = 409
    fix = "Ask an owner of the account to invite you again."


class LastOwner(PunktwerkError):
    """An account that has an owner always keeps one who can act."""

    code = "LAST_OWNER"
    status = 409
    fix = "Make somebody else an owner first."


class ApiKeyRevoked(PunktwerkError):
    """A key that is revoked cannot be replaced."""

    code = "API_KEY_REVOKED"
    status = 409
    fix = "Make a new one: createApiKey."


class WebhookExists(PunktwerkError):
    """The store has a webhook endpoint for this target already."""

    code = "WEBHOOK_EXISTS"
    status = 409
    fix = "Change the one that exists: updateWebhookEndpoint with `details.webhookId`."


class ProductExists(PunktwerkError):
    """The store sells the product already, with other values."""

    code = "PRODUCT_EXISTS"
    status = 409
    fix = "Look at `details.productId` with fetchProduct; `ifExists: update` changes it."


class ProductManaged(PunktwerkError):
    """The product comes from one of the store's own systems, which has other values for it."""

    code = "PRODUCT_MANAGED"
    status = 409
    fix = "Change it in `details.source` and sync; `ifExists: take_over` changes it here alone."


class PaymentNotFound(PunktwerkError):
    """The payment does not exist, or belongs to another account or store."""

    code = "PAYMENT_NOT_FOUND"
    status = 404
    fix = "Use a `paymentId` that processPayment or listPayments returned."


class PaymentNotRefundable(PunktwerkError):
    """The payment is not paid, or was refunded too often."""

    code = "PAYMENT_NOT_REFUNDABLE"
    status = 400
    fix = "Wait until getPayment says `paid`; cancel what is only authorized with cancelPayment."


class PaymentStateConflict(PunktwerkError):
    """The request does not fit the payment's status."""

    code = "PAYMENT_STATE_CONFLICT"
    status = 400
    fix = "Look at `details.status`: only an authorized payment can be captured or canceled."


class ReceiptNotFound(PunktwerkError):
    """The receipt does not exist, or its code is another account's or was made by somebody else."""

    code = "RECEIPT_NOT_FOUND"
    status = 404
    fix = "Scan the code on the receipt; a till takes the `transactionId` of createReceiptClaim."


class CheckoutNotFound(PunktwerkError):
    """The checkout does not exist, or belongs to another account, store or customer."""

    code = "CHECKOUT_NOT_FOUND"
    status = 404
    fix = "Take `transactionId` from startCheckout or fetchPurchaseHistory."


class CheckoutStateConflict(PunktwerkError):
    """The request does not fit the checkout's status."""

    code = "CHECKOUT_STATE_CONFLICT"
    status = 409
    fix = (
        "Look at `details.status`: only a started checkout can be completed or cancelled. Money "
        "that a provider took is given back with refundPayment and `details.paymentId`."
    )


class CheckoutDiffers(PunktwerkError):
    """A customer's items are not those of the store's catalog."""

    code = "CHECKOUT_DIFFERS"
    status = 409
    fix = (
        "Show the customer what `details.items` names, with the catalog's values; start again. "
        "Each item needs the `ean` or `productId` of a product."
    )


class StaffRequired(PunktwerkError):
    """Staff must look at the customer before some of the items are sold."""

    code = "STAFF_REQUIRED"
    status = 409
    fix = "Call staff; then start the checkout from your server, with `isVerified: true`."


class OrderNotFound(PunktwerkError):
    """The order does not exist, or belongs to another account, store or customer."""

    code = "ORDER_NOT_FOUND"
    status = 404
    fix = "Take `orderId` from submitClickCollectOrder or listClickCollectOrders."


class OrderStateConflict(PunktwerkError):
    """The order cannot get this status now."""

    code = "ORDER_STATE_CONFLICT"
    status = 409
    fix = "Send one of `details.allowed`."


class RefundExceedsPayment(PunktwerkError):
    """The refund would give back more than the rest of the payment."""

    code = "REFUND_EXCEEDS_PAYMENT"
    status = 400
    fix = "Refund at most `details.refundable`, in minor units."


class TierRecalculationRunning(PunktwerkError):
    """Another recalculation of the program is under way that does the same."""

    code = "TIER_RECALCULATION_RUNNING"
    status = 409
    fix = "Wait until getTierRecalculation says that `details.recalculationId` has ended."


class SyncRunning(PunktwerkError):
    """Another sync of the store with the same system is under way."""

    code = "SYNC_RUNNING"
    status = 409
    fix = "Wait until getSyncStatus says that `details.syncId` has ended."


class PushNotConfigured(PunktwerkError):
    """The operator has not switched on messages to devices."""

    code = "PUSH_NOT_CONFIGURED"
    status = 400
    fix = "Offer none while `pushKey` of getPushSettings is null; the operator sets the key."


class ConnectorError(PunktwerkError):
    """Base of errors between us and another system. Never holds a secret.

    ``retryable``: the same call may succeed later. ``is_unknown``: the other system may have
    carried out the call.
    """

    retryable: ClassVar[bool] = False
    is_unknown: ClassVar[bool] = False

    def __init__(self, message: str, **details: Any) -> None:
        if meaning := wire_meaning(message):
            details["meaning"] = meaning
        super().__init__(message, retryable=self.retryable, **details)


class ConnectorNotConfigured(ConnectorError):
    """The store has no such system configured."""

    code = "CONNECTOR_NOT_CONFIGURED"
    status = 400
    fix = "Configure it first, for payments with configurePSP."


class ConnectorUnsupported(ConnectorError):
    """The other system has no call for this."""

    code = "CONNECTOR_UNSUPPORTED"
    status = 400
    fix = "Use what `details.offers` names."


class ConnectorCredentialsRefused(ConnectorError):
    """The other system does not accept the credentials."""

    code = "CONNECTOR_CREDENTIALS_REFUSED"
    status = 400
    fix = "Check the credentials in the other system and configure them anew."


class ConnectorRejected(ConnectorError):
    """The other system understood the call and refuses it."""

    code = "CONNECTOR_REJECTED"
    status = 400
    fix = "Correct what the message says; the other system has done nothing."


class ConnectorNotFound(ConnectorError):
    """The other system does not have the object of the call."""

    code = "CONNECTOR_NOT_FOUND"
    status = 400
    fix = "Check that the object exists in the account that the credentials belong to."


class ConnectorConflict(ConnectorError):
    """The other system says that the call conflicts with an earlier one."""

    code = "CONNECTOR_CONFLICT"
    status = 409
    fix = "Look at the state of the object first; do not repeat the call blindly."


class CheckInTooFast(PunktwerkError):
    """Too many check-ins by this member, from this device or in this store."""

    code = "CHECK_IN_TOO_FAST"
    status = 429
    fix = "Check in again after `retryAfter` seconds."


class ConnectorRateLimited(ConnectorError):
    """The other system has had too many calls."""

    code = "CONNECTOR_RATE_LIMITED"
    status = 429
    retryable = True
    fix = "Retry after `retryAfter` seconds with the same idempotency key."


class ConnectorUnavailable(ConnectorError):
    """The other system cannot be reached or has failed."""

    code = "CONNECTOR_UNAVAILABLE"
    status = 503
    retryable = True
    is_unknown = True
    fix = "Retry later with the same idempotency key: nothing is done twice."


class ConnectorTimeout(ConnectorError):
    """The other system did not answer in time, and may have carried out the call."""

    code = "CONNECTOR_TIMEOUT"
    status = 503
    retryable = True
    is_unknown = True
    fix = "Retry with the same idempotency key: nothing is done twice."


class ConnectorAnswerInvalid(ConnectorError):
    """The other system's answer is not valid, and it may have carried out the call."""

    code = "CONNECTOR_ANSWER_INVALID"
    status = 503
    retryable = True
    is_unknown = True
    fix = "Retry with the same idempotency key; report it if it persists."


CONNECTOR_REFUSALS = (
    ConnectorUnsupported,
    ConnectorCredentialsRefused,
    ConnectorRejected,
    ConnectorNotFound,
    ConnectorConflict,
    ConnectorRateLimited,
    ConnectorUnavailable,
    ConnectorTimeout,
    ConnectorAnswerInvalid,
)
"""What a call of another system may end with. Which of them, the system decides."""


class Busy(PunktwerkError):
    """Too many requests write the same document at once; nothing was written."""

    code = "BUSY"
    status = 503
    fix = "Retry after `Retry-After` seconds with the same idempotency key."
    retry_after_s: ClassVar[int] = 1


class Unhealthy(PunktwerkError):
    """Something that the server needs does not work."""

    code = "UNHEALTHY"
    status = 503
    fix = "Tell the operator; `details` names what does not work."


@functools.cache
def catalog() -> tuple[type[PunktwerkError], ...]:
    """Return all refusals, sorted by status and code."""
    found = [error for error in _subclasses(PunktwerkError) if not error.__subclasses__()]
    return tuple(sorted(found, key=lambda error: (error.status, error.code)))


def _subclasses(error: type[PunktwerkError]) -> Iterator[type[PunktwerkError]]:
    for each in error.__subclasses__():
        yield each
        yield from _subclasses(each)
