"""The pages in a real browser: a morning by keyboard, on a phone, without a script, and for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import desk_sample
import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_site import PHONE, Site
from playwright.sync_api import Browser, Page, expect

from pipeline.service.desk import entry, today

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is in order need not be described
}


def paths_of(site: Site) -> list[str]:
    items = today.work(site.desk).items
    one = max(items, key=lambda item: len(item.others))
    return [
        "/",
        f"/findings/{one.id}",
        "/claims",
        f"/claims/{one.claim.id}",
        "/topics",
        f"/topics/{one.claim.topic}",
        f"/topics/{one.claim.topic}/try",
        "/stories",
        f"/stories/{one.story}",
        f"/articles/{one.finding.article_id}",
        "/sources",
        f"/sources/{one.finding.source}",
        "/alerts",
        "/alerts/1",
        "/search?q=jf-17",
        "/try",
        "/log",
        "/verdicts",
        "/no-such-page",
    ]


def broken(page: Page) -> list[str]:
    """What the accessibility engine finds against WCAG 2.2 AA."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}" for one in found for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody(browser: Browser, site: Site, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in paths_of(site)[:: 1 if scheme == "light" else 3]:  # what the dark changes is the same on every page
        page.goto(site.url(path))
        for details in page.locator("details.more").all():
            details.evaluate("element => { element.open = true }")
        assert broken(page) == [], path
    context.close()


def test_nothing_is_cut_off_on_a_phone(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = context.new_page()
    for path in paths_of(site):
        page.goto(site.url(path))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], (path, width)
    page.goto(site.url("/"))
    card = page.locator("article.item").first
    card.get_by_text("Dismiss", exact=True).tap()
    expect(card.get_by_role("button", name="Old news, known before")).to_be_in_viewport()
    assert broken(page) == []
    context.close()


def test_a_morning_by_keyboard(page: Page, site: Site) -> None:
    items = today.work(site.desk).items
    page.goto(site.url())
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert broken(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("j")
    first = page.locator(f"#finding-{items[0].id}")
    expect(first).to_be_focused()
    page.keyboard.press("e")
    expect(first.locator("details.more")).to_have_attribute("open", "")
    page.keyboard.press("c")
    expect(first).to_contain_text("Confirmed.")
    second = page.locator(f"#finding-{items[1].id}")
    expect(second).to_be_focused()
    page.keyboard.press("d")
    expect(second.get_by_role("button", name="Not about this claim")).to_be_focused()
    page.keyboard.press("3")
    expect(second).to_contain_text("Dismissed.")
    expect(page.locator("#say")).to_have_text("Dismissed.")
    page.keyboard.press("s")
    page.keyboard.press("2")
    expect(page.locator(f"#finding-{items[2].id}")).to_contain_text("Put off.")
    page.keyboard.press("n")
    page.keyboard.type("asked the desk: k j c")
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("u")
    expect(page.locator(f"#finding-{items[2].id} form.decide")).to_be_visible()
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(rf"/findings/{items[2].id}$"))
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/claims$"))
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile("/search$"))
    page.locator("#q").fill("jf-17")
    page.keyboard.press("Enter")
    expect(page.locator("ol.rows > li").first).to_be_visible()


def test_an_accepted_change_is_known_and_taken_back(page: Page, site: Site) -> None:
    item = next(one for one in today.work(site.desk).items if one.slots and one.slots[0].old)
    page.goto(site.url())
    card = page.locator(f"#finding-{item.id}")
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("Accepted: this is what is known now.")
    assert site.desk.watch.known[item.claim.id][item.slots[0].name] == item.slots[0].new
    expect(card).to_be_visible()
    card.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("button", name="Accept")).to_be_visible()
    assert item.claim.id not in site.desk.watch.known
    card.get_by_role("button", name="Accept").click()
    expect(card).to_contain_text("Accepted")
    page.goto(site.url(f"/claims/{item.claim.id}"))
    expect(page.locator("main")).to_contain_text("accepted by local")


def test_the_next_finding_is_compared_with_what_was_accepted(page: Page, site: Site) -> None:
    items = today.work(site.desk).items
    at = next(n for n, one in enumerate(items) if any(slot.name == "stage" and slot.old for slot in one.slots))
    item = items[at]
    slot = next(one for one in item.slots if one.name == "stage")
    page.goto(site.url())
    for _ in range(at + 1):
        page.keyboard.press("j")
    expect(page.locator(f"#finding-{item.id}")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(f"#finding-{item.id}")).to_contain_text("Accepted: this is what is known now.")
    assert site.desk.watch.known[item.claim.id]["stage"] == slot.new
    source = site.desk.configuration.sources[0].id
    text = f"{item.claim.statement} The contract was cancelled, officials said on Friday."
    desk_sample.add(
        site.desk, [desk_sample.Text(source=source, slug="next", title="Later", text=text, age=timedelta())]
    )
    following = next(
        one for one in today.work(site.desk).items if one.claim.id == item.claim.id and one.finding.id > item.id
    )
    page.goto(site.url(f"/findings/{following.id}"))
    move = page.locator(".move").first
    expect(move.locator(".old")).to_have_text(slot.new)


def test_the_second_of_two_is_told_in_the_page(browser: Browser, site: Site) -> None:
    item = today.work(site.desk).items[0]
    contexts = [browser.new_context() for _ in range(2)]
    one, other = (context.new_page() for context in contexts)
    for opened in (one, other):
        opened.goto(site.url())
    card = f"#finding-{item.id}"
    one.locator(card).get_by_role("button", name="Confirm").click()
    expect(one.locator(card)).to_contain_text("Confirmed.")
    other.locator(card).get_by_role("button", name="Confirm").click()
    expect(other.locator(card).get_by_role("alert")).to_contain_text("was changed meanwhile by local")
    expect(other.locator(card)).to_contain_text("Confirmed by local")
    for context in contexts:
        context.close()


def test_without_a_script_everything_can_be_read_and_decided(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for path in paths_of(site):
        page.goto(site.url(path))
        expect(page.locator("h1").first).to_be_attached()
    item = today.work(site.desk).items[0]
    page.goto(site.url())
    expect(page.locator("time").first).to_contain_text(re.compile("ago|UTC|now"))
    page.locator(f"#finding-{item.id}").get_by_role("button", name="Confirm").click()
    expect(page).to_have_url(re.compile(rf"/findings/{item.id}$"))
    expect(page.locator("main")).to_contain_text("Confirmed by local")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    context.close()


def test_times_are_the_readers(page: Page, site: Site) -> None:
    item = next(one for one in today.work(site.desk).items if one.finding.published)
    page.goto(site.url())
    assert item.finding.published is not None
    shown = page.locator(f"#finding-{item.id} .by time")
    hour = (item.finding.published.hour + 5) % 24  # Karachi is five hours ahead of UTC
    expect(shown).to_contain_text(f"{hour:02}:{item.finding.published.minute:02}")
    expect(shown).to_have_attribute("title", re.compile("UTC$"))


def test_evidence_from_right_to_left_stands_on_its_side(page: Page, site: Site) -> None:
    item = next(one for one in today.work(site.desk).items if any(c.lang == "ur" for c in one.carriers))
    carrier = next(c for c in item.carriers if c.lang == "ur")
    page.goto(site.url(f"/findings/{carrier.finding_id}"))
    quote = page.locator("blockquote").first
    expect(quote).to_have_attribute("dir", "rtl")
    expect(quote).to_have_attribute("lang", "ur")
    expect(quote).to_have_css("text-align", "right")


def test_signing_in_and_out(page: Page, site: Site) -> None:
    entry.add_user(site.desk, "vera", PASSWORD, "reviewer")
    page.goto(site.url("/claims?q=jf"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert broken(page) == []
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not fit")
    page.get_by_label("Name").fill("vera")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/claims\?q=jf$"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_rule_is_tried(page: Page, site: Site) -> None:
    topic = today.work(site.desk).items[0].claim.topic
    page.goto(site.url(f"/topics/{topic}/try"))
    page.get_by_role("textbox").fill(f"id: {topic}\ngroups: [{{any: [no-such-thing]}}]\n")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("no-such-thing")
    concept = site.desk.watch.concepts[0].id
    page.get_by_role("textbox").fill(f"id: {topic}\ngroups: [{{any: [{concept}], within: article}}]\n")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("status").filter(has_text="gained")).to_be_visible()


def test_the_first_paint_is_light(page: Page, site: Site) -> None:
    """Everything that Today loads, as it is sent: below 100 KB."""
    sizes: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(site.url())
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < 100_000
