"""Calls of AWS's services, with the given keys, to the given host, and without retries.

By default, botocore looks for keys, hosts, regions, proxies and retries in the environment, in
files and at metadata servers. None of these sources may decide about the use of a merchant's keys,
so the session of this module has none of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    ParamValidationError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from shared.outgoing.session import error_code
from shared.webhooks.client import USER_AGENT, AttemptError
from shared.webhooks.destinations.aws_places import AwsPlace

CLIENTS_MAX = 32
"""The most clients to keep: to make one takes 3 ms, and its TLS settings take 18 ms."""
CONNECT_SHARE = 1 / 3

_THROTTLED = frozenset({"RequestLimitExceeded", "SlowDown", "TooManyRequestsException"})
_REFUSED = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that sign: those of a user, or of a role's session, which also has a token."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


class CallFailed(Exception):
    """The call failed. Either ``status`` or ``error`` is ``None``, as in ``client.Attempt``.

    ``text`` is AWS's message without secrets.
    """

    def __init__(
        self, *, status: int | None = None, text: str = "", error: AttemptError | None = None
    ) -> None:
        super().__init__(text or error)
        self.status = status
        self.text = text
        self.error = error


def call(
    service: str,
    method: str,
    parameters: Mapping[str, Any],
    *,
    where: AwsPlace,
    keys: Keys | None,
    timeout_s: float,
) -> Mapping[str, Any]:
    """Call a service once, and return its answer.

    Args:
        service: The service's name in botocore.
        method: The method's name in botocore.
        parameters: The parameters that AWS documents. They authenticate a call that is not signed.
        where: The region.
        keys: ``None`` for a call that is not signed.
        timeout_s: A third is for each address to connect to, the rest for each read.

    Raises:
        CallFailed: AWS refused, or did not answer.
    """
    try:
        with _making:
            client = _client(service, where, keys, timeout_s)
        answer: Mapping[str, Any] = getattr(client, method)(**parameters)
    except ClientError as refusal:
        raise _refused(refusal, _secrets(keys, parameters)) from None
    except ParamValidationError:
        raise  # It is our own bug: settings and messages were checked before.
    except BotoCoreError as failure:
        raise CallFailed(error=_error(failure)) from None
    except (ResponseParserError, AttributeError, TypeError, ValueError, LookupError):
        # botocore assumes that an answer has the shape that AWS documents.
        raise CallFailed(error="invalid_response") from None
    return answer


def status_of(code: str, status: int) -> int:
    """Return the HTTP status that a refusal means.

    Args:
        code: AWS's error code. JSON services answer 400 to nearly every error, even to a wrong key
            and to too many requests.
        status: AWS's own status.
    """
    if "Throttl" in code or code in _THROTTLED:
        return 429
    if "AccessDenied" in code or code in _REFUSED:
        return 403
    return status


_making = threading.Lock()  # threads must not share botocore's sessions


@cache
def _session() -> botocore.session.Session:
    names = botocore.session.Session.SESSION_VARIABLES
    # No names from files or the environment: only the default is left.
    sourceless = {
        name: (None, None, default, convert) for name, (_, _, default, convert) in names.items()
    }
    no_files = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
    return botocore.session.Session(session_vars={**sourceless, **no_files})


@lru_cache(maxsize=CLIENTS_MAX)
def _client(service: str, where: AwsPlace, keys: Keys | None, timeout_s: float) -> Any:
    connect_s = timeout_s * CONNECT_SHARE
    settings = Config(
        connect_timeout=connect_s,
        read_timeout=timeout_s - connect_s,
        retries={"total_max_attempts": 1},
        max_pool_connections=CLIENTS_MAX,
        proxies={},
        signature_version=UNSIGNED if keys is None else None,
        ignore_configured_endpoint_urls=True,
        user_agent=USER_AGENT,
    )
    return _session().create_client(
        service,
        region_name=where.region,
        endpoint_url=where.endpoint(service),
        aws_access_key_id=keys.access_key_id if keys else None,
        aws_secret_access_key=keys.secret_access_key if keys else None,
        aws_session_token=keys.session_token if keys else None,
        verify=True,  # with certifi's authorities, whatever the environment says
        config=settings,
    )


def _error(failure: BotoCoreError) -> AttemptError:
    if isinstance(failure, ConnectTimeoutError | ReadTimeoutError):
        return "timeout"
    return "tls_failed" if isinstance(failure, SSLError) else error_code(failure)


def _secrets(keys: Keys | None, parameters: Mapping[str, Any]) -> Sequence[str]:
    of_keys = (keys.secret_access_key, keys.session_token, keys.access_key_id) if keys else ()
    return [each for each in (*of_keys, parameters.get("WebIdentityToken")) if each]


def _refused(refusal: ClientError, secrets: Sequence[str]) -> CallFailed:
    error = refusal.response.get("Error", {})
    code = str(error.get("Code", ""))
    text = f"{refusal.operation_name}: {code}: {error.get('Message', '')}"
    # AWS answers a wrong signature with the whole signed request.
    for secret in secrets:
        text = text.replace(secret, "[...]")
    status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
    return CallFailed(status=status_of(code, status), text=text)
