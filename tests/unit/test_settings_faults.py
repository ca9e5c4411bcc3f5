"""Every fault of every file at once, each with its place, its key and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.errors import ConfigError
from pipeline.model.rules import Secret
from pipeline.settings.load import Configuration, load

GOOD = {
    "settings.yaml": "schedule: {interval: 15m}\n",
    "sources.yaml": "sources:\n  - {id: gazette, url: 'https://gazette.example/feed', country: XA}\n",
    "concepts/all.yaml": (
        "concepts:\n"
        "  northland: {kind: country, names: {en: [Northland]}, currency: NLD, iso: XA}\n"
        "  southland: {kind: country, names: {en: [Southland]}}\n"
        "  glider: {kind: weapon, names: {en: [glider, gliders]}}\n"
    ),
    "words/all.yaml": "words:\n  sale: {en: [sale, sells, sold]}\n",
    "topics/all.yaml": "topics:\n  - id: arms\n    groups: {all: [northland, sale]}\n",
    "claims/all.yaml": (
        "claims:\n"
        "  - id: glider-sale\n"
        "    topic: arms\n"
        "    statement: Northland sells gliders to Southland.\n"
        "    about: {all: [southland, glider], any: [sale]}\n"
        "    slots:\n"
        "      stage: {type: stage, known: planned}\n"
        "      quantity: {type: count, of: [glider], known: 40}\n"
        "      value: {type: money}\n"
    ),
    "alerts.yaml": (
        "channels:\n  log: {kind: file, path: alerts.log}\n"
        "rules:\n  - {id: all, channels: [log], when: {claims: [glider-sale], topics: [arms], sources: [gazette]}}\n"
    ),
}


def folder(tmp_path: Path, **changed: str) -> Path:
    """A good configuration with some files replaced: `claims_all` stands for claims/all.yaml."""
    files = dict(GOOD)
    for name, text in changed.items():
        files[name.replace("_", "/", 1) + ".yaml"] = text
    for name, text in files.items():
        path = tmp_path / "config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "config"


def read(tmp_path: Path, env: Mapping[str, str] | None = None, **changed: str) -> Configuration:
    return load(folder(tmp_path, **changed), env=env or {})


def faults(tmp_path: Path, env: Mapping[str, str] | None = None, **changed: str) -> list[str]:
    """The faults of a configuration, each without the folder before its file."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, env, **changed)
    return [re.sub(r"^.*?config/", "", fault) for fault in caught.value.faults]


def test_a_good_folder_becomes_records(tmp_path: Path) -> None:
    made = read(tmp_path)
    (claim,) = made.watch.claims
    assert [(slot.name, slot.type, slot.known) for slot in claim.slots] == [
        ("stage", "stage", "planned"),
        ("quantity", "count", "40"),
        ("value", "money", None),
    ]
    assert claim.about[0].all == ("southland", "glider")
    assert [source.id for source in made.sources] == ["gazette"]
    assert made.alerts.channels[0].options == {} or made.alerts.channels[0].address
    assert made.database_url == f"sqlite:///{tmp_path / 'claimwatch.db'}"
    assert made.warnings == ()


def test_all_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    said = faults(
        tmp_path,
        settings="schedule: {interval: 15, flor: 5m}\nfetch: {page_size: 2}\nnonsense: 1\n",
        sources="sources:\n  - {id: a, url: 'ftp://a'}\n  - {id: a, url: 'https://a'}\n",
        topics_all="topics:\n  - id: arms\n    groups: {all: [northlnd, '']}\n",
        alerts="channels:\n  log: {kind: file}\nrules:\n  - {id: r, channels: [lgo]}\n",
    )
    assert [fault.split(": ", 1)[0] for fault in said] == sorted(
        (fault.split(": ", 1)[0] for fault in said),
        key=lambda place: (place.split(":")[0], *map(int, place.split(":")[1:])),
    )
    text = "\n".join(said)
    for expected in (
        "settings.yaml:1:12: schedule.interval: ",
        "settings.yaml:1:26: schedule.flor: unknown key (did you mean floor?)",
        "settings.yaml:2:9: fetch.page_size: ",
        "settings.yaml:3:1: nonsense: unknown key",
        "sources.yaml:2:13: sources[0].url: 'ftp://a' is no http or https address",
        "sources.yaml:3:6: sources[1].id: duplicate id 'a', first at line 2",
        "topics/all.yaml:3:20: topics[0].groups[0].all[0]: unknown concept or word list 'northlnd' (did you mean north",
        "topics/all.yaml:3:30: topics[0].groups.all[1]: is empty",
        "alerts.yaml:2:3: channels.log: a channel of kind file needs path",
        "alerts.yaml:4:24: rules[0].channels[0]: unknown channel 'lgo' (did you mean log?)",
    ):
        assert expected in text, text
    assert len(said) == 10  # and nothing that only follows from another fault


def test_what_holds_a_fault_does_not_hide_the_rest(tmp_path: Path) -> None:
    said = "\n".join(
        faults(
            tmp_path,
            claims_all=GOOD["claims/all.yaml"].replace("type: stage", "type: stag").replace("known: 40", "known: many"),
            topics_all="topics:\n  - {title: no id}\n  - {id: arms, groups: {all: [sal, glider]}}\n  - nothing\n",
        )
    )
    assert "did you mean stage?" in said
    assert "'many' is no count" in said
    assert "topics[0].id: is missing" in said
    assert "topics[2]: must be a mapping" in said
    assert "unknown topic" not in said  # it is there, in the file with the faults


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (
            "about: {all: [southlnd], any: [sale]}",
            "5:19",
            "unknown concept or word list 'southlnd' (did you mean south",
        ),
        ("about: {all: [southland|glidr]}", "5:19", "(did you mean glider?)"),
        ("about: {all: [southland], at_least: {count: 3, of: [sale, glider]}}", "5:31", "asks for 3 of 2"),
        ("about: {none: [sale]}", "5:5", "is empty: it asks for nothing"),
        ("about: {all: [southland, sale], within: wide}", "5:37", "within"),
        ("about: {all: [southland, sale], al: [x]}", "5:37", "unknown key (did you mean all?)"),
        ("abut: {all: [southland]}", "5:5", "unknown key (did you mean about?)"),
        ("topic: arms\n    about: {all: [sale]}", "5:5", "duplicate key"),
    ],
)
def test_a_fault_of_a_claim_has_its_place(tmp_path: Path, change: str, place: str, said: str) -> None:
    text = GOOD["claims/all.yaml"].replace("about: {all: [southland, glider], any: [sale]}", change)
    found = faults(tmp_path, claims_all=text)
    assert any(fault.startswith(f"claims/all.yaml:{place}: ") and said in fault for fault in found), found


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        ("{type: stage, known: plannd}", "is no stage: write one of"),
        ("{type: stag, known: planned}", "did you mean stage?"),
        ("{type: money, known: 4}", "an amount and a currency"),
        ("{type: money, known: 4e9 dollars}", "an amount and a currency"),
        ("{type: count, known: many}", "a number, such as 40"),
        ("{type: date, known: July 2024}", "ISO 8601 date"),
        ("{type: duration, known: 8 days}", "ISO 8601 duration"),
        ("{type: ordinal, known: first}", "a whole number"),
        ("{type: certainty, known: sure}", "one of alleged"),
        ("{type: stance, known: against}", "one of supports"),
        ("{known: 4}", "type: is missing"),
        ("{type: count, of: [nobody]}", "unknown concept or word list 'nobody'"),
    ],
)
def test_a_known_value_fits_its_type(tmp_path: Path, slot: str, said: str) -> None:
    text = GOOD["claims/all.yaml"].replace("{type: stage, known: planned}", slot)
    assert said in "\n".join(faults(tmp_path, claims_all=text))


@pytest.mark.parametrize(
    ("known", "type_", "kept"),
    [
        ("4e9 USD", "money", "4e9 USD"),
        ("2020", "date", "2020"),
        ("2024-07", "date", "2024-07"),
        ("2020/2024", "date", "2020/2024"),
        ("<=3000", "count", "<=3000"),
        ("300..400", "count", "300..400"),
        ("10", "percent", "10"),
        ("P8D", "duration", "P8D"),
        ("1", "ordinal", "1"),
        ("'?'", "count", None),
        ("null", "count", None),
    ],
)
def test_a_known_value_is_kept_as_it_is_written(tmp_path: Path, known: str, type_: str, kept: str | None) -> None:
    text = GOOD["claims/all.yaml"].replace("{type: stage, known: planned}", f"{{type: {type_}, known: {known}}}")
    assert read(tmp_path, claims_all=text).watch.claims[0].slots[0].known == kept


def test_ids_are_unique_over_files_and_kinds(tmp_path: Path) -> None:
    said = "\n".join(
        faults(
            tmp_path,
            claims_more=GOOD["claims/all.yaml"],
            words_more="words:\n  northland: {en: [x y]}\n",
            concepts_more="concepts:\n  glider: {kind: weapon, names: {en: [y z]}}\n",
        )
    )
    assert "claims/more.yaml:2:5: claims[0].id: duplicate id 'glider-sale'" in said
    assert "words/more.yaml:2:3: words.northland: duplicate id" in said
    assert "concepts/more.yaml:2:3: concepts.glider: duplicate id" in said


@pytest.mark.parametrize(
    ("concept", "said"),
    [
        ("{kind: country, names: {en: ['']}}", "is empty"),
        ("{kind: country, names: {en: ['  ']}}", "is empty"),
        ("{kind: country, names: {english: [x]}}", "is no language"),
        ("{kind: country, names: {en: ['*x']}}", "wildcard"),
        ("{kind: country, names: {en: ['x*']}}", "too short"),
        ("{kind: country}", "has no name"),
        ("{kind: country, names: {en: [x]}, currency: dollars}", "currency"),
        ("{kind: country, names: {en: [x]}, within: [nowhere]}", "unknown concept 'nowhere'"),
        ("{kind: country, names: {en: [x]}, country: northlnd}", "(did you mean northland?)"),
    ],
)
def test_a_concept_can_be_found_in_a_text(tmp_path: Path, concept: str, said: str) -> None:
    assert said in "\n".join(faults(tmp_path, concepts_more=f"concepts:\n  thing: {concept}\n"))


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("id: b\n    weights: {sale: 1}", "weights and threshold go together"),
        ("id: b\n    threshold: 1", "weights and threshold go together"),
        ("id: b", "has no rule"),
        ("id: arms\n    groups: {all: [northland, sale]}", "duplicate id 'arms'"),
        ("id: b\n    weights: {sal: 1}\n    threshold: 2", "(did you mean sale?)"),
    ],
)
def test_a_topic_can_be_met(tmp_path: Path, topic: str, said: str) -> None:
    assert said in "\n".join(faults(tmp_path, topics_more=f"topics:\n  - {topic}\n"))


def test_one_word_alone_is_a_warning(tmp_path: Path) -> None:
    text = (
        "topics:\n  - id: arms\n    groups: {all: [northland]}\n"
        "  - id: b\n    weights: {sale: 2, glider: 0.5}\n    threshold: 2\n    cap: 3\n"
        "  - id: c\n    groups: {any: [northland, southland]}\n    trigger: true\n"
    )
    said = "\n".join(read(tmp_path, topics_all=text).warnings)
    assert "topics/all.yaml:3:5: topics[0].groups[0]: 'northland' alone can trigger this topic" in said
    assert "'sale' alone reaches the threshold" in said
    assert "topics[2]" not in said


@pytest.mark.parametrize(
    ("alerts", "said"),
    [
        ("channels:\n  m: {kind: mail, host: h, from: a@b, to: x, password: hunter2}", "never written as text"),
        ("channels:\n  m: {kind: mail, host: h, from: a@b, to: x, password: {env: GONE}}", "GONE is not set"),
        ("channels:\n  m: {kind: mail, host: h, from: a@b, to: x, password: {file: gone.txt}}", "cannot be read"),
        ("channels:\n  m: {kind: mial, host: h}", "did you mean mail?"),
        ("channels:\n  m: {kind: file, path: x, host: y}", "has no option host"),
        ("digests:\n  - {id: d, zone: Mars/Olympus}", "is no time zone"),
        ("digests:\n  - {id: d, at: noon}", "is no time of day"),
        ("digests:\n  - {id: d, channels: [nobody]}", "unknown channel 'nobody'"),
        ("rules:\n  - {id: r, channels: []}", "channels"),
        ("mutes:\n  - {id: m, when: {claims: [nothing]}}", "unknown claim 'nothing'"),
        ("mutes:\n  - {id: m, when: {topics: [arm]}}", "(did you mean arms?)"),
        ("mutes:\n  - {id: m, when: {}, until: soon}", "is no date or time"),
    ],
)
def test_faults_of_alerts(tmp_path: Path, alerts: str, said: str) -> None:
    assert said in "\n".join(faults(tmp_path, alerts=alerts + "\n"))


def test_a_secret_comes_from_the_environment_or_a_file_and_is_not_shown(tmp_path: Path) -> None:
    text = (
        "channels:\n"
        "  a: {kind: webhook, address: 'https://x.example/', secret: {env: HOOK}}\n"
        "  b: {kind: webhook, address: 'https://x.example/', secret: {file: hook.txt}}\n"
    )
    where = folder(tmp_path, alerts=text)
    (where / "hook.txt").write_text("from-file\n", encoding="utf-8")
    made = load(where, env={"HOOK": "from-env"})
    secrets = [channel.options["secret"] for channel in made.alerts.channels]
    assert [one.reveal() for one in secrets if isinstance(one, Secret)] == ["from-env", "from-file"]
    assert "from-" not in repr(made)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("schedule: {interval: 15}", "15"),
        ("schedule: {interval: 15 minutes}", "is no duration"),
        ("schedule: {floor: 2h, ceiling: 1h}", "longer than the ceiling"),
        ("fetch: {allow_private: [localhost]}", "is no host:port pair"),
        ("engine: {kind: dask}", "is no address of a scheduler"),
        ("engine: {kind: daks}", "did you mean dask?"),
        ("web: {port: many}", "must be a whole number"),
        ("canary: {enabled: 'maybe'}", "must be true or false"),
        ("canary: {channels: [nobody]}", "nobody"),
        ("rates: {on: yesterday}", "is no date"),
        ("- a\n- b", "must be a mapping"),
    ],
)
def test_faults_of_settings(tmp_path: Path, settings: str, said: str) -> None:
    assert said in "\n".join(faults(tmp_path, settings=settings + "\n"))


def test_the_version_follows_rules_and_known_values(tmp_path: Path) -> None:
    from pipeline.settings.watch import with_known

    one = read(tmp_path).watch
    again = read(tmp_path).watch
    assert (one.version, one.rules_hash) == (again.version, again.rules_hash)
    changed = read(tmp_path, words_all="words:\n  sale: {en: [sale]}\n").watch
    assert changed.rules_hash != one.rules_hash
    accepted = with_known(one, {"glider-sale": {"stage": "signed"}})
    assert accepted.rules_hash == one.rules_hash
    assert accepted.version != one.version
    assert with_known(accepted, {}).version == one.version


def test_the_shipped_folder_is_good() -> None:
    made = load(Path(__file__).resolve().parents[2] / "config", env={})
    assert (len(made.watch.topics), len(made.watch.claims), len(made.sources)) == (19, 68, 55)
    assert made.warnings == ()
    assert set(made.places) == {claim.id for claim in made.watch.claims}
