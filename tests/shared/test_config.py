"""Settings: where each comes from, and what holds without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared import config

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "GOOGLE_CLOUD_PROJECT",
    "GCLOUD_PROJECT",
    "PUNKTWERK_REGION",
    "PUNKTWERK_SECRET_KEYS",
    "PUNKTWERK_SECRET_FILE",
    "FIRESTORE_EMULATOR_HOST",
    "AWS_ENDPOINT_URL",
    "GCE_METADATA_HOST",
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without our settings."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_an_empty_environment_is_production_with_defaults() -> None:
    assert config.project_id() == "demo-punktwerk"
    assert config.region() == "europe-west6"
    assert config.is_emulated() is False
    assert config.secret_keys() is None
    assert config.local_secret_file() is None
    assert config.aws_endpoint_url() is None
    assert config.metadata_host() == "metadata.google.internal"


def test_what_stands_in_for_other_clouds_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")
    environment.setenv("GCE_METADATA_HOST", "127.0.0.1:5001")
    assert config.aws_endpoint_url() == "http://127.0.0.1:5000"
    assert config.metadata_host() == "127.0.0.1:5001"


def test_the_project_is_named_by_the_runtime(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GCLOUD_PROJECT", "older")
    assert config.project_id() == "older"
    environment.setenv("GOOGLE_CLOUD_PROJECT", "newer")
    assert config.project_id() == "newer"


def test_the_card_is_on_the_projects_hosting_or_where_the_operator_says(
    environment: pytest.MonkeyPatch,
) -> None:
    assert config.card_url() == "https://demo-punktwerk.web.app"
    environment.setenv("PUNKTWERK_CARD_URL", "https://card.example/")
    assert config.card_url() == "https://card.example"


def test_the_region_can_be_set(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUNKTWERK_REGION", "europe-west1")
    assert config.region() == "europe-west1"


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_setting_is_none(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "")
    assert config.project_id() == "demo-punktwerk"
    assert config.region() == "europe-west6"
    assert config.secret_keys() is None
    assert config.is_emulated() is False


def test_secret_keys_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUNKTWERK_SECRET_KEYS", "new,old")
    assert config.secret_keys() == "new,old"


def test_the_emulator_keeps_a_key_of_its_own(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:8080")
    assert config.is_emulated() is True
    assert config.local_secret_file() == ROOT / ".local" / "secret.key"
    environment.setenv("PUNKTWERK_SECRET_FILE", "elsewhere/secret.key")
    assert config.local_secret_file() == Path("elsewhere/secret.key")


def test_production_never_has_a_local_key(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PUNKTWERK_SECRET_FILE", "elsewhere/secret.key")
    assert config.local_secret_file() is None
