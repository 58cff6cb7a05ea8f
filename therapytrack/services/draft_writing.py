"""The part of a draft that runs between two transactions: the words come in, piece by piece."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from therapytrack.adapters.llm import AnthropicDrafter, Drafter, Prompt, TemplateDrafter
from therapytrack.domain.draft_facts import load_catalogue
from therapytrack.domain.draft_text import fill
from therapytrack.domain.drafting import prompt_of
from therapytrack.settings import get_settings


@dataclass(frozen=True, slots=True)
class WritingJob:
    """Everything that a writer needs, and no more: the stored payload for the AI service, or the plain text."""

    draft_id: UUID
    attempt: int
    source: str
    model: str
    payload: dict[str, Any]
    plain: str
    values: dict[str, Any]

    def pieces(self, cancel: asyncio.Event) -> AsyncIterator[str]:
        """The draft's words with placeholders as they come. Raises Unavailable, also when `cancel` was set."""
        if self.source != "anthropic":
            return TemplateDrafter(self.plain).stream(Prompt("", ""), cancel)
        return self._ai_drafter().stream(Prompt(*prompt_of(self.payload)), cancel)

    def preview(self, text: str) -> str:
        """What has come so far with the values in, unchecked; a placeholder that is still coming is left out."""
        whole = text[: text.rfind("{{")] if text.rfind("{{") > text.rfind("}}") else text
        return fill(whole.removesuffix("{"), load_catalogue(self.values)).text

    def _ai_drafter(self) -> Drafter:
        settings = get_settings()
        return AnthropicDrafter(
            settings.anthropic_api_key.get_secret_value(),
            self.model,
            base_url=settings.anthropic_base_url,
            timeout_seconds=settings.anthropic_timeout_seconds,
        )
