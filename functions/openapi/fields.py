"""What each field of the API means, said once for all the schemas that have it."""

from __future__ import annotations

from collections.abc import Mapping


def describe(schema: str, field: str) -> str:
    """Return what a field of a schema means: there, else in requests, else everywhere.

    Raises:
        KeyError: Nothing is said; every field is described.
    """
    kind = "Request" if schema.endswith("Request") else schema
    meaning = MEANINGS.get(f"{schema}.{field}") or MEANINGS.get(f"{kind}.{field}")
    return meaning or MEANINGS[field]


MEANINGS: Mapping[str, str] = {
    "_sandbox": "Only there if a test key was used: this is mock data, and nothing was written.",
    "action": (
        "`add` grants, `redeem` spends, `set` makes the balance `points`: the difference is booked."
    ),
    "alreadyEnrolled": "True if the user was a member before this request.",
    "amount": "In the store's currency; negative for what lowers the sum.",
    "apiVersion": "Version of the API whose schema the event follows.",
    "availableEvents": "Every event type that can be subscribed to.",
    "balanceAfter": "The balance after this transaction.",
    "branding": "How the card looks in the app.",
    "cappedBy": (
        "What cut the award: `maxCashbackPerTransaction`. Null if it was granted in full."
    ),
    "cashbackPercentage": "Percent of the purchase that is paid back; at most 2 decimals.",
    "color": "Hex colour: `#2563EB` or `#26E`.",
    "correctsEntryId": "The entry that was reversed, in whole or in part.",
    "count": "How many are listed.",
    "createdAt": "When it was made: UTC with milliseconds.",
    "currency": "ISO 4217 code of the store's currency.",
    "currentBalance": "What the member can spend now.",
    "currentTier": "The tier after this request. Null below the first tier and without tiers.",
    "currentPackage": "The package that the account has.",
    "data": "What happened: ids and figures, no personal data.",
    "description": "Free text.",
    "AddLoyaltyPointsRequest.description": "Shown in the customer's history.",
    "Transaction.description": "What it was for.",
    "details": "Facts about this refusal, by name; which ones depends on the code.",
    "duplicate": (
        "Only there, and true, if an earlier request with another `Idempotency-Key` did the same."
    ),
    "earnedThisMonth": "What was earned this month, in the store's time zone.",
    "earningMethod": "`purchase` if computed from a purchase, `api` if given as points.",
    "earningMethods": "How customers earn. By default at check-in: by QR code and in the store.",
    "enrolledAt": "When the user became a member.",
    "entryId": "The ledger entry that was booked.",
    "AddLoyaltyPointsResponse.entryId": "The ledger entry. Null if nothing was granted.",
    "SyncExternalLoyaltyResponse.entryId": (
        "The ledger entry. Null if `set` found the balance as it should be."
    ),
    "Event.createdAt": "When it happened: UTC with milliseconds.",
    "Event.data.externalTransactionId": (
        "The external system's id of the transaction. Null if none was given."
    ),
    "error": "Stable code of the refusal.",
    "events": "Event types, or `loyalty.*` for all of them.",
    "externalTransactionId": (
        "The external system's id of the transaction. With `source` it makes the call idempotent, "
        "for ever."
    ),
    "fix": "What to do about it.",
    "id": "Id of the event, equal on every attempt: ignore one that you have seen.",
    "isActive": "Whether it can be used.",
    "CreateLoyaltyProgramRequest.isActive": "Whether the program takes members and grants points.",
    "UpdateLoyaltyProgramRequest.isActive": "Whether the program takes members and grants points.",
    "GetCustomerBalanceResponse.isActive": "Whether the program is active.",
    "isEnabled": "False once the receiver has answered 410 Gone; register it again to enable it.",
    "livemode": "True for real data, false for tests.",
    "logo": "https URL of an image.",
    "maxCashbackPerTransaction": "The most that one purchase earns, in the store's currency.",
    "memberId": "Id of the membership.",
    "message": "For people; may change.",
    "SyncExternalLoyaltyResponse.message": "What was done.",
    "minPoints": "Lifetime points from which the tier is reached; ascending from tier to tier.",
    "minimumPurchase": "Purchases below earn nothing. In the store's currency.",
    "name": "Name of the tier, unique in the program.",
    "newBalance": "The balance after this.",
    "newTier": "The tier after this. Null below the first.",
    "nextTier": "The tier above. Null at the top and without tiers.",
    "points": "How many points, stamps or how much cashback (in the store's currency).",
    "AddLoyaltyPointsRequest.points": (
        "How many points or stamps, or how much cashback (in the store's currency). If given, it "
        "wins over the purchase."
    ),
    "SyncExternalLoyaltyRequest.points": (
        "The amount to add or redeem, more than 0; for `set` the new balance."
    ),
    "Event.data.points": "The amount; with a sign if a balance was set, corrected or reversed.",
    "Transaction.points": "What was booked; negative for what was spent.",
    "pointsAdded": "What was granted.",
    "pointsPerCheckin": "What a check-in earns, whatever is bought.",
    "pointsPerEuro": "Points for each unit of the store's currency; at most 4 decimals.",
    "pointsRedeemed": "What was spent.",
    "pointsRequested": "What was asked for, or what the purchase would earn without a cap.",
    "pointsToFallDown": (
        "What would have to be reversed to lose the tier. Null in the lowest and without tiers."
    ),
    "pointsToNextTier": "Still missing to the next tier; 0 at the top. Null without tiers.",
    "previousBalance": "The balance before this.",
    "previousTier": "The tier before this. Null below the first.",
    "program": "The same fields once more, as one object.",
    "programId": "Id of the program.",
    "programName": "Name that customers see.",
    "programType": "How the program rewards. It cannot be changed.",
    "programs": "The programs, oldest first.",
    "purchaseAmount": (
        "What was paid, in the store's currency; the program's rules say what it earns, rounded "
        "down. Instead of `purchaseLines`."
    ),
    "purchaseLines": "The lines of the receipt, whose sum earns. Instead of `purchaseAmount`.",
    "reason": (
        "Why nothing was granted: `nothing_paid`, `minimum_purchase` or `below_one_unit`. "
        "Null if something was."
    ),
    "recentTransactions": "The last ten transactions, newest first.",
    "redeemedThisMonth": "What was spent this month, in the store's time zone.",
    "redemptionId": "The ledger entry of the redemption.",
    "redemptionRate": "Redemptions for each 100 members, to one decimal.",
    "requestId": "Id of the request, for questions about it; also in the header `X-Request-Id`.",
    "requiredPoints": "What the reward costs.",
    "requiredStamps": "Stamps of a full card.",
    "requiredUpgrade": "The package that includes what was refused.",
    "rewardCode": "The code that the customer shows for the reward. Null without one.",
    "rewardDescription": (
        "What was bought; shown in the customer's history. By default the reward's title."
    ),
    "rewardId": "Id of the reward. A new reward without one gets one.",
    "RedeemLoyaltyPointsRequest.rewardId": (
        "The program's reward to buy; `points` must be what it costs."
    ),
    "RedeemLoyaltyPointsResponse.rewardId": "The reward that was bought. Null without one.",
    "rewards": "What members can buy.",
    "UpdateLoyaltyProgramRequest.rewards": "All rewards anew; send the `rewardId` of those kept.",
    "rules": "What earns how much; the fields depend on `programType`.",
    "secret": (
        "Signs what is sent. With the prefix `whsec_` the rest is the base64 of 24 to 64 bytes. "
        "One is made if it is left out."
    ),
    "GetLoyaltyWebhookEventsResponse.secret": (
        "The signing secret, shown only when it was made or changed, else null."
    ),
    "source": "The external system that this comes from; its own webhooks are not told of it.",
    "Event.data.source": "The external system that caused it. Null if none is named.",
    "GetLoyaltyWebhookEventsRequest.source": (
        "The external system behind the URL: it is not told of what it caused itself."
    ),
    "Webhook.source": "The external system behind the URL.",
    "stampsPerPurchase": "Stamps for each purchase.",
    "statusCode": "The HTTP status.",
    "stock": "How many there were when it was last set. Null: without limit.",
    "storeId": "Id of the store.",
    "Request.storeId": "Id of the store. The header `X-Beep-Store-Id` can stand in for it.",
    "success": "Always true.",
    "Error.success": "Always false.",
    "tiers": "The levels, ascending by `minPoints`.",
    "title": "Name that customers see.",
    "totalEarned": "Everything ever earned.",
    "totalMembers": "How many have enrolled.",
    "totalPointsIssued": "Everything that all members have ever earned.",
    "totalRedeemed": "Everything ever spent.",
    "totalRedemptions": "How many redemptions there were.",
    "transactionId": "Your id of the transaction. Null if none was given.",
    "AddLoyaltyPointsRequest.transactionId": (
        "Your id of the transaction. It makes the call idempotent, for ever."
    ),
    "RedeemLoyaltyPointsRequest.transactionId": (
        "Your id of the transaction. It makes the call idempotent, for ever."
    ),
    "type": "Kind of reward; any but `discount_percent`, `discount_amount`, `free_product` and "
    "`voucher` is a custom reward and needs GROW.",
    "Event.type": "What happened.",
    "PurchaseLine.type": "Only items earn; discounts and rewards lower the sum.",
    "Transaction.type": "`earn`, `redeem`, `adjust`, `reverse` or `expire`.",
    "updatedAt": "When it was last changed: UTC with milliseconds.",
    "url": "https URL that events are sent to.",
    "userId": "Your id of the customer.",
    "validFrom": "The reward can be had from then on. Null: at once.",
    "validUntil": "The reward can be had before then. Null: without end.",
    "webhookId": "Id of the registered URL.",
    "GetLoyaltyWebhookEventsResponse.webhookId": "The URL just registered. Null when listing.",
    "webhooks": "Every URL registered for the store.",
}
