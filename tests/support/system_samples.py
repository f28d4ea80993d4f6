"""A valid configuration of every till system and ERP. None of these keys was ever real."""

from __future__ import annotations

from typing import Any

CONFIGS: dict[tuple[str, str], dict[str, Any]] = {
    ("shop", "woocommerce"): {
        "shopUrl": "https://shop.example.com",
        "consumerKey": "ck_" + "fake" * 10,
        "consumerSecret": "cs_" + "fake" * 10,
        "webhookSecret": "fake-webhook-secret-of-woocommerce",
        "giftCardProductIds": [900],
    },
    ("shop", "generic"): {
        "webhookSecret": "fake-webhook-secret-of-a-shop",
        "ordersUrl": "https://shop.example.com/orders",
        "writeUrl": "https://shop.example.com/writings",
        "token": "fake-token-of-a-shop",
    },
    ("shop", "shopify"): {
        "shop": "example.myshopify.com",
        "clientId": "0f" * 16,
        "clientSecret": "shpss_" + "fake" * 8,
        "webhookSecret": "fake-secret-of-the-settings-of-shopify",
    },
    ("shop", "shopware"): {
        "shopUrl": "https://shop.example.com",
        "clientId": "SWIAFAKEFAKEFAKEFAKE",
        "clientSecret": "fake-secret-of-an-integration",
        "appSecret": "fake-secret-of-the-app-of-shopware-" + "x" * 8,
    },
    ("pos", "vectron"): {
        "apiKey": "fake-key-of-vectron",
        "login": "partner@example.com",
        "password": "fake-password-of-vectron",
        "siteId": "603f97af-090a-4f31-8426-95fbbf70c95f",
        "mode": "test",
    },
    ("pos", "sumup"): {
        "apiKey": "sup_sk_" + "fake" * 8,
        "merchantCode": "MH4H92C7",
        "mode": "test",
    },
    ("erp", "lexoffice"): {"apiKey": "fake-key-of-lexoffice-" + "fake" * 4},
    ("erp", "sevdesk"): {"apiToken": "0f" * 16, "revenueAccount": "4000"},
    ("erp", "sap"): {
        "host": "my300000-api.s4hana.cloud.sap",
        "sapClient": "100",
        "username": "PUNKTWERK",
        "password": "fake-password-of-sap",
        "plant": "1010",
        "storageLocation": "101A",
        "salesOrganization": "1010",
        "distributionChannel": "10",
        "division": "00",
        "soldToParty": "10100001",
    },
    ("pos", "korona"): {
        "server": "128",
        "accountId": "9f8e7d6c-0000-4000-8000-00000000000a",
        "username": "api-user",
        "password": "fake-password-of-korona",
        "pointOfSale": "9f8e7d6c-0000-4000-8000-00000000000b",
        "couplingId": "fake-coupling-of-korona",
        "paymentMethods": {"cash": "1", "card": "2"},
        "warehouse": "100",
    },
    ("pos", "lightspeed"): {
        "domainPrefix": "example",
        "token": "lsxs_pt_" + "fake" * 8,
        "registerId": "9f8e7d6c-0000-4000-8000-00000000000c",
        "userId": "9f8e7d6c-0000-4000-8000-00000000000d",
        "paymentTypes": {"cash": "9f8e7d6c-0000-4000-8000-00000000000e"},
    },
    ("pos", "generic"): {"file": "aWQ7bmFtZTtwcmljZQ0KMTtUZWU7MiwwMA0K"},
    ("pos", "casio"): {"file": "IlJFQ09SRCAiLCJERVNDUklQVE9SICINCiIwMDAxIiwiVGVlICINCg=="},
    ("erp", "xentral"): {
        "instance": "example",
        "token": "fake-token-of-xentral",
        "customerId": "394",
        "projectId": "4",
        "paymentMethodId": "1",
        "shippingMethodId": "7",
    },
    ("erp", "weclapp"): {
        "tenant": "example",
        "token": "fake-token-of-weclapp",
        "customerId": "3201",
        "taxes": {"19": "1201", "7": "1202"},
        "storagePlaceId": "4401",
    },
    ("erp", "generic"): {
        "stockFile": "QXJ0aWtlbG51bW1lcjtCZXN0YW5kDQo0NzExOzEyLDUNCg==",
        "datev": {
            "consultantNumber": 1001,
            "clientNumber": 1,
            "revenueAccounts": {"19": "8400", "7": "8300"},
            "moneyAccounts": {"cash": "1000", "card": "1360"},
            "clearingAccount": "1590",
        },
    },
}
