"""A valid configuration of every payment provider. None of these keys has ever been real."""

from __future__ import annotations

from typing import Any

from shared.connectors.psp import module_of
from shared.connectors.psp.base import PaymentRequest, PspConnector, RefundRequest
from shared.domain.money import Money

CONFIGS: dict[str, dict[str, Any]] = {
    "stripe": {
        "secretKey": "sk_test_" + "fake" * 8,
        "webhookSecret": "whsec_" + "fake" * 8,
    },
    "adyen": {
        "apiKey": "fake-" * 8,
        "merchantAccount": "ExampleCoECOM",
        "hmacKey": "0f" * 32,
        "mode": "test",
    },
    "mollie": {"apiKey": "test_" + "fake" * 8},
    "sumup": {"apiKey": "sup_sk_" + "fake" * 8, "merchantCode": "MH4H92C7", "mode": "test"},
    "payone": {
        "merchantId": "EXAMPLE",
        "apiKey": "fake-key-of-payone",
        "apiSecret": "fake-secret-of-payone",
        "mode": "test",
    },
    "unzer": {
        "privateKey": "s-priv-" + "fake" * 8,
        "publicKey": "s-pub-" + "fake" * 8,
    },
    "payabl": {
        "merchantId": "gateway_test",
        "secret": "fake-secret-of-payabl",
        "mode": "test",
        "customerEmail": "orders@shop.example.com",
    },
    "custom": {
        "apiUrl": "https://pay.example.com/v1",
        "apiKey": "fake-key-of-custom",
        "notificationSecret": "fake-secret-of-custom",
    },
}
REQUEST = PaymentRequest(
    reference="pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
    amount=Money(1099, "EUR"),
    description="Kaffee",
    return_url="https://shop.example.com/done",
    notification_url="https://api.example.com/pspWebhook/custom/store_a",
    captures_later=False,
    idempotency_key="pay_4f1c9a2be07d4c6e8b13a5f0c2d7",
)
REFUND = RefundRequest(
    payment_reference=REQUEST.reference,
    vendor_payment_id="vendor_1",
    refund_reference="ref_8c02e4d1b7a94f3e9d6c5a4b3f21",
    amount=Money(500, "EUR"),
    is_full=False,
    reason="returned",
    idempotency_key="ref_8c02e4d1b7a94f3e9d6c5a4b3f21",
)


def secrets_of(provider: str) -> list[str]:
    """Return the secrets of a sample, which must never be shown."""
    return list(module_of(provider).Config.model_validate(CONFIGS[provider]).secrets())


def connect(provider: str, base_url: str) -> PspConnector:
    """Return the sample's account at a stand-in."""
    module = module_of(provider)
    config = module.Config.model_validate({**CONFIGS[provider], "baseUrl": base_url})
    return module.connect(config, is_emulated=True)
