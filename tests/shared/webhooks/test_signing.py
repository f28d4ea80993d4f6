"""Signatures, against frozen vectors and receivers that are not ours."""

import base64
import hashlib
import hmac
import json
import time

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.webhooks import secret_format
from shared.webhooks import signing

SPEC_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OWN_SECRET = "the-shop's_own_secret,_2026!"
BODY = b'{"id":"evt_1","type":"loyalty.points_earned","data":{"points":30}}'


def sign(*secrets, body=BODY, message_id="evt_1", timestamp_s=1_614_265_330):
    return signing.sign(secrets, message_id=message_id, timestamp_s=timestamp_s, body=body)


def test_the_vector_of_the_standard_webhooks_library():
    headers = sign(
        SPEC_SECRET,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body=b'{"test": 2432232314}',
    )
    assert headers == {
        # Computed with: printf '%s' BODY | openssl dgst -sha256 -hmac SECRET
        "X-Beep-Signature": "sha256="
        "80ec8a89ce3cd22133a1066caecb4d04fea7467657c8514d717ec42c38a5c94c",
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_of_the_merchants_own_is_used_as_raw_bytes_in_both_signatures():
    # The second one: printf '%s' 'evt_1.1614265330.BODY' | openssl dgst ... -binary | base64
    assert sign(OWN_SECRET) == {
        "X-Beep-Signature": "sha256="
        "bcdf9d45f0faaff9e735ed50764f140d3f7d5df51241d69bda8481ccaecad48a",
        "webhook-id": "evt_1",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,nK7bQGKI887YWuAZxbbsqt9iJQ65QoA7ntwAbHiL+R4=",
    }


@pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])
@pytest.mark.parametrize(
    ("secret", "library_secret"),
    [
        (SPEC_SECRET, SPEC_SECRET),
        (OWN_SECRET, base64.b64encode(OWN_SECRET.encode()).decode()),
        (f"whsec_{base64.b64encode(bytes(25)).decode()}",) * 2,
        (f"whsec_{base64.b64encode(bytes(25)).decode().rstrip('=')}",) * 2,
    ],
    ids=["spec", "own", "padded", "unpadded"],
)
def test_libraries_verify(library, secret, library_secret):
    headers = sign(secret, timestamp_s=int(time.time()))
    library(library_secret).verify(BODY, headers)


def test_libraries_refuse_a_changed_body():
    headers = sign(SPEC_SECRET, timestamp_s=int(time.time()))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SPEC_SECRET).verify(BODY + b" ", headers)


def test_the_documented_receiver_verifies():
    def is_genuine(headers, raw_body, secret):
        digest = hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(headers["X-Beep-Signature"], f"sha256={digest}")

    headers = sign(OWN_SECRET)
    assert is_genuine(headers, BODY, OWN_SECRET)
    assert not is_genuine(headers, BODY + b" ", OWN_SECRET)
    assert not is_genuine(headers, BODY, SPEC_SECRET)


def test_while_rotating_both_secrets_sign_and_the_newest_signs_the_beep_header():
    new, old = signing.new_secret(), signing.new_secret()
    headers = sign(new, old, timestamp_s=int(time.time()))
    assert headers["X-Beep-Signature"] == sign(new)["X-Beep-Signature"]
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        standardwebhooks.Webhook(secret).verify(BODY, headers)
        svix.webhooks.Webhook(secret).verify(BODY, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(signing.new_secret()).verify(BODY, headers)


def test_bytes_that_are_no_text_are_signed_as_they_are():
    body = b"\xff\x00"
    digest = hmac.new(SPEC_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert sign(SPEC_SECRET, body=body)["X-Beep-Signature"] == f"sha256={digest}"


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_any_json_verifies(data):
    body = json.dumps(data).encode()
    headers = sign(SPEC_SECRET, timestamp_s=int(time.time()), body=body)
    assert standardwebhooks.Webhook(SPEC_SECRET).verify(body, headers) == data


def test_signing_without_a_secret_is_refused():
    with pytest.raises(ValueError, match="At least one secret"):
        sign()


@pytest.mark.parametrize("message_id", ["", "evt.1", "evt 1", "evt_1\n", "evt_ü"])
def test_an_ambiguous_message_id_is_refused(message_id):
    with pytest.raises(ValueError, match="message id"):
        sign(SPEC_SECRET, message_id=message_id)


def test_new_secrets_hold_32_random_bytes():
    secrets = {signing.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    for secret in secrets:
        assert len(secret) == 50
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        assert secret_format.check_secret(secret) == secret


@pytest.mark.parametrize(
    "secret",
    [
        "x",
        "x" * 16,
        "x" * 256,
        "~!#secret-of-mine",
        f"whsec_{base64.b64encode(bytes(24)).decode()}",
        f"whsec_{base64.b64encode(bytes(64)).decode()}",
        SPEC_SECRET,
    ],
)
def test_a_sound_secret_is_accepted(secret):
    assert secret_format.check_secret(secret) == secret


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("", "1 to 256 characters"),
        ("x" * 257, "1 to 256 characters"),
        ("with a space inside", "no spaces"),
        ("sixteen-and-newline\n", "no spaces"),
        ("geheimnis-für-alle", "ASCII"),
        ("nul\x00nul\x00nul\x00nul\x00", "ASCII"),
        (f"whsec_{base64.b64encode(bytes(23)).decode()}", "24 to 64 bytes"),
        (f"whsec_{base64.b64encode(bytes(65)).decode()}", "24 to 64 bytes"),
        ("whsec_this-is-not-base64-at-all-!!!!!!!!!", "24 to 64 bytes"),
        ("whsec_" + "A" * 33, "24 to 64 bytes"),
    ],
)
def test_an_unsound_secret_is_refused_without_repeating_it(secret, message):
    with pytest.raises(ValueError, match=message) as refusal:
        secret_format.check_secret(secret)
    assert not secret or secret not in str(refusal.value)
