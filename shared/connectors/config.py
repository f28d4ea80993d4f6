"""The settings and credentials that a merchant gives for another system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, SecretStr

from shared.said import say
from shared.schemas.base import WireModel


class ConnectorConfig(WireModel):
    """Settings and credentials of one system. Secrets are ``SecretStr``, which nothing prints.

    Attributes:
        OBTAINED: Fields that the system hands over by itself. Left out by the merchant, they stay.
        OBTAINED_FROM: Fields that say from whom: if one of them changes, ``OBTAINED`` is forgotten.
    """

    OBTAINED: ClassVar[tuple[str, ...]] = ()
    OBTAINED_FROM: ClassVar[tuple[str, ...]] = ()

    base_url: str | None = Field(
        default=None,
        max_length=200,
        description="A stand-in on this machine. Under the emulator only.",
    )

    def reveal(self) -> dict[str, Any]:
        """Return everything as JSON with the secrets in plain text. Encrypt it at once."""
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in self.model_dump(by_alias=True, exclude_none=True).items()
        }

    def visible(self) -> dict[str, Any]:
        """Return everything that may be shown: all but the secrets."""
        found = self.model_dump(by_alias=True, exclude_none=True)
        return {name: each for name, each in found.items() if not isinstance(each, SecretStr)}

    def secrets(self) -> Iterator[str]:
        """Return the secrets, which are removed from other systems' messages."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                yield value.get_secret_value()

    def require_ascii_secrets(self) -> None:
        """Raise ``ValueError`` if a secret has what no header can carry."""
        for secret in self.secrets():
            if not (secret.isascii() and secret.isprintable()):
                raise ValueError(
                    say("secret_not_ascii", "secrets have letters, digits and signs of ASCII alone")
                )

    def hosts(self) -> Mapping[str, str]:
        """Return the URLs that the merchant chose, by the names of their fields."""
        return {}

    @property
    def is_test(self) -> bool:
        """True if it is a test account, whose payments move no money."""
        return False

    @classmethod
    def with_obtained(cls, sent: Mapping[str, Any], stored: Self | None) -> Mapping[str, Any]:
        """Return what a merchant has sent with what the system had handed over before.

        It is of one system, and no other ever gets it: see ``OBTAINED_FROM``. What is sent counts,
        also ``None``, by which the merchant forgets it.
        """
        if stored is None:
            return sent
        before = stored.reveal()

        aliases = {name: field.alias or name for name, field in cls.model_fields.items()}
        for name in cls.OBTAINED_FROM:
            said = sent.get(aliases[name], sent.get(name))
            if _plain(said) != _plain(before.get(aliases[name])):
                return sent
        left_out = (name for name in cls.OBTAINED if not sent.keys() & {name, aliases[name]})
        kept = {
            aliases[name]: before[aliases[name]] for name in left_out if aliases[name] in before
        }
        return {**sent, **kept}

    @classmethod
    def restore(cls, revealed: dict[str, Any]) -> Self:
        """Return the configuration that ``reveal`` wrote."""
        return cls.model_validate(revealed)


def _plain(value: Any) -> Any:
    """Return an address without the slashes at its end, which people write or do not."""
    return value.rstrip("/") if isinstance(value, str) else value
