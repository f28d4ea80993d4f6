"""What an English sentence of an answer means, for a page in another language."""

from __future__ import annotations

from pydantic import Field

from shared.said import Meaning
from shared.schemas.base import WireModel


class MeaningBody(WireModel):
    """What a sentence means, without its words."""

    code: str = Field(description="What is meant. New ones come with new connectors.")
    parameters: dict[str, str] = Field(
        description=(
            "What the sentence names, such as a file, an amount, or the other system's own words. "
            "`about` or `inLine`, if there, say of what it is true."
        )
    )


def to_meaning(meaning: Meaning | None) -> MeaningBody | None:
    """Return a meaning as answers show it."""
    if meaning is None:
        return None
    return MeaningBody(code=meaning.code, parameters=dict(meaning.parameters))
