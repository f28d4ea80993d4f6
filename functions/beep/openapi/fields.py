"""What each field of the API means, said once for all the schemas that have it."""

from __future__ import annotations

from collections.abc import Mapping


def describe(schema: str, field: str) -> str:
    """Return what a field of a schema means: there, else in its kind of schema, else everywhere.

    Args:
        schema: A component; for the data of an event its type, such as ``payment.paid``.
        field: The field.

    Raises:
        KeyError: Nothing is said; every field is described.
    """
    kind = "Request" if schema.endswith("Request") else "Event.data" if "." in schema else schema
    meaning = MEANINGS.get(f"{schema}.{field}") or MEANINGS.get(f"{kind}.{field}")
    return meaning or MEANINGS[field]


_CREDENTIALS = (
    "What the system needs; the fields depend on `system`, see its page in the documentation. By "
    "default what configureSync has stored."
)

MEANINGS: Mapping[str, str] = {
    "_sandbox": "Only there if a test key was used: this is mock data, and nothing was written.",
    "accessKeyId": "Id of an IAM user's access key, not a temporary one.",
    "AwsAccessKey.type": "A key of an IAM user.",
    "AwsEventBridge.kind": "An event bus of Amazon EventBridge.",
    "AwsRole.type": "A role that trusts this deployment.",
    "AwsSqs.kind": "A queue of Amazon SQS.",
    "action": (
        "`add` grants, `redeem` spends, `set` makes the balance `points`: the difference is booked."
    ),
    "afterDays": (
        "Points can be spent until the end of the day that is this many days after the one on "
        "which they were granted, in the store's time zone."
    ),
    "alertDays": (
        "How many days before points expire `loyalty.points_expiring` tells of it; 0 for never. "
        "By default 30, or `afterDays` less 1 if that is less."
    ),
    "alreadyPending": "How many waited already, and were left alone.",
    "alreadySucceeded": "How many had succeeded, and were left alone.",
    "alreadyEnrolled": "True if the user was a member before this request.",
    "amount": "In minor units of `currency`: 1099 for 10.99 EUR.",
    "PurchaseLine.amount": "In the store's currency; negative for what lowers the sum.",
    "RefundPaymentRequest.amount": (
        "How much to give back, in minor units of the payment's currency. By default all that is "
        "left."
    ),
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
    "credentials": "What AWS knows us by. Never shown again.",
    "currency": "ISO 4217 code.",
    "GetLoyaltyProgramResponse.currency": "ISO 4217 code of the store's currency.",
    "Program.currency": "ISO 4217 code of the store's currency.",
    "currentBalance": "What the member can spend now.",
    "currentTier": "The tier after this request. Null below the first tier and without tiers.",
    "currentPackage": "The package that the account has.",
    "cursor": "`nextCursor` of the page before, to go on from there.",
    "data": "What happened: ids and figures, no personal data.",
    "dead": "How many were given up.",
    "deletedAt": "When it was deleted: UTC with milliseconds.",
    "deliveryId": "Id of the delivery: this event to this endpoint.",
    "description": "Free text.",
    "AddLoyaltyPointsRequest.description": "Shown in the customer's history.",
    "Transaction.description": "What it was for.",
    "attempts": "The attempts, the oldest first; the latest 50 are kept.",
    "attemptCount": "How many attempts were made.",
    "Attempt.at": "When it was made: UTC with milliseconds.",
    "Attempt.durationMs": "How long it took, in milliseconds.",
    "Attempt.error": (
        "Why there was no answer: `timeout`, `connection_failed`, `name_not_resolved` and so on. "
        "Null with a status."
    ),
    "Attempt.responseText": "The first 2,048 characters of the answer.",
    "Attempt.status": "HTTP status of the answer. Null without one.",
    "continueSince": "With `hasMore`, the next request's `since`. Null if all was looked at.",
    "deliveries": "The deliveries, the newest first.",
    "delivery": "The delivery with its attempts.",
    "destination": "A queue or bus on AWS, instead of `url`.",
    "Webhook.destination": "The queue or bus, without credentials. Null for a URL.",
    "disabledAt": "When it was disabled. Null while it is enabled.",
    "disabledReason": (
        "`owner` if you disabled it, `gone` if it answered 410 Gone, `only_failed` if nothing else "
        "came of any attempt for five days. Null while it is enabled."
    ),
    "eventBusArn": "ARN of the event bus, which names its region too.",
    "failingSince": "The first failure after the last success. Null without one.",
    "hasMore": "True if not all of the time was looked at: repeat with `continueSince`.",
    "headerNames": "Names of your own headers that are sent as well, without what they hold.",
    "headers": (
        "Headers to send as well, by name: for instance what your gateway wants to see. They are "
        "encrypted, and never shown again. With `url` only."
    ),
    "isSlow": "Whether it takes long to answer, and its deliveries wait in another queue.",
    "kind": "`http` for a URL, else that of the destination.",
    "lastError": "Why the last attempt had no answer. Null if it had one, or none was made.",
    "lastStatus": "HTTP status of the last attempt. Null if it had none, or none was made.",
    "nextAttemptAt": "When the next attempt is due: UTC with milliseconds. Null if there is none.",
    "overlapHours": "How many hours the secrets before it go on signing too; 0 if one has leaked.",
    "paceSeconds": "How far apart attempts are kept while it is overloaded; 0 while it is not.",
    "pending": "How many are to be attempted, for the first time or again.",
    "previousSecretsExpireAt": "Until when earlier secrets sign as well. Null if none does.",
    "queueUrl": ("URL of the queue as AWS shows it; the name of a FIFO queue ends with `.fifo`."),
    "recovered": "How many deliveries are sent again, or for the first time.",
    "roleArn": "ARN of an IAM role that trusts this deployment.",
    "secretAccessKey": "The secret of the access key.",
    "skipped": "How many need not be sent, for instance because the endpoint was disabled.",
    "state": (
        "`pending` until it `succeeded`, was given up (`dead`) or need not be sent (`skipped`)."
    ),
    "Delivery.createdAt": "When it was made: UTC with milliseconds.",
    "Delivery.reason": (
        "Why it is dead (`attempts_exhausted`, `endpoint_gone`, `test_failed`) or was skipped "
        "(`endpoint_disabled`, `endpoint_deleted`, `event_expired`, `subscription_inactive`, "
        "`package_insufficient`). Else null."
    ),
    "Delivery.test": "Only there, and true, if it was made by hand.",
    "Delivery.type": "Type of the event.",
    "DeliveryWithAttempts.createdAt": "When it was made: UTC with milliseconds.",
    "DeliveryWithAttempts.reason": (
        "Why it is dead (`attempts_exhausted`, `endpoint_gone`, `test_failed`) or was skipped "
        "(`endpoint_disabled`, `endpoint_deleted`, `event_expired`, `subscription_inactive`, "
        "`package_insufficient`). Else null."
    ),
    "DeliveryWithAttempts.test": "Only there, and true, if it was made by hand.",
    "DeliveryWithAttempts.type": "Type of the event.",
    "ListWebhookDeliveriesRequest.eventId": "Only deliveries of this event.",
    "ListWebhookDeliveriesRequest.state": "Only deliveries in this state.",
    "ListWebhookDeliveriesRequest.type": "Only deliveries of events of this type.",
    "ListWebhookDeliveriesRequest.webhookId": "Only deliveries to this endpoint.",
    "details": "Facts about this refusal, by name; which ones depends on the code.",
    "duplicate": (
        "Only there, and true, if an earlier request with another `Idempotency-Key` did the same."
    ),
    "earnedThisMonth": "What was earned this month, in the store's time zone.",
    "earningMethods": "How customers earn. By default at check-in: by QR code and in the store.",
    "enrolledAt": "When the user became a member.",
    "entryId": "The ledger entry that was booked.",
    "AddLoyaltyPointsResponse.entryId": "The ledger entry. Null if nothing was granted.",
    "SyncExternalLoyaltyResponse.entryId": (
        "The ledger entry. Null if `set` found the balance as it should be."
    ),
    "Event.createdAt": "When it happened: UTC with milliseconds.",
    "Event.data.categories": "How many categories were imported.",
    "Event.data.checkinId": "Id of the check-in.",
    "Event.data.dataType": "What was sent, for instance `sales`.",
    "Event.data.earningMethod": (
        "`purchase` if computed from a purchase, `api` if given as points, `checkin`, `qr`."
    ),
    "Event.data.expiresAt": "When they expire: UTC with milliseconds.",
    "Event.data.externalTransactionId": (
        "The external system's id of the transaction. Null if none was given."
    ),
    "Event.data.failingSince": "The first failure after the last success. Null without one.",
    "Event.data.inventory": "How many stock levels were imported.",
    "Event.data.items": "How many items were bought.",
    "Event.data.messageId": "Id of the message.",
    "Event.data.milestone": "The total that was reached.",
    "Event.data.offerId": "Id of the offer.",
    "Event.data.orderId": "Id of the order.",
    "Event.data.orders": "How many orders were imported.",
    "error": "Stable code of the refusal.",
    "events": "Event types, or `loyalty.*` for all of them.",
    "event": "The event as it was sent.",
    "eventId": "Id of the event.",
    "ListEventsRequest.programId": "Only events of this program.",
    "ListEventsRequest.type": "Only events of this type.",
    "ListEventsRequest.userId": "Only events of this customer.",
    "ListEventsResponse.events": "The events, the newest first.",
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
    "isEnabled": "Whether events are sent to it; `disabledReason` says why not.",
    "UpdateWebhookEndpointRequest.isEnabled": "Whether events are sent to it.",
    "limit": "The most to list.",
    "livemode": "True for real data, false for tests.",
    "logo": "https URL of an image.",
    "maxCashbackPerTransaction": "The most that one purchase earns, in the store's currency.",
    "memberId": "Id of the membership.",
    "message": "For people; may change.",
    "SyncExternalLoyaltyResponse.message": "What was done.",
    "milestones": (
        "Totals of what a member has ever earned that `loyalty.milestone_reached` tells of, "
        "ascending; by default 100, 500, 1000 and so on to 100000. Empty for none."
    ),
    "minPoints": "Lifetime points from which the tier is reached; ascending from tier to tier.",
    "minimumPurchase": "Purchases below earn nothing. In the store's currency.",
    "name": "Name of the tier, unique in the program.",
    "newBalance": "The balance after this.",
    "newTier": "The tier after this. Null below the first.",
    "nextCursor": "Send it as `cursor` for the next page. Null on the last one.",
    "nextExpiry": "What expires next unless it is spent. Null if nothing does.",
    "NextExpiry.points": "How much of the balance expires then.",
    "NextExpiry.expiresAt": "The moment from which it cannot be spent: a midnight of the store.",
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
    "loyalty.points_expiring.points": "What expires unless it is spent.",
    "loyalty.sync_conflict.points": "What the external system wanted the balance to be.",
    "Event.data.priceUpdates": "How many prices were changed.",
    "Event.data.productId": "Id of the product.",
    "Event.data.products": "How many products were imported.",
    "Event.data.reason": (
        "`gone` if the receiver has answered 410 Gone, `only_failed` if nothing else came of any "
        "attempt for five days."
    ),
    "Event.data.records": "How many records there were.",
    "Event.data.rewardDescription": "What was bought.",
    "Event.data.rewardId": "Id of the reward. Null without one.",
    "loyalty.reward_unlocked.rewardId": (
        "Id of the reward; `full_card` for the full card of a program without rewards."
    ),
    "Event.data.sequence": (
        "Number of the ledger entry in its membership: it orders what happened to a member."
    ),
    "Event.data.status": "How far it has come.",
    "Event.data.suppliers": "How many suppliers were imported.",
    "Event.data.synced": "How many of each were imported.",
    "Event.data.system": "The other system.",
    "Event.data.tags": "How many tags were deactivated.",
    "Event.data.total": "What is to be paid, in the store's currency.",
    "Event.data.years": "How many years ago the user became a member.",
    "Transaction.points": "What was booked; negative for what was spent.",
    "pointsExpiry": (
        "When points expire that are granted from now on. Null if never. Points that members have "
        "keep their dates."
    ),
    "UpdateLoyaltyProgramRequest.pointsExpiry": (
        "When points expire that are granted from now on; null for never. Left out, it stays as it "
        "is. Points that members have keep their dates."
    ),
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
    "retryAfter": "Seconds to wait before the next try.",
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
    "RotateWebhookSecretResponse.secret": "The signing secret, shown this once.",
    "CreateWebhookEndpointResponse.secret": "The signing secret, shown this once.",
    "GetLoyaltyWebhookEventsResponse.secret": (
        "The signing secret, shown only when it was made or changed, else null."
    ),
    "since": "The earliest time, inclusive.",
    "GetWebhookStatsResponse.since": "The oldest that is counted: UTC with milliseconds.",
    "GetWebhookStatsRequest.since": "The oldest to count; at most 30 days ago, by default 7.",
    "source": "The external system that this comes from; its own webhooks are not told of it.",
    "UpdateWebhookEndpointRequest.source": (
        "The external system behind the endpoint: it is not told of what it caused itself. Null "
        "for none."
    ),
    "CreateWebhookEndpointRequest.source": (
        "The external system behind the endpoint: it is not told of what it caused itself."
    ),
    "Event.data.source": "The external system that caused it. Null if none is named.",
    "GetLoyaltyWebhookEventsRequest.source": (
        "The external system behind the URL: it is not told of what it caused itself."
    ),
    "Webhook.source": "The external system behind the endpoint. Null if none is named.",
    "stampsPerPurchase": "Stamps for each purchase.",
    "statusCode": "The HTTP status.",
    "stock": "How many there were when it was last set. Null: without limit.",
    "storeId": "Id of the store.",
    "Request.storeId": "Id of the store. The header `X-Beep-Store-Id` can stand in for it.",
    "succeeded": "How many were answered with 2xx.",
    "success": "Always true.",
    "Error.success": "Always false.",
    "successRate": "Percent of those that succeeded or were given up, to one decimal; 0 of none.",
    "tiers": "The levels, ascending by `minPoints`.",
    "title": "Name that customers see.",
    "total": "How many there are in all.",
    "totalEarned": "Everything ever earned.",
    "totalExpired": "Everything that ever expired.",
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
    "SendTestWebhookEventRequest.type": "Which type of event to send an example of.",
    "Event.type": "What happened.",
    "Event.test": "Only there, and true, if nothing happened: somebody asked for a test event.",
    "PurchaseLine.type": "Only items earn; discounts and rewards lower the sum.",
    "Transaction.type": "`earn`, `redeem`, `adjust`, `reverse` or `expire`.",
    "until": "The end, exclusive.",
    "updatedAt": "When it was last changed: UTC with milliseconds.",
    "url": "https URL that events are sent to.",
    "Webhook.url": "The URL that events are sent to. Null for a queue or bus.",
    "userId": "Your id of the customer.",
    "validFrom": "The reward can be had from then on. Null: at once.",
    "validUntil": "The reward can be had before then. Null: without end.",
    "webhook": "The endpoint, without what is secret of it.",
    "webhookId": "Id of the webhook endpoint.",
    "GetLoyaltyWebhookEventsResponse.webhookId": "The URL just registered. Null when listing.",
    "webhooks": "Every webhook endpoint of the store, the oldest first.",
    # Payments.
    "captureLater": (
        "Only authorize the payment: the money is taken by `capturePayment`. Not every provider "
        "can."
    ),
    "captured": "What the provider has taken, in minor units.",
    "chargedBackAmount": "What is withdrawn now, in minor units of `currency`; 0 once it is back.",
    "Payment.chargedBack": "What customers' banks have withdrawn, in minor units.",
    "ConfigurePSPRequest.config": "What the provider needs; the fields depend on `provider`.",
    "config": "What of its configuration is no secret.",
    "configured": "Always true.",
    "configuredAt": "When it was last configured: UTC with milliseconds.",
    "customer": (
        "Who pays. Passed on to providers that ask for it, kept encrypted until the provider has "
        "answered, and then dropped."
    ),
    "Customer.email": "E-mail address.",
    "Customer.firstName": "First name.",
    "Customer.ipAddress": "The customer's IPv4 or IPv6 address, not your server's.",
    "Customer.lastName": "Last name.",
    "Customer.locale": "Language, perhaps with a country: `de`, `de-CH`.",
    "defaultProvider": (
        "The provider of payments that name none. Null if the store has no provider."
    ),
    "failure": "Why it failed: a word of ours or of the provider's. Null if it has not.",
    "isDefault": "Whether payments that name no provider go through this one.",
    "ConfigurePSPRequest.isDefault": (
        "Whether payments that name no provider go through this one from now on. The first "
        "provider of a store does in any case."
    ),
    "isTest": "Whether it is a test account with the provider: no money moves.",
    "payment": "The payment.",
    "paymentId": "Id of the payment.",
    "payments": "The payments, newest first.",
    "problem": (
        "Why somebody has to look at it: `amount_mismatch` if the provider named another amount or "
        "currency than was asked for, `refund_unknown` if what became of a refund cannot be found "
        "out, `charged_back` while money is withdrawn by the customer's bank, `points_not_booked` "
        "if the member's points were refused. Null if nothing is wrong."
    ),
    "ProcessPaymentRequest.currency": "ISO 4217 code; need not be the store's currency.",
    "ProcessPaymentRequest.description": (
        "Shown to the customer on the provider's page. By default `purchaseId`."
    ),
    "ProcessPaymentRequest.programId": "The program that the payment earns points in.",
    "ProcessPaymentRequest.provider": "The provider to pay with. By default the store's default.",
    "ProcessPaymentRequest.userId": "The member who earns points for the payment.",
    "Payment.points": "The member's points for the payment. Null before it is paid, and without.",
    "PaymentPoints.awarded": (
        "What the payment has earned, in points, stamps or money. Null until it is booked."
    ),
    "PaymentPoints.failure": (
        "The code of the refusal for which no more is booked. Null if nothing was refused."
    ),
    "PaymentPoints.takenBack": "What was taken of it again for what was refunded or charged back.",
    "provider": "The payment provider.",
    "providers": "The store's providers; those configured last come last.",
    "purchaseId": "Your id of what is paid for. Null if none was given.",
    "ProcessPaymentRequest.purchaseId": (
        "Your id of what is paid for. It is paid once in this store, however often it is asked for."
    ),
    "Payment.programId": "The program that the payment earns points in. Null without one.",
    "Payment.status": "How far it has come, and whether it was refunded.",
    "ProcessPaymentResponse.status": "How far it has come.",
    "Payment.userId": "The member who earns points for the payment. Null without one.",
    "redirectUrl": "Where the customer pays. Null if there is no such page.",
    "refundable": "What can still be given back, in minor units.",
    "refundAmount": "What this refund gives back, in minor units of `currency`.",
    "refunded": "What was given back for certain, in minor units.",
    "refundId": "Id of the refund.",
    "refundReference": (
        "Your id of the refund. It is made once of this payment, however often it is asked for."
    ),
    "refunds": "What was given back through us, or is about to be; the oldest first.",
    "Refund.reason": "What was said when it was asked for.",
    "RefundPaymentRequest.reason": "Shown by the provider, if it shows reasons.",
    "Refund.status": "`pending` until the provider says that the money is back, or is not.",
    "RefundPaymentResponse.status": (
        "`pending` until the provider says that the money is back, or is not."
    ),
    "returnUrl": "Where the provider sends the customer's browser afterwards.",
    "stage": "How far taking the money has come; refunds do not change it.",
    # What a payment provider needs to be configured.
    "baseUrl": (
        "Where a stand-in of the provider is on this machine. Taken under the emulator only."
    ),
    "mode": "Whether the account is one for tests, which moves no money.",
    "apiKey": "The secret API key.",
    "AdyenConfig.hmacKey": "The key that signs the standard webhook: 64 hexadecimal digits.",
    "AdyenConfig.liveUrlPrefix": (
        "The prefix of the account's live host, such as `1797a841fbb37ca7-ExampleCo`. Needed in "
        "the mode `live`."
    ),
    "AdyenConfig.merchantAccount": "Name of the merchant account, such as `ExampleCoECOM`.",
    "CustomConfig.apiUrl": "Where the provider's API is: https, on a public address.",
    "CustomConfig.notificationSecret": "Signs the provider's notifications.",
    "PayablConfig.customerEmail": "Sent in place of the customer's address of email.",
    "PayablConfig.customerFirstName": "Sent in place of the customer's first name.",
    "PayablConfig.customerIp": "Sent in place of the customer's IP address.",
    "PayablConfig.customerLastName": "Sent in place of the customer's last name.",
    "PayablConfig.liveHost": (
        "The host that payabl. has named for live payments, such as `pay4.payabl.com`. Needed in "
        "the mode `live`."
    ),
    "PayablConfig.merchantId": "Id of the merchant at payabl.",
    "PayablConfig.secret": "Signs requests and notifications.",
    "PayoneConfig.apiKey": "The API key, which names the key pair.",
    "PayoneConfig.apiSecret": "The secret of the API key.",
    "PayoneConfig.merchantId": "Id of the merchant in the Commerce Portal.",
    "PayoneConfig.paymentProduct": "How customers pay: 840 is PayPal, 900 is Wero.",
    "MollieConfig.webhookSecret": "The signing secret of a webhook that was set up at Mollie.",
    "StripeConfig.secretKey": "A secret or restricted API key: `sk_...` or `rk_...`.",
    "StripeConfig.webhookSecret": "The signing secret of the webhook endpoint: `whsec_...`.",
    "SumupConfig.merchantCode": "Code of the merchant, such as `MH4H92C7`.",
    "SumupConfig.webhookSecret": "The signing secret of webhooks, if SumUp has given one.",
    "UnzerConfig.privateKey": "The private key: `s-priv-...` in the sandbox, else `p-priv-...`.",
    "UnzerConfig.publicKey": "The public key of the same pair.",
    "allowMassDeletion": (
        "True to mark products as gone even if that is more than half of what is known."
    ),
    "awardPoints": (
        "Have receipts that name a member earn points. By default as configureSync said."
    ),
    "awardPointsProgramId": (
        "The program in which receipts that name a member earn points. Null for none."
    ),
    "AwardPoints.programId": "The program in which receipts earn points.",
    "issuedSince": "Receipts that are older earn nothing; nor do those from before a membership.",
    "change": "How much was put to stock; negative for what was taken.",
    "changedAt": "When. By default now.",
    "changes": "What became of what was read.",
    "created": "How many are new.",
    "changed": "How many have changed.",
    "deleted": "How many are gone, and marked so.",
    "DeleteSyncConfigurationResponse.deleted": "Always true.",
    "priced": "How many known products have got another price.",
    "awarded": "How many receipts have earned points.",
    "receiptsAwarded": "How many receipts have earned points.",
    "read": "How many were listed, each once.",
    "content": "The file, in base64.",
    "contentType": "Media type of the file.",
    "counts": "What was found, by stream.",
    "ConfigureSyncRequest.credentials": (
        "What the system needs; the fields depend on `system`. Stored encrypted, never shown again."
    ),
    "customerId": "Of whom the system knows by this id.",
    "dataType": "What the records are.",
    "externalId": "The system's id.",
    "failureMessage": "Why the sync failed, or waits, in words. Null if it does not.",
    "file": "To be imported into the system. Only there for systems that are fed by files.",
    "isConfigured": "Whether credentials are stored.",
    "isDuplicate": "True if the system had the record from an earlier request.",
    "isFull": "True to read everything again, as if it were the first time.",
    "lastSync": "The latest sync. Null if there was none.",
    "lines": "Positions of the sale.",
    "locationId": "The system's id of the place where the stock lies.",
    "nextSyncAt": "When the next sync begins by itself. Null if none does.",
    "paidBy": "How it was paid.",
    "SalePayment.amount": "In minor units of the sale's currency.",
    "PosSynced.products": "Products that were listed.",
    "PosSynced.categories": "Categories that were listed.",
    "priceUpdates": "Known products that have got another price.",
    "pushed": "How many records the system has now.",
    "quantity": "Pieces or kilograms; negative for what is taken back.",
    "recordId": "The caller's id of the record, under which it is pushed once.",
    "records": "At most 100, each with a `recordId` of its own.",
    "remarks": "What could not be taken, and why: the first 50.",
    "results": "What became of each record, in the order of the request.",
    "retryable": "Whether the same record may succeed later.",
    "retryAt": "When a sync goes on whose system did not answer. Null if it need not wait.",
    "schedule": "How often the system is synced by itself.",
    "soldAt": "When it was sold.",
    "stream": "What is read: `categories`, `products`, `receipts`, `stock`, `orders`, `suppliers`.",
    "synced": "What was read.",
    "syncId": "The run.",
    "system": "Name of the system.",
    "systems": "Systems that are configured or were synced before.",
    "finishedAt": "When it ended. Null while it runs.",
    "startedAt": "When it began.",
    "unitPrice": "Of one unit, taxes included, in minor units of `currency`.",
    "Sale.total": "Taxes and discounts included, in minor units of `currency`.",
    "SaleLine.total": (
        "Of the position, in minor units; by default `quantity` times `unitPrice`, rounded half up."
    ),
    "vatPercent": "Rate of the tax in the price, for instance 7 or 19.",
    "ErpSynced.inventory": "Stock levels that were listed.",
    "ErpSynced.orders": "Orders that were listed.",
    "ErpSynced.suppliers": "Suppliers that were listed.",
    "ean": "EAN-8, UPC-A or EAN-13.",
    "number": "The merchant's own article number.",
    "Sale.number": "As on the receipt. By default `recordId`.",
    "Sale.payments": "What was paid, by means. Sums up to `total`.",
    "StockChange.unit": "Of `change`, as the system calls it. By default that of the product.",
    "SaleLine.productId": "The system's id of the product.",
    "StockChange.productId": "The system's id of the product.",
    "SyncChanges.skipped": "How many could not be taken; getSyncStatus says why.",
    "StreamCounts.skipped": "How many could not be taken; `remarks` say why.",
    "Event.data.failed": "How many rows could not be taken.",
    "Event.data.unchanged": "How many products were as the rows say already.",
    "Event.data.updated": "How many products have got other values.",
    "BulkImportProductsResponse.created": "How many products are sold from now on.",
    "BulkImportProductsResponse.results": "What became of each row, in the order of the request.",
    "BulkImportProductsRequest.products": "The rows.",
    "brand": "Who makes it. May be empty.",
    "categoryId": "The source's id of the category.",
    "failed": "How many rows could not be taken.",
    "FetchProductsRequest.source": "Only products of this system; `api` for those of calls.",
    "FetchProductsRequest.categoryId": "Only products of this category.",
    "FetchProductsResponse.products": "The products, in the order of EANs and article numbers.",
    "FetchProductRequest.productId": "Id of the product; with `storeId` also its EAN or number.",
    "FetchStoresRequest.storeId": (
        "Only this store. The header `X-Beep-Store-Id` can stand in for it."
    ),
    "flags": "What the app must heed at the till.",
    "ifExists": (
        "What to do if the store sells the product with other values: `refuse`, `update`, or "
        "`take_over`, which also changes what comes from one of the store's own systems; it is "
        "the system's again when that next lists it."
    ),
    "includeDeleted": "True to list also what is no longer sold.",
    "index": "Number of the row in the request, from 0.",
    "ImportedRow.error": "Code of the refusal. Null if the row was taken.",
    "ImportedRow.message": "Why the row was refused, for people. Null if it was taken.",
    "ImportedRow.productId": "Id of the product. Null if the row names none.",
    "latitude": "In degrees, north is positive.",
    "longitude": "In degrees, east is positive.",
    "outcome": (
        "`created` if it is sold from now on, `updated` if its values are others now, "
        "`unchanged` if they were as they are."
    ),
    "ImportedRow.outcome": "As of insertProduct, or `failed`.",
    "position": "Where it is. Null if that is not known.",
    "price": "What one unit costs, taxes included, in major units of the currency: 1.49.",
    "Product.price": (
        "What one unit costs now, taxes included, in major units of `currency`: 1.49. Null "
        "without a price."
    ),
    "ProductWithPrices.price": (
        "What one unit costs now, taxes included, in major units of `currency`: 1.49. Null "
        "without a price."
    ),
    "RegisterProductToStoreRequest.price": (
        "What one unit costs in this store, in major units of its currency: 1.49. By default what "
        "it costs in the other one."
    ),
    "priceHistory": "The latest 20 prices that have ended, the latest first.",
    "PriceChange.source": "Where the price after it comes from.",
    "product": "The product.",
    "productId": "Id of the product.",
    "Product.currency": "ISO 4217 code. Null without a price.",
    "Product.deletedAt": "Since when it is no longer sold. Null while it is.",
    "Product.externalId": "The id that its source has for it. Null if none has.",
    "Product.name": "What it is called.",
    "Product.source": "The system that it comes from; `api` if a call has inserted it.",
    "ProductWithPrices.currency": "ISO 4217 code. Null without a price.",
    "ProductWithPrices.deletedAt": "Since when it is no longer sold. Null while it is.",
    "ProductWithPrices.externalId": "The id that its source has for it. Null if none has.",
    "ProductWithPrices.name": "What it is called.",
    "ProductWithPrices.source": "The system that it comes from; `api` if a call has inserted it.",
    "ProductInput.name": "What it is called.",
    "InsertProductRequest.name": "What it is called.",
    "replacedBy": "Id of the product that it goes on as, after its EAN changed. Else null.",
    "requiresHumanVerification": (
        "Whether staff must look at the customer before it is sold, for instance at their age."
    ),
    "PriceChange.since": "When it began.",
    "store": "The store.",
    "stores": "The stores, the oldest first.",
    "Store.name": "What it is called.",
    "timeZone": "IANA name of the time zone.",
    "unchanged": "How many products were as the rows say already.",
    "PriceChange.until": "When it ended.",
    "upcomingPrices": "Prices that begin later, the soonest first.",
    "updated": "How many products have got other values.",
    "UpcomingPrice.validFrom": "When it begins.",
    "vat": "Rate of the tax in the price, in percent: 7 or 19.",
    "SyncPOSRequest.credentials": _CREDENTIALS,
    "SyncERPRequest.credentials": _CREDENTIALS,
    "PushToPOSRequest.credentials": _CREDENTIALS,
    "PushToERPRequest.credentials": _CREDENTIALS,
}
