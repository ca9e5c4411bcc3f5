"""Mail against a real SMTP server: what arrives, in which thread, and what becomes of failures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from newsroom import CLAIMS, DAWN, NOW, PLAN, candidate, day, seen, signed
from servers.postbox import CERTIFICATE, Postbox, SmtpServer

from pipeline import notify
from pipeline.alert import message
from pipeline.digest import build, period, render
from pipeline.errors import NotifyError
from pipeline.model.alert import Message
from pipeline.model.rules import Channel, Secret

ALERT = message.render(signed(), CLAIMS["jf17-azerbaijan"], public_url="https://watch.example")


def channel(box: Postbox, **more: object) -> Channel:
    options = {
        "host": "localhost",
        "port": box.port,
        "security": "none",
        "from": "claimwatch <watch@desk.example>",
        "to": ("ada@desk.example",),
        "timeout": timedelta(seconds=5),
        **more,
    }
    return Channel(id="desk-mail", kind="mail", options=options)


def test_a_mail_has_text_and_html_and_stands_in_the_thread_of_its_claim() -> None:
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box, reply_to="desk@desk.example"), ALERT, now=NOW)
    mail = box.mails[0]
    assert mail["Subject"] == "JF-17 sale to Azerbaijan: stage planned -> signed; value new: 1.6 billion USD"
    assert mail["From"] == "claimwatch <watch@desk.example>"
    assert mail["To"] == "ada@desk.example"
    assert mail["Reply-To"] == "desk@desk.example"
    assert mail["Message-ID"] == "<alert-a1@desk.example>"
    assert mail["References"] == mail["In-Reply-To"] == "<claim-jf17-azerbaijan@desk.example>"
    assert mail["Date"].datetime == NOW.replace(microsecond=0)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.replace("\r\n", "\n").strip() == ALERT.text
    assert "<strong" in html


def test_the_same_message_twice_is_the_same_mail() -> None:
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box), ALERT, now=NOW)
        notify.send(channel(box), ALERT, now=NOW + timedelta(hours=6))
    assert len({mail["Message-ID"] for mail in box.mails}) == 1


def test_a_digest_with_every_script_arrives_whole() -> None:
    digest = build.build(PLAN, period.latest(PLAN, NOW), day(), NOW)
    sent = replace(
        render.message(digest), attachments=(("digest.md", "text/markdown", render.markdown(digest).encode()),)
    )
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box), sent, now=NOW)
    mail = box.mails[0]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "پاکستان نے آذربائیجان" in body.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["digest.md"]


def test_nothing_in_a_message_adds_a_header_or_a_recipient() -> None:
    bad = "x\r\nBcc: evil@evil.example\r\n\r\n<script>"
    hostile = candidate(sentence=bad, publishers=(seen(DAWN, "1", bad, name=bad),), attribution=bad)
    claim = replace(CLAIMS["jf17-azerbaijan"], title=bad)
    made = replace(message.render(hostile, claim), id=f"alert-{bad}", thread=bad, subject=bad)
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box), made, now=NOW)
    mail = box.mails[0]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "x Bcc: evil@evil.example <script>"
    assert box.envelopes == [("watch@desk.example", ("ada@desk.example",))]
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
         "Content-Type"]
    )  # fmt: skip


def test_starttls_and_tls_are_verified_and_log_in() -> None:
    login = {"user": "ada", "password": Secret("right one")}
    for security, password, more in (("starttls", "right one", login), ("tls", "", {})):
        with SmtpServer(Postbox(), security=security, password=password) as box:
            notify.send(channel(box, security=security, ca_file=str(CERTIFICATE), **more), ALERT, now=NOW)
        assert len(box.mails) == 1
        assert box.encrypted == [True]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_nobody_is_refused_and_tried_again_later(security: str) -> None:
    with SmtpServer(Postbox(), security=security) as box, pytest.raises(NotifyError, match="certificate") as caught:
        notify.send(channel(box, security=security), ALERT, now=NOW)
    assert caught.value.permanent is False
    assert box.mails == []


def test_a_server_without_encryption_gets_nothing_unless_it_is_allowed() -> None:
    with SmtpServer(Postbox()) as box, pytest.raises(NotifyError, match="STARTTLS") as caught:
        notify.send(channel(box, security="starttls"), ALERT, now=NOW)
    assert caught.value.permanent is False
    assert box.mails == []


def test_a_wrong_password_is_not_shown_and_parks_nothing() -> None:
    with SmtpServer(Postbox(), security="starttls", password="right one") as box:
        wrong = channel(
            box, security="starttls", ca_file=str(CERTIFICATE), user="ada", password=Secret("hunter2-is-wrong")
        )
        with pytest.raises(NotifyError) as caught:
            notify.send(wrong, ALERT, now=NOW)
    assert caught.value.permanent is False
    assert "hunter2" not in str(caught.value) + repr(caught.value) + repr(wrong)


def test_one_refused_recipient_does_not_cost_the_others_their_mail() -> None:
    box = Postbox(recipients={"gone@desk.example": "550 no such user", "full@desk.example": "452 mailbox full"})
    with SmtpServer(box):
        to = ("gone@desk.example", "ada@desk.example", "full@desk.example")
        with pytest.raises(NotifyError, match="550 no such user") as caught:
            notify.send(channel(box, to=to), ALERT, now=NOW)
        first = caught.value
        assert (first.permanent, first.delivered) == (False, ("to:ada@desk.example",))
        box.recipients["full@desk.example"] = "250 OK"
        with pytest.raises(NotifyError) as caught:
            notify.send(channel(box, to=to), ALERT, now=NOW, done=first.delivered)
    assert caught.value.permanent is True
    assert caught.value.delivered == ("to:ada@desk.example", "to:full@desk.example")
    assert [to for _, (to,) in box.envelopes] == ["ada@desk.example", "full@desk.example"]


def test_everything_delivered_before_is_not_sent_again() -> None:
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box), ALERT, now=NOW, done=("to:ada@desk.example",))
    assert box.mails == []


@pytest.mark.parametrize(("answer", "permanent"), [("554 spam", True), ("451 try later", False)])
def test_a_refused_mail_is_parked_and_a_delayed_one_is_not(answer: str, permanent: bool) -> None:
    box = Postbox(data=[answer])
    with SmtpServer(box):
        with pytest.raises(NotifyError, match=answer) as caught:
            notify.send(channel(box), ALERT, now=NOW)
        notify.send(channel(box), ALERT, now=NOW)
    assert caught.value.permanent is permanent
    assert len(box.mails) == 1


def test_a_server_that_breaks_off_keeps_what_it_took() -> None:
    box = Postbox(data=["250 OK", "hang up"])
    with SmtpServer(box):
        to = ("ada@desk.example", "bob@desk.example")
        with pytest.raises(NotifyError, match="broke off") as caught:
            notify.send(channel(box, to=to), ALERT, now=NOW)
        assert (caught.value.permanent, caught.value.delivered) == (False, ("to:ada@desk.example",))
        notify.send(channel(box, to=to), ALERT, now=NOW, done=caught.value.delivered)
    assert [to for _, (to,) in box.envelopes] == ["ada@desk.example", "bob@desk.example"]


def test_a_server_that_is_away_is_temporary() -> None:
    with SmtpServer(Postbox()) as box:
        pass
    with pytest.raises(NotifyError) as caught:
        notify.send(channel(box), ALERT, now=NOW)
    assert caught.value.permanent is False
    assert caught.value.thing == "desk-mail"


@pytest.mark.parametrize("to", [("no address",), ("",), (), ("a@b, c@d",), ("örn@desk.example",)])
def test_an_address_that_is_none_is_permanent(to: tuple[str, ...]) -> None:
    with SmtpServer(Postbox()) as box, pytest.raises(NotifyError) as caught:
        notify.send(channel(box, to=to), ALERT, now=NOW)
    assert caught.value.permanent is True
    assert box.mails == []


def test_lone_surrogates_and_nulls_do_not_stop_a_mail() -> None:
    with SmtpServer(Postbox()) as box:
        notify.send(channel(box), Message(id="x", subject="\ud800", text="a\ud800\0b"), now=NOW)
    assert box.mails[0].get_content().strip() == "a?b"
