"""The claim ledger: what was believed when, values side by side, the undo of everything, and the way back to YAML."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import desk_sample
import pytest
from click.testing import CliRunner

from pipeline.cli import claims as claims_command
from pipeline.cli import tokens as tokens_command
from pipeline.cli import users as users_command
from pipeline.cli.main import root
from pipeline.errors import ClaimwatchError, ReviewError
from pipeline.service import labels, review, undo
from pipeline.service.desk import claims, entry, known, today
from pipeline.service.wiring import Desk
from pipeline.storage import articles, findings, ledger, people, schema
from pipeline.storage.findings import SavedFinding


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_sample.copied(tmp_path)
    yield made
    made.store.close()


def changed(desk: Desk) -> SavedFinding:
    with desk.store.read() as tx:
        rows = findings.select(tx, findings.Filter(relations=("changes",), verdict=""), limit=50)
    return next(row for row in rows if row.changes and row.changes[0].change.old is not None)


def later(desk: Desk, **gap: float) -> None:
    assert isinstance(desk.clock, desk_sample.Fixed)
    desk.clock = desk_sample.Fixed(at=desk.clock.now() + timedelta(**gap))


def test_what_was_believed_then_is_answered(desk: Desk) -> None:
    row = changed(desk)
    change = row.changes[0].change
    review.accept(desk, "vera", row.id, revision=row.revision, valid_from="2026-10", look_again_at=date(2027, 1, 1))
    later(desk, days=3)
    value = "delivered" if change.type == "stage" else "99"
    review.accept_value(desk, "otto", row.finding.claim, change.slot, value, on_whose_word="the ministry")

    def at(moment: datetime | None) -> str | None:
        whole = claims.whole(desk, row.finding.claim, as_of=moment)
        assert whole is not None
        return next(slot.value for slot in whole.line.known if slot.name == change.slot)

    assert at(None) == value
    assert at(desk.clock.now() - timedelta(days=1)) == change.new
    assert at(desk.clock.now() - timedelta(days=30)) == change.old
    whole = claims.whole(desk, row.finding.claim)
    assert whole is not None
    entries = [one for one in whole.history if one.slot == change.slot]
    assert [(one.accepted_by, one.supersedes is not None) for one in entries] == [("vera", False), ("otto", True)]
    assert entries[0].look_again_at == date(2027, 1, 1)


def test_earlier_findings_keep_what_they_were_compared_with(desk: Desk) -> None:
    row = changed(desk)
    review.accept(desk, "vera", row.id, revision=row.revision)
    with desk.store.read() as tx:
        same = findings.load(tx, row.id)
    assert same is not None
    assert same.finding == row.finding
    assert same.compared_with == row.compared_with


def test_the_next_article_is_compared_with_the_accepted_value(desk: Desk) -> None:
    row = changed(desk)
    text = next(t for _, texts in desk_sample.outlets() for t in texts if t.url == _url(desk, row))
    review.accept(desk, "vera", row.id, revision=row.revision)
    again = desk_sample.Text(
        source=text.source, slug="again", title=text.title, text=text.text, age=timedelta(), lang=text.lang
    )
    later(desk, hours=1)
    desk_sample.add(desk, [again])
    with desk.store.read() as tx:
        newest = findings.select(tx, findings.Filter(claim=row.finding.claim), limit=1)[0]
    assert newest.id > row.id
    taken = {(c.change.slot, c.change.new) for c in row.changes}
    assert not taken & {(c.change.slot, c.change.new) for c in newest.changes}


def _url(desk: Desk, row: SavedFinding) -> str:
    item = today.item(desk, row.id)
    assert item is not None
    return item.url


def test_everything_can_be_taken_back_once(desk: Desk) -> None:
    row = changed(desk)
    version = desk.watch.version
    seen = row.revision
    for act in ("confirm", "dismiss", "accept", "snooze", "note"):
        with desk.store.read() as tx:
            current = findings.load(tx, row.id)
        assert current is not None
        seen = current.revision
        if act == "confirm":
            done = review.confirm(desk, "vera", row.id, revision=seen, note="fine")
        elif act == "dismiss":
            done = review.dismiss(desk, "vera", row.id, revision=seen, reason="wrong-value", note="misread")
        elif act == "accept":
            done = review.accept(desk, "vera", row.id, revision=seen)
            assert desk.watch.version != version
        elif act == "snooze":
            done = review.snooze(desk, "vera", row.id, revision=seen, until=desk.clock.now() + timedelta(days=1))
        else:
            done = review.note(desk, "vera", row.id, "ask again")
        undo.undo(desk, "otto", done.change)
        with pytest.raises(ReviewError, match="taken back before"):
            undo.undo(desk, "otto", done.change)
        with desk.store.read() as tx:
            back = findings.load(tx, row.id)
        assert back is not None
        assert (back.verdict, back.verdict_note, back.snoozed_until) == ("", "", None)
        assert desk.watch.version == version


def test_undo_does_not_overwrite_what_came_after(desk: Desk) -> None:
    row = changed(desk)
    first = review.confirm(desk, "vera", row.id, revision=row.revision)
    with desk.store.read() as tx:
        now = findings.load(tx, row.id)
    assert now is not None
    review.dismiss(desk, "otto", row.id, revision=now.revision, reason="old-news")
    with pytest.raises(ReviewError, match="changed meanwhile by otto"):
        undo.undo(desk, "vera", first.change)
    with desk.store.read() as tx:
        still = findings.load(tx, row.id)
    assert still is not None
    assert still.verdict == "dismissed"


def test_two_who_accept_different_values_at_once_do_not_overwrite(desk: Desk) -> None:
    row = changed(desk)
    slot = row.changes[0].change.slot
    item = today.item(desk, row.id)
    assert item is not None
    seen = next(one.ledger_entry for one in item.slots if one.name == slot)
    review.accept_value(desk, "otto", row.finding.claim, slot, row.changes[0].change.old)
    with pytest.raises(ReviewError, match="otto changed it meanwhile"):
        review.accept(desk, "vera", row.id, revision=row.revision, take=[review.Take(slot=slot, expected=seen)])
    with desk.store.read() as tx:
        same = findings.load(tx, row.id)
        assert same is not None
        assert same.verdict == ""
        assert len(ledger.history(tx, row.finding.claim)) == 1


@pytest.mark.parametrize("text", ["2025-13", "25", "yesterday", "2025-06-31", "2025-6-1", "2025-06-01-02"])
def test_a_date_that_is_none_is_refused(desk: Desk, text: str) -> None:
    row = changed(desk)
    with pytest.raises(ReviewError, match="is no date"):
        review.accept(desk, "vera", row.id, revision=row.revision, valid_from=text)
    with desk.store.read() as tx:
        assert ledger.history(tx, row.finding.claim) == ()


def test_what_cannot_be_done_is_told(desk: Desk) -> None:
    row = changed(desk)
    now = desk.clock.now()
    refused = [
        lambda: review.confirm(desk, "v", 99_999, revision=1),
        lambda: review.accept(desk, "v", row.id, revision=1, take=[review.Take(slot="no-such")]),
        lambda: review.snooze(desk, "v", row.id, revision=1, until=now - timedelta(hours=1)),
        lambda: review.snooze(desk, "v", row.id, revision=1, until=now + timedelta(days=1000)),
        lambda: review.note(desk, "v", row.id, "  "),
        lambda: review.note(desk, "v", row.id, "x" * 3000),
        lambda: undo.undo(desk, "v", 99_999),
        lambda: review.accept_value(desk, "v", "no-such", "x", "1"),
        lambda: review.accept_value(desk, "v", row.finding.claim, "no-such", "1"),
    ]
    for act in refused:
        with pytest.raises(ReviewError):
            act()
    with desk.store.read() as tx:
        assert people.changes(tx) == ()


def test_a_story_is_decided_as_one(desk: Desk) -> None:
    item = max(today.work(desk).items, key=lambda one: len(one.others))
    assert item.others
    done = review.confirm(desk, "vera", item.id, revision=item.finding.revision, others=item.others)
    assert set(done.findings) == {item.id, *item.others}
    assert all(one.id != item.id for one in today.work(desk).items)
    undo.undo(desk, "vera", done.change)
    assert max(today.work(desk).items, key=lambda one: len(one.others)).others == item.others


def test_of_each_relation_the_weightiest_stands_first(desk: Desk) -> None:
    items = today.work(desk).items
    with desk.store.read() as tx:
        groups = [findings.some(tx, [item.id, *item.others]).values() for item in items]
    weights = [max(one.importance or 0.0 for one in group) for group in groups]
    assert len(set(weights)) > 3
    told = [(item.finding.finding.relation, weight) for item, weight in zip(items, weights, strict=True)]
    order = ("denies", "changes", "adds")
    assert told == sorted(told, key=lambda one: (order.index(one[0]), -one[1]))


def test_verdicts_become_labelled_articles(desk: Desk) -> None:
    items = today.work(desk).items
    assert list(labels.labelled(desk)) == []
    for number, item in enumerate(items):
        if number == 0:
            review.dismiss(desk, "v", item.id, revision=item.finding.revision, reason="not-about", others=item.others)
        else:
            review.confirm(desk, "v", item.id, revision=item.finding.revision, others=item.others)
    rows = [json.loads(labels.line(one)) for one in labels.labelled(desk)]
    assert len({row["id"] for row in rows}) == len(rows) > 5
    dismissed = [row for row in rows if row["dismissed"]]
    assert {claim for row in dismissed for claim in row["dismissed"]} == {items[0].claim.id}
    for row in rows:
        assert {"id", "lang", "title", "text", "topics", "claims", "published"} <= row.keys()
        assert not {one["claim"] for one in row["claims"]} & set(row["dismissed"])
    lesson = labels.lesson(desk)
    assert lesson.reasons == {"not-about": 1 + len(items[0].others)}


def test_an_exported_verdict_is_scored_with_what_was_known_then(desk: Desk, tmp_path: Path) -> None:
    """Accepted since, or never written into the claim files: the score must not depend on it."""
    row = changed(desk)
    slot = row.changes[0].change.slot
    source = next(s for s, texts in desk_sample.outlets() for t in texts if s.id == row.source)
    with desk.store.read() as tx:
        version = articles.version(tx, row.version_id)
    assert version is not None
    value = "proposed" if row.changes[0].change.type == "stage" else "7"
    review.accept_value(desk, "vera", row.finding.claim, slot, value)
    text = desk_sample.Text(
        source=source.id,
        slug="again",
        title=version.title,
        text=version.text,
        age=timedelta(hours=1),
        lang=version.lang,
    )
    desk_sample.add(desk, [text])
    with desk.store.read() as tx:
        found = findings.select(tx, findings.Filter(claim=row.finding.claim), limit=1)[0]
    assert {c.change.slot: c.change.old for c in found.changes}[slot] == value
    with desk.store.read() as tx:
        for one in findings.of_version(tx, found.version_id):
            if one.finding.relation in ("changes", "adds", "denies"):
                review.confirm(desk, "vera", one.id, revision=one.revision)
    review.accept_value(desk, "vera", row.finding.claim, slot, None)  # known otherwise by now

    gold = tmp_path / "verdicts.jsonl"
    gold.write_text("".join(labels.line(one) + "\n" for one in labels.labelled(desk)), encoding="utf-8")
    exported = json.loads(gold.read_text(encoding="utf-8"))
    assert exported["known"][row.finding.claim][slot] == value
    config = str(desk_sample.ROOT / "config")
    scored = CliRunner().invoke(root, ["--config", config, "eval", str(gold), "--errors", "--all"])
    assert scored.exit_code == 0, scored.output
    assert f"verdict-{found.version_id}" not in scored.output, scored.output


def test_a_threshold_is_proposed_only_where_it_helps() -> None:
    sure = [(0.9, True)] * 30
    assert labels.propose("", sure) is None
    assert labels.propose("", [(0.5, False)] * 10) is None
    assert labels.propose("", [(0.5, False)] * 40) is None
    mixed = [(0.4, False)] * 15 + [(0.4, True)] * 5 + [(0.7, False)] * 1 + [(0.8, True)] * 29
    proposal = labels.propose("jets", mixed)
    assert proposal is not None
    assert proposal.threshold == 0.7
    assert (proposal.kept_right, proposal.kept_wrong, proposal.lost_right) == (29, 1, 5)
    assert proposal.precision >= labels.TARGET


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration folder with the sample's database beside it."""
    made = tmp_path / "config"
    shutil.copytree(desk_sample.ROOT / "config", made)
    settings = made / "settings.yaml"
    text = settings.read_text(encoding="utf-8")
    store = desk_sample.copied(tmp_path).store
    store.close()
    (tmp_path / "desk.db").rename(tmp_path / "claimwatch.db")
    settings.write_text(text, encoding="utf-8")
    return made


def run(folder: Path, command: click.Command, *words: str, typed: str = "") -> str:
    result = CliRunner().invoke(command, list(words), obj=folder, input=typed)
    if result.exception is not None:
        raise result.exception
    return result.output


def test_the_ledger_from_the_terminal(folder: Path) -> None:
    rows = [json.loads(line) for line in run(folder, claims_command.command, "list", "--json").splitlines()]
    claim, slot, old = next(
        (row["id"], slot, value) for row in rows for slot, value in row["known"].items() if value == "planned"
    )
    run(folder, claims_command.command, "accept", claim, slot, "signed", "--since", "2026-11", "--source", "a minister")
    shown = json.loads(run(folder, claims_command.command, "show", claim, "--json"))
    assert shown["known"][slot] == "signed"
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    then = json.loads(run(folder, claims_command.command, "show", claim, "--as-of", yesterday, "--json"))
    assert then["known"][slot] == old
    assert "a minister" in run(folder, claims_command.command, "show", claim)
    with pytest.raises(ReviewError, match="is no stage"):
        run(folder, claims_command.command, "accept", claim, slot, "finished")
    with pytest.raises(ClaimwatchError, match="no such claim"):
        run(folder, claims_command.command, "show", "no-such")
    before = {path: path.read_text(encoding="utf-8") for path in (folder / "claims").glob("*.yaml")}
    difference = run(folder, claims_command.command, "export", "--diff")
    assert [line for line in difference.splitlines() if line.startswith(("+ ", "- "))]
    assert {path: path.read_text(encoding="utf-8") for path in before} == before
    assert "wrote" in run(folder, claims_command.command, "export")
    assert "hold every accepted value" in run(folder, claims_command.command, "export")
    shown = json.loads(run(folder, claims_command.command, "show", claim, "--json"))
    assert shown["slots"][slot]["configured"] == "signed"


def test_users_and_tokens_from_the_terminal(folder: Path) -> None:
    for watched in ("claims", "concepts", "topics", "words"):
        shutil.rmtree(folder / watched)  # who may sign in hangs on nothing of these, and each call reads them
    (folder / "alerts.yaml").unlink()
    password = "a long enough password\n"
    assert "no users" in run(folder, users_command.command, "list")
    assert run(folder, users_command.command, "add", "Vera", typed=password) == "added vera, reviewer\n"
    assert "changed vera" in run(folder, users_command.command, "add", "vera", "--role", "reader", typed=password)
    with pytest.raises(ClaimwatchError, match="characters"):
        run(folder, users_command.command, "add", "otto", typed="short\n")
    for name in ("local", "a b", "../x", "<b>"):
        with pytest.raises(ClaimwatchError, match="no user name"):
            run(folder, users_command.command, "add", name, typed=password)
    key = run(folder, tokens_command.command, "add", "script", "--user", "vera", "--scope", "read").strip()
    assert len(key) >= 40
    listed = run(folder, tokens_command.command, "list")
    assert "script" in listed
    assert key not in listed
    with pytest.raises(ClaimwatchError, match="no user"):
        run(folder, tokens_command.command, "add", "x", "--user", "nobody")
    assert "revoked 1" in run(folder, tokens_command.command, "revoke", "1")
    assert "removed vera" in run(folder, users_command.command, "remove", "vera")
    with pytest.raises(ClaimwatchError, match="no such user"):
        run(folder, users_command.command, "remove", "vera")


def test_passwords_are_kept_as_argon2(desk: Desk) -> None:
    entry.add_user(desk, "vera", "a long enough password", "reader")
    with desk.store.read() as tx:
        stored = people.user(tx, "vera")
    assert stored is not None
    assert stored.password_hash.startswith("$argon2id$")


def test_competing_values_stand_side_by_side(desk: Desk) -> None:
    row = changed(desk)
    whole = claims.whole(desk, row.finding.claim)
    assert whole is not None
    slot = next(one for one in whole.line.known if one.name == row.changes[0].change.slot)
    assert slot.rivals
    assert all(one.outlets for one in slot.rivals)


def test_the_schema_is_the_programs(desk: Desk) -> None:
    schema.check(desk.store)
    assert known.export(desk) == ()
