"""A configuration folder of a few lines, for tests of commands: the shipped one takes longer to read than they run."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "concepts.yaml": """concepts:
  pakistan: {kind: country, iso: PK, names: {en: [Pakistan]}}
  azerbaijan: {kind: country, iso: AZ, names: {en: [Azerbaijan]}}
  jf-17: {kind: weapon, names: {en: [JF-17]}}
""",
    "words.yaml": "words: {sale: {en: [sell*, sold, contract*]}, jets: {en: [jet, jets]}, drill: {en: [drill*]}}\n",
    "topics.yaml": "topics: [{id: arms, title: Arms, groups: [{all: [jf-17, sale]}]}]\n",
    "claims.yaml": """claims:
  - id: jf17-azerbaijan
    topic: arms
    statement: Pakistan is likely to sell JF-17 fighters to Azerbaijan.
    source: {document: made-up}
    severity: high
    about: [{all: [jf-17, azerbaijan, sale]}]
    slots:
      stage: {type: stage, known: planned, of: [jf-17, sale]}
      quantity: {type: count, of: [jf-17, jets]}
      value: {type: money, of: [sale, jf-17]}
""",
    "sources.yaml": "sources:\n"
    + "".join(
        f"  - {{id: {name}, url: 'https://{name}.example/feed.xml', name: {name.title()}, lang: en, family: {name}}}\n"
        for name in ("anchor", "beacon", "courier", "dial")
    ),
    "alerts.yaml": """channels:
  log: {kind: file, path: alerts.log}
rules:
  - {id: news, when: {relations: [changes, adds, denies]}, channels: [log]}
""",
    "settings.yaml": "{}\n",
}


def written(folder: Path) -> Path:
    """That folder, made, with these files in it."""
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
