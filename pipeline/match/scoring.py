"""How well findings agree with labelled coverage: precision, recall and F1, by the rules of docs/labelling.md."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.model.finding import NEWS

Row = Mapping[str, Any]

# Ids that came after evaluation sets were labelled: they are found like the others and left out of the count.
UNSCORED = frozenset(
    {
        "alliance",
        "military-partnership",
        "turkish-drones-karabakh",
        "turkey-india-strain",
        "pakistan-azerbaijan-drills",
        "energy-transport-agreements",
        "socar-pakistan-expansion",
    }
)
