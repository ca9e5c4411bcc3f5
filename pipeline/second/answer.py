"""What a second reader may say, checked: anything that is not exactly in the form is no answer. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.errors import SecondReaderError
from pipeline.second.question import PROPOSALS, QUOTE_CHARS, REASON_CHARS, VALUE_CHARS
from pipeline.text.display import clean

VERDICTS = ("confirm", "propose", "doubt")
ANSWER_CHARS = 20_000  # a full answer is a tenth of it
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the model claims to have seen, and the words it was in."""

    slot: str
    value: str
    quote: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A checked answer."""

    verdict: str  # one of VERDICTS
    reason: str = ""
    values: tuple[Proposal, ...] = ()

    def as_json(self) -> str:
        """The answer as it is kept."""
        return json.dumps(asdict(self), ensure_ascii=False)


def parse(text: str) -> Opinion:
    """The opinion in an answer. Raises SecondReaderError (`wrong`) that says what is not in the form."""
    if len(text) > ANSWER_CHARS:
        raise _wrong(f"is {len(text)} characters long")
    fenced = _FENCE.match(text)
    try:
        data = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError) as error:
        raise _wrong("is no JSON") from error
    if not isinstance(data, dict):
        raise _wrong("is no object")
    unknown = sorted(set(data) - {"verdict", "values", "reason"})
    if unknown:
        raise _wrong(f"has unknown keys: {clean(', '.join(unknown), 60)}")
    verdict = data.get("verdict")
    if verdict not in VERDICTS:
        raise _wrong(f"has no verdict of {', '.join(VERDICTS)}")
    reason = _text(data.get("reason", ""), "reason", REASON_CHARS, whole=False)
    values = data.get("values", [])
    if not isinstance(values, list) or len(values) > PROPOSALS:
        raise _wrong(f"has values that are no list of at most {PROPOSALS}")
    proposals = tuple(_proposal(value) for value in values)
    if verdict == "propose" and not proposals:
        raise _wrong("proposes nothing")
    return Opinion(str(verdict), reason, proposals if verdict == "propose" else ())


def _proposal(value: Any) -> Proposal:
    if not isinstance(value, dict) or set(value) != {"slot", "value", "quote"}:
        raise _wrong("has a value that is no object of slot, value and quote")
    return Proposal(
        slot=_text(value["slot"], "slot", VALUE_CHARS),
        value=_text(value["value"], "value", VALUE_CHARS),
        quote=_text(value["quote"], "quote", QUOTE_CHARS),
    )


def _text(value: object, name: str, limit: int, *, whole: bool = True) -> str:
    if not isinstance(value, str):
        raise _wrong(f"has a {name} that is no text")
    shown = clean(value, None if whole else limit)
    if whole and not 0 < len(shown) <= limit:
        raise _wrong(f"has a {name} that is empty or longer than {limit} characters")
    return shown


def _wrong(what: str) -> SecondReaderError:
    return SecondReaderError(f"the answer {what}", wrong=True)
