"""How a second reader is asked, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.rules import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One model behind one OpenAI-compatible address, and its limits."""

    address: str  # the base, such as https://api.example.org/v1; `/chat/completions` is added
    model: str
    key: Secret | None = None
    ca_file: str = ""  # an extra authority; certificates are always verified
    timeout_s: float = 20.0  # for the whole of one question
    answer_format: str = "json_schema"  # json_schema, json_object or text: what the server can promise
    parameters: Mapping[str, object] = field(default_factory=dict)  # further fields of the request
    relations: frozenset[str] = frozenset({"denies", "changes", "adds", "mentions"})  # findings that are shown
    per_article: int = 5  # findings of one article that are shown, the least sure first
    questions_per_day: int = 200
    tokens_per_day: int = 400_000  # read and written together
    cost_per_day: float | None = None  # in `currency`
    price_in: float = 0.0  # of a million tokens read, in `currency`
    price_out: float = 0.0  # of a million tokens written
    currency: str = "USD"  # ISO 4217
    cache: bool = True

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost, in `currency`."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000
