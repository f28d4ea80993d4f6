"""Web origins as browsers write them."""

from __future__ import annotations

import pytest

from shared.domain.accounts import origins


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("https://till.example", "https://till.example"),
        ("HTTPS://Till.Example:443", "https://till.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://till.example:80", "https://till.example:80"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        (" null ", "null"),
        ("file://", "file://"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
    ],
)
def test_writes_an_origin_as_browsers_do(text: str, canonical: str) -> None:
    assert origins.canonical(text) == canonical
    assert origins.canonical(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "till.example",
        "https://",
        "https://till.example/",
        "https://till.example/page",
        "https://till.example?x",
        "https://user@till.example",
        "https://till.example:port",
        "https://a.example,https://b.example",
        "https://a.example https://b.example",
        f"https://{'a' * 260}",
    ],
)
def test_refuses_what_is_no_origin(text: str) -> None:
    with pytest.raises(ValueError, match=r"origin|[Pp]ort"):
        origins.canonical(text)
