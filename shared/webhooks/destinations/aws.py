"""What the destinations on AWS share: regions and credentials."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.schemas.base import WireModel

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}$")]
"""``eu-central-1``, ``us-gov-west-1``, ``cn-north-1``."""


class AccessKeyBody(WireModel):
    """A long-lived key of an IAM user that may send and nothing else."""

    type: Literal["access_key"]
    access_key_id: Annotated[str, Field(pattern=r"^[A-Z0-9]{16,128}$")]
    secret_access_key: Annotated[str, Field(min_length=16, max_length=128, pattern=r"^[!-~]+$")]


class RoleBody(WireModel):
    """An IAM role that trusts this deployment's Google identity: nothing secret is kept."""

    type: Literal["role"]
    role_arn: Annotated[
        str, Field(pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$")
    ]


Credentials = Annotated[AccessKeyBody | RoleBody, Field(discriminator="type")]
