"""AWS on this machine: moto's queues, buses, tokens and permissions, over HTTP.

It uses none of our own code: boto3 reads what a merchant would see with AWS's own tools. It is
imported late, because few tests need it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.support.receivers import Received

ACCOUNT = "123456789012"
REGION = "us-east-1"
ACCESS_KEY = {
    "type": "access_key",
    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/punktwerk"
ROLE = {"type": "role", "roleArn": ROLE_ARN}


@dataclass(frozen=True)
class Aws:
    """An account, as its owner sees it."""

    url: str

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="owner",
            aws_secret_access_key="owner",
        )

    def queue(self, name: str) -> str:
        """Make a queue, a FIFO queue if its name says so; return its URL."""
        attributes = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        made = self.client("sqs").create_queue(QueueName=name, Attributes=attributes)
        return made["QueueUrl"]

    def messages(self, queue_url: str) -> list[dict[str, Any]]:
        """Take the messages of a queue, with all attributes."""
        answer = self.client("sqs").receive_message(
            QueueUrl=queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        )
        return answer.get("Messages", [])

    def bus(self, name: str, pattern: Mapping[str, Any]) -> tuple[str, str]:
        """Make a bus with a rule that puts matches into a queue; return ARN and queue URL."""
        events, queue_url = self.client("events"), self.queue(f"{name}-queue")
        arn = events.create_event_bus(Name=name)["EventBusArn"]
        queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-queue"
        events.put_rule(Name="all", EventBusName=name, EventPattern=json.dumps(pattern))
        events.put_targets(
            Rule="all", EventBusName=name, Targets=[{"Id": "queue", "Arn": queue_arn}]
        )
        return arn, queue_url

    def user(self, name: str, policy: Mapping[str, Any]) -> dict[str, str]:
        """Make a user with the permissions of a policy; return its key as the API takes it."""
        iam = self.client("iam")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "type": "access_key",
            "accessKeyId": key["AccessKeyId"],
            "secretAccessKey": key["SecretAccessKey"],
        }

    def check_permissions(self, after: float = 0) -> None:
        """From now on check signatures and policies of every call; with ``inf``, of no call."""
        requests.post(f"{self.url}/moto-api/reset-auth", data=str(after), timeout=10)


def as_received(message: Mapping[str, Any]) -> Received:
    """Return a queue's message in the form that a receiver of webhooks gets."""
    headers = {
        name.lower(): attribute["StringValue"]
        for name, attribute in message["MessageAttributes"].items()
    }
    return Received("POST", "/", headers, message["Body"].encode())


@pytest.fixture(scope="session")
def _aws_url() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(_aws_url: str) -> Iterator[Aws]:
    """An empty account."""
    account = Aws(_aws_url)
    requests.post(f"{_aws_url}/moto-api/reset", timeout=10)
    yield account
    account.check_permissions(after=float("inf"))
