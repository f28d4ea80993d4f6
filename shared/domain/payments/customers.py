"""The customer of a payment: data from the merchant that a provider wants to know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Customer:
    """Personal data, for the provider alone: not in events, answers or logs, hence no ``repr``.

    ``ip_address`` is IPv4 or IPv6; ``locale`` is a language, perhaps with a country: ``de-CH``.
    """

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    ip_address: str | None = None
    locale: str | None = None
