"""Continue an import."""

from typing import Any

from shared.services.imports import row_imports


def handle(data: dict[str, Any]) -> None:
    """Book the rows that are left, unless the import has ended or another worker holds it.

    Args:
        data: ``{"importId": ...}``.
    """
    row_imports.resume(data["importId"])
