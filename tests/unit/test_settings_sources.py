"""The outlets that are shipped: all there, none from memory."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.model.source import Source
from pipeline.settings.faults import Faults, validated
from pipeline.settings.files import SourcesFile
from pipeline.settings.yamltree import read_document

FILE = Path(__file__).resolve().parents[2] / "config" / "sources.yaml"


@cache
def shipped() -> tuple[Source, ...]:
    faults = Faults()
    file = validated(read_document(FILE, "sources.yaml"), SourcesFile, faults)
    assert faults.shown() == ()
    assert file is not None
    return tuple(Source(**dict(entry)) for entry in file.sources)


def test_the_first_set_has_fifty_five_outlets() -> None:
    assert len(shipped()) == 55
    assert len({source.id for source in shipped()}) == 55
    assert len({source.url for source in shipped()}) == 55


def test_each_says_where_and_when_it_was_seen() -> None:
    for source in shipped():
        assert re.search(r"\b2026-\d\d-\d\d\b", source.seen), source.id
        assert re.search(r"\((.+/.+); (one source|two sources)\)$", source.seen), source.id


def test_each_is_complete() -> None:
    for source in shipped():
        assert source.name, source.id
        assert source.family, source.id
        assert re.fullmatch("[A-Z]{2}", source.country), source.id
        assert re.fullmatch("[a-z]{2}", source.lang), source.id
        assert urlsplit(source.url).scheme in ("http", "https"), source.id


def test_countries_languages_and_owners_are_spread() -> None:
    countries = Counter(source.country for source in shipped())
    assert {"AZ", "TR", "PK", "IN", "AM", "IR", "RU"} <= set(countries)
    assert len({source.lang for source in shipped()}) >= 6
    assert sum(source.state is True for source in shipped()) == 11
    families = Counter(source.family for source in shipped())
    assert families["Trend group"] == families["Turkuvaz Media"] == families["Jang Group"] == families["BBC"] == 2
