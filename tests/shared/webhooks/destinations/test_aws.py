"""Places and credentials on AWS: what is taken, and that a host is always AWS's."""

from __future__ import annotations

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.schemas.base import to_refusal
from shared.webhooks.destinations import Destination, aws_places
from shared.webhooks.destinations.aws import AwsAccessKeyBody, AwsRoleBody, Credentials
from shared.webhooks.destinations.aws_places import AwsPlace
from shared.webhooks.destinations.aws_sqs import find_queue
from tests.support.aws import ACCESS_KEY, ROLE

CREDENTIALS = TypeAdapter(Credentials)
DESTINATION = TypeAdapter(Destination)
SESSION = Session()
# Those of which the Internet knows nothing are left out.
REGIONS = [
    (partition, region)
    for partition in ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
    for region in SESSION.get_available_regions("sqs", partition)
]


def problem(adapter: TypeAdapter[object], given_value: object) -> str:
    """Return what a merchant is told."""
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(given_value)
    return to_refusal(caught.value).message


@pytest.mark.parametrize("service", ["sqs", "events", "sts"])
def test_hosts_are_those_that_aws_itself_names(service: str) -> None:
    resolver = SESSION._get_internal_component("endpoint_resolver")
    assert {partition for partition, _ in REGIONS} >= {"aws", "aws-cn", "aws-us-gov"}
    for partition, region in REGIONS:
        known = resolver.construct_endpoint(service, region, partition)
        host = f"{service}.{region}.{known['dnsSuffix']}"
        assert AwsPlace(region).endpoint(service) == f"https://{host}"
        assert aws_places.partition(region).name == partition
        queue = f"https://sqs.{region}.{known['dnsSuffix']}/123456789012/events"
        assert find_queue(queue, is_emulated=False) == AwsPlace(region)


def test_a_place_has_a_stand_in_under_the_emulator_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    emulated = aws_places.place("eu-central-1", is_emulated=True)
    assert emulated.endpoint("sts") == "http://127.0.0.1:5000"
    real = aws_places.place("eu-central-1", is_emulated=False)
    assert real.endpoint("sts") == "https://sts.eu-central-1.amazonaws.com"
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert aws_places.place("eu-central-1", is_emulated=True) == real


def test_credentials_are_a_key_or_a_role() -> None:
    assert isinstance(CREDENTIALS.validate_python(ACCESS_KEY), AwsAccessKeyBody)
    assert isinstance(CREDENTIALS.validate_python(ROLE), AwsRoleBody)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"type": "password"}, "body must have a 'type' of 'access_key', 'role'."),
        ({"type": None}, "body must have a 'type' of 'access_key', 'role'."),
        ({"sessionToken": "x"}, "sessionToken is not a known field."),
        ({"accessKeyId": "ASIAIOSFODNN7EXAMPLE"}, "must not be temporary"),
        ({"accessKeyId": "akiaiosfodnn7example"}, "must be 16 to 128 capital letters"),
        ({"accessKeyId": "AKIAIOSFODNN7EXAMPL/"}, "must be 16 to 128 capital letters"),
        ({"accessKeyId": "AKIAIOSFODNN7EXAMPLE\n"}, "must be 16 to 128 capital letters"),
        ({"accessKeyId": "AKIA"}, "must be 16 to 128 capital letters"),
        ({"secretAccessKey": "short"}, "must be 16 to 128 printable"),
        ({"secretAccessKey": "with a space in between"}, "must be 16 to 128 printable"),
        ({"secretAccessKey": "line\nbreak/and/so/on"}, "must be 16 to 128 printable"),
        ({"secretAccessKey": "x" * 129}, "must be 16 to 128 printable"),
    ],
)
def test_other_access_keys_are_refused(changed: dict[str, object], message: str) -> None:
    told = problem(CREDENTIALS, {**ACCESS_KEY, **changed})
    assert message in told
    assert "EXAMPLEKEY" not in told


@pytest.mark.parametrize(
    "role_arn",
    [
        "arn:aws:iam::123456789012:user/punktwerk",
        "arn:aws:iam::12345678901:role/punktwerk",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role/a b",
        "arn:aws:iam::123456789012:role/punktwerk\n",
        "arn:aws:iam:eu-central-1:123456789012:role/punktwerk",
        "arn:aws.evil.com:iam::123456789012:role/punktwerk",
        "arn:aws:iam::123456789012:role/" + "x" * 577,
        "punktwerk",
        "",
    ],
)
def test_other_roles_are_refused(role_arn: str) -> None:
    told = problem(CREDENTIALS, {"type": "role", "roleArn": role_arn})
    assert told == "roleArn must have the form arn:aws:iam::ACCOUNT:role/NAME."


def test_a_role_may_have_a_path_and_another_partition() -> None:
    for arn in (
        "arn:aws:iam::123456789012:role/apps/loyalty/punktwerk",
        "arn:aws-us-gov:iam::123456789012:role/punktwerk",
    ):
        CREDENTIALS.validate_python({"type": "role", "roleArn": arn})


def test_credentials_are_not_shown() -> None:
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/events"
    queue = DESTINATION.validate_python(
        {"kind": "aws_sqs", "queueUrl": url, "credentials": ACCESS_KEY}
    )
    assert queue.visible() == {"kind": "aws_sqs", "queueUrl": url}
    assert queue.secret() == ACCESS_KEY
    assert queue.target == url
    assert ACCESS_KEY["secretAccessKey"] not in repr(queue)


@pytest.mark.parametrize("kind", ["gcp_pubsub", "http", None])
def test_unknown_kinds_are_refused(kind: str | None) -> None:
    url = "https://sqs.eu-central-1.amazonaws.com/123456789012/events"
    queue = {"kind": kind, "queueUrl": url, "credentials": ACCESS_KEY}
    assert problem(DESTINATION, queue) == (
        "body must have a 'kind' of 'aws_sqs', 'aws_eventbridge'."
    )
    del queue["kind"]
    assert problem(DESTINATION, queue) == "body must be an object with a 'kind'."


def test_a_refusal_names_fields_as_the_request_has_them() -> None:
    role = {"type": "role", "roleArn": "punktwerk", "colour": "red"}
    queue = {"kind": "aws_sqs", "queueUrl": "events", "credentials": role}
    with pytest.raises(ValidationError) as caught:
        DESTINATION.validate_python(queue)
    assert to_refusal(caught.value, "destination").details["fields"] == {
        "destination.queueUrl": "must have the form https://sqs.REGION.amazonaws.com/ACCOUNT/NAME",
        "destination.credentials.roleArn": "must have the form arn:aws:iam::ACCOUNT:role/NAME",
        "destination.credentials.colour": "is not a known field",
    }


@given(st.from_regex(aws_places.REGION, fullmatch=True))
def test_no_region_leads_elsewhere(region: str) -> None:
    suffix = aws_places.partition(region).dns_suffix
    assert AwsPlace(region).endpoint("sqs") == f"https://sqs.{region}.{suffix}"
    assert not set("./:@?#\\ \n") & set(region)
    assert suffix in {"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"}
