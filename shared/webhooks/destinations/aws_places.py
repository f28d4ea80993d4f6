"""Places on AWS: regions, and the URLs of their services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from shared import config

REGION = "[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}"
"""``eu-central-1``, ``us-gov-west-1``, ``eusc-de-east-1``. No character can end a host name."""
ACCOUNT = "[0-9]{12}"


class Partition(NamedTuple):
    """A cloud of AWS with its own accounts and names."""

    name: str
    dns_suffix: str


_AWS = Partition("aws", "amazonaws.com")
_PARTITIONS = {
    "cn-": Partition("aws-cn", "amazonaws.com.cn"),
    "us-gov-": Partition("aws-us-gov", "amazonaws.com"),
    "eusc-": Partition("aws-eusc", "amazonaws.eu"),
}


def partition(region: str) -> Partition:
    """Return the partition of a region, by the beginning of the region's name."""
    return next((each for start, each in _PARTITIONS.items() if region.startswith(start)), _AWS)


@dataclass(frozen=True, slots=True)
class AwsPlace:
    """A region. ``stand_in`` is the URL of AWS's stand-in on this machine, under the emulator."""

    region: str
    stand_in: str | None = None

    def endpoint(self, service: str) -> str:
        """Return the URL of a service. It depends on the region alone, so it is always AWS's."""
        return (
            self.stand_in or f"https://{service}.{self.region}.{partition(self.region).dns_suffix}"
        )


def place(region: str, *, is_emulated: bool) -> AwsPlace:
    """Return the place of a region, with the stand-in of AWS if the product is emulated."""
    return AwsPlace(region, config.aws_endpoint_url() if is_emulated else None)
