"""The common code of destinations on AWS: credentials, and attempts.

The modules that call AWS are imported when they are needed: the import takes a fifth of a second,
and most deployments never need it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from shared.schemas.base import Untagged, WireModel
from shared.webhooks.client import TEXT_CHARS_MAX, Attempt
from shared.webhooks.destinations.aws_places import ACCOUNT, AwsPlace
from shared.webhooks.message import Message

_ACCESS_KEY_ID = "[A-Z0-9]{16,128}"
_ROLE_ARN = f"arn:aws(?:-[a-z]+)*:iam::{ACCOUNT}:role/[A-Za-z0-9_+=,.@/-]{{1,576}}"
_FORBIDDEN = 403


def _long_lived(access_key_id: str) -> str:
    if not re.fullmatch(_ACCESS_KEY_ID, access_key_id):
        raise ValueError("must be 16 to 128 capital letters and digits, as AWS shows it")
    if access_key_id.startswith("ASIA"):
        raise ValueError("must not be temporary: make a key of an IAM user, or name a role")
    return access_key_id


def _printable(secret: str) -> str:
    if not re.fullmatch("[!-~]{16,128}", secret):
        raise ValueError("must be 16 to 128 printable ASCII characters without spaces")
    return secret


def _role_arn(arn: str) -> str:
    if not re.fullmatch(_ROLE_ARN, arn):
        raise ValueError("must have the form arn:aws:iam::ACCOUNT:role/NAME")
    return arn


class AwsAccessKeyBody(WireModel):
    """A key of an IAM user who may send to the destination and do nothing else."""

    type: Literal["access_key"] = Field(description="A key of an IAM user.")
    access_key_id: Annotated[
        str,
        AfterValidator(_long_lived),
        WithJsonSchema({"type": "string", "pattern": f"^{_ACCESS_KEY_ID}$"}),
    ] = Field(description="Id of an IAM user's access key, not a temporary one.")
    secret_access_key: Annotated[
        str,
        AfterValidator(_printable),
        Field(repr=False),
        WithJsonSchema({"type": "string", "minLength": 16, "maxLength": 128}),
    ] = Field(description="The secret of the access key.")


class AwsRoleBody(WireModel):
    """An IAM role that trusts this deployment's Google identity, so that no secret is stored."""

    type: Literal["role"] = Field(description="A role that trusts this deployment.")
    role_arn: Annotated[
        str,
        AfterValidator(_role_arn),
        WithJsonSchema({"type": "string", "pattern": f"^{_ROLE_ARN}$"}),
    ] = Field(description="ARN of an IAM role that trusts this deployment.")


Credentials = Annotated[
    AwsAccessKeyBody | AwsRoleBody,
    Field(discriminator="type", description="What AWS knows us by. Never shown again."),
    Untagged,
]


@dataclass(frozen=True, slots=True)
class AwsOperation:
    """A call of one of AWS's services.

    Attributes:
        service: The name in the service's host: ``sqs``.
        method: The name in botocore: ``send_message``.
        parameters: The parameters that AWS documents.
        settle: Converts AWS's answer to a status and a text. If it misses a field
            (``LookupError``), the answer is not from AWS.
    """

    service: str
    method: str
    parameters: Mapping[str, Any]
    settle: Callable[[Mapping[str, Any]], tuple[int, str]]


def attempt(
    operation: AwsOperation,
    message: Message,
    *,
    where: AwsPlace,
    credentials: Mapping[str, Any],
    timeout_s: float,
) -> Attempt:
    """Send a message by one call, without retries. Never raises, whatever AWS does.

    Args:
        operation: The call.
        message: The message, whose store a role must trust.
        where: The region of the destination.
        credentials: An ``AwsAccessKeyBody`` or ``AwsRoleBody`` in its JSON form.
        timeout_s: A third is for connecting, the rest for the answer; with a role, one half is
            reserved for getting its session. A name's look-up takes additional time, and so does a
            host with several dead addresses: botocore has no limit for the whole call.
    """
    from shared.webhooks.destinations import aws_calls, aws_roles

    started_s = time.monotonic()
    role_arn = credentials["roleArn"] if credentials["type"] == "role" else None
    status, text, error = None, "", None
    try:
        if role_arn is None:
            keys = aws_calls.Keys(credentials["accessKeyId"], credentials["secretAccessKey"])
        else:
            timeout_s /= 2
            keys = aws_roles.assume(role_arn, message.store_id, where, timeout_s=timeout_s)
        answer = aws_calls.call(
            operation.service,
            operation.method,
            operation.parameters,
            where=where,
            keys=keys,
            timeout_s=timeout_s,
        )
        status, text = operation.settle(answer)
    except aws_calls.CallFailed as failure:
        status, text, error = failure.status, failure.text, failure.error
        if role_arn is not None and status == _FORBIDDEN:
            # The session may belong to a role that was deleted and created again.
            aws_roles.forget(role_arn, message.store_id, where)
    except LookupError:
        error = "invalid_response"
    duration_ms = int((time.monotonic() - started_s) * 1000)
    return Attempt(status, duration_ms, text[:TEXT_CHARS_MAX], error)
