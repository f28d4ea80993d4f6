"""The access to a merchant's SumUp account, which tills and payments share."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from shared.connectors.config import ConnectorConfig
from shared.said import say

BASE_URL = "https://api.sumup.com"
_KEY = re.compile(r"sup_(?!pk_)[A-Za-z0-9_]{16,200}")


class AccountConfig(ConnectorConfig):
    """A secret API key, and the merchant to whom it belongs."""

    api_key: SecretStr = Field(max_length=220, description="The secret one: `sup_sk_...`.")
    merchant_code: str = Field(description="Of the merchant, like `MH4H92C7`.")
    mode: Literal["test", "live"] = Field(
        default="live", description="Whether the merchant is a sandbox."
    )

    @field_validator("api_key")
    @classmethod
    def _check_key(cls, key: SecretStr) -> SecretStr:
        if not _KEY.fullmatch(key.get_secret_value()):
            raise ValueError(
                say(
                    "key_of_sumup",
                    "must be a secret API key of SumUp, sup_sk_..., not a public one",
                )
            )
        return key

    @field_validator("merchant_code")
    @classmethod
    def _check_merchant_code(cls, code: str) -> str:
        if not re.fullmatch(r"[A-Z0-9]{4,16}", code):
            raise ValueError(
                say("merchant_of_sumup", "must be a merchant code of SumUp, like MH4H92C7")
            )
        return code

    @property
    def is_test(self) -> bool:
        """True if the merchant is a sandbox, as configured and checked by ``verify``."""
        return self.mode == "test"
