"""Number words that are written as one word, made from their parts instead of listed."""

from __future__ import annotations

_GERMAN_UNITS = ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_GERMAN_TEENS = (
    "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_GERMAN_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")


def _german_below_hundred(number: int) -> str:
    if number < 10:
        return _GERMAN_UNITS[number]
    if number < 20:
        return _GERMAN_TEENS[number - 10]
    unit, ten = number % 10, number // 10
    return (f"{_GERMAN_UNITS[unit]}und" if unit else "") + _GERMAN_TENS[ten]


def german() -> dict[str, list[str]]:
    """German numbers from 2 to 999 and their thousands, in one word each; "ein" alone is an article and left out."""
    table: dict[str, list[str]] = {}
    for number in range(1, 1000):
        hundreds, rest = divmod(number, 100)
        stems = [_german_below_hundred(rest)]
        if hundreds:
            heads = [f"{_GERMAN_UNITS[hundreds]}hundert"] + (["hundert"] if hundreds == 1 else [])
            stems = [head + joint + stems[0] for head in heads for joint in (("", "und") if rest else ("",))]
        if number > 1:
            table[str(number)] = [form for stem in stems for form in ([stem + "s"] if stem.endswith("ein") else [stem])]
        table[str(number * 1000)] = [f"{stem}tausend" for stem in stems]
    for value, forms in {"2": ["zweier", "zweien", "zwo"], "3": ["dreier", "dreien"], "4": ["vieren"]}.items():
        table[value] += forms
    table["20"].append("zwanzig")
    table["30"].append("dreissig")
    return table


def joined(table: dict[str, list[str]]) -> dict[str, list[str]]:
    """`table` with tens and units also written together (yirmibeş)."""
    grown = {value: list(forms) for value, forms in table.items()}
    for ten in range(10, 100, 10):
        for unit in range(1, 10):
            forms = [a.rstrip("*") + b for a in table.get(str(ten), ()) for b in table.get(str(unit), ())]
            grown.setdefault(str(ten + unit), []).extend(forms)
    return grown
