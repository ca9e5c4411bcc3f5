"""Webhooks and Apprise against real HTTP servers on loopback that fail on purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import jsonschema
import pytest
from newsroom import CLAIMS, NOW, PLAN, day, signed
from servers.postbox import CERTIFICATE, Hook, HookServer

from pipeline import notify
from pipeline.alert import message, notice
from pipeline.digest import build, period, render
from pipeline.errors import NotifyError
from pipeline.model.alert import Message
from pipeline.model.rules import Channel, Secret
from pipeline.notify.webhook import signature
from pipeline.service import log

# Apprise looks for an old module of Python's when it first loads its services.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "webhook.schema.json").read_text("utf-8"))
ALERT = message.render(signed(), CLAIMS["jf17-azerbaijan"], public_url="https://watch.example")


def webhook(hook: Hook, path: str = "/hooks/token-12345", **options: object) -> Channel:
    given = {"timeout": timedelta(seconds=5), **options}
    return Channel(id="hook", kind="webhook", address=Secret(hook.url + path), options=given)


def chat(address: str, **more: object) -> Channel:
    return Channel(id="chat", kind="apprise", address=Secret(address), **more)


def apprise_address(hook: Hook, scheme: str = "json", path: str = "/room/secret-token-9") -> str:
    return f"{scheme}://{hook.url.removeprefix('http://')}{path}"


# --- webhooks


def test_a_webhook_is_signed_and_follows_its_schema() -> None:
    with HookServer(Hook()) as hook:
        notify.send(webhook(hook, secret=Secret("kept safe")), ALERT, now=NOW)
    headers, body = hook.requests[0]
    assert headers["webhook-id"] == "alert-a1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed_text = f"alert-a1.{int(NOW.timestamp())}.".encode() + body
    digest = hmac.new(b"kept safe", signed_text, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["content-type"] == "application/json; charset=utf-8"
    jsonschema.validate(json.loads(body), SCHEMA)


def test_every_kind_of_message_follows_the_schema() -> None:
    digest = render.message(build.build(PLAN, period.latest(PLAN, NOW), day(), NOW))
    loss = notice.Loss(number=1, detail="no-text", last_found=NOW)
    told = (notice.lost(loss, severity="high"), notice.found(loss, severity="high", public_url="https://desk.example"))
    test = Message(id="t", subject="a test", text="it works")
    sent = (ALERT, message.collect([ALERT], reason="quiet"), digest, *told, test)
    with HookServer(Hook()) as hook:
        for one in sent:
            notify.send(webhook(hook), one, now=NOW)
    assert [json.loads(body)["type"] for _, body in hook.requests] == [
        *("alert", "batch", "digest", "notice", "notice", "message")
    ]
    for headers, body in hook.requests:
        jsonschema.validate(json.loads(body), SCHEMA)
        assert "webhook-signature" not in headers


def test_a_key_of_the_specification_is_base64() -> None:
    # The example of the Standard Webhooks specification.
    got = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert got == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature("whsec_no base64!", "a", 1, b"") == signature("whsec_no base64!", "a", 1, b"")


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(500, False), (503, False), (429, False), (408, False), (400, True), (401, True), (404, True), (302, True)],
)
def test_refusals_are_parked_and_faults_are_tried_again(status: int, permanent: bool) -> None:
    with HookServer(Hook(answers=[(status, "because token-12345 and kept safe")])) as hook:
        with pytest.raises(NotifyError, match=str(status)) as caught:
            notify.send(webhook(hook, secret=Secret("kept safe")), ALERT, now=NOW)
        notify.send(webhook(hook, secret=Secret("kept safe")), ALERT, now=NOW + timedelta(hours=6))
    assert caught.value.permanent is permanent
    assert "token-12345" not in str(caught.value)
    assert "kept safe" not in str(caught.value)
    assert [headers["webhook-id"] for headers, _ in hook.requests] == ["alert-a1", "alert-a1"]


def test_a_receiver_that_hangs_up_or_is_away_is_temporary() -> None:
    with HookServer(Hook(answers=["hang up"])) as hook, pytest.raises(NotifyError) as hung:
        notify.send(webhook(hook), ALERT, now=NOW)
    with pytest.raises(NotifyError, match="cannot be reached") as away:
        notify.send(webhook(hook), ALERT, now=NOW)
    assert (hung.value.permanent, away.value.permanent) == (False, False)


def test_tls_is_verified() -> None:
    with HookServer(Hook(), tls=True) as hook:
        with pytest.raises(NotifyError, match="certificate") as caught:
            notify.send(webhook(hook), ALERT, now=NOW)
        notify.send(webhook(hook, ca_file=str(CERTIFICATE)), ALERT, now=NOW)
    assert caught.value.permanent is False
    assert len(hook.requests) == 1


@pytest.mark.parametrize(
    "address", ["", "ftp://x/", "http://", "http://x:notaport/", "http://127.0.0.1/\r\nX-Evil: 1", "http://127.0.0.1/ü"]
)
def test_an_address_that_is_none_is_permanent(address: str) -> None:
    with pytest.raises(NotifyError, match="address") as caught:
        notify.send(Channel(id="hook", kind="webhook", address=address), ALERT, now=NOW)
    assert caught.value.permanent is True


def test_a_name_and_password_in_the_address_are_sent_as_such() -> None:
    with HookServer(Hook()) as hook:
        address = hook.url.replace("http://", "http://ada:pass-word@") + "?a=b"
        notify.send(Channel(id="hook", kind="webhook", address=address), ALERT, now=NOW)
    assert hook.requests[0][0]["authorization"] == "Basic " + base64.b64encode(b"ada:pass-word").decode()


def test_a_kind_that_does_not_exist_is_permanent() -> None:
    with pytest.raises(NotifyError, match="no kind of channel called pigeon") as caught:
        notify.send(Channel(id="x", kind="pigeon"), ALERT, now=NOW)
    assert caught.value.permanent is True


# --- Apprise


def test_apprise_takes_the_headline_as_title_and_the_rest_as_text() -> None:
    with HookServer(Hook()) as hook:
        notify.send(chat(apprise_address(hook)), ALERT, now=NOW)
    headers, body = hook.requests[0]
    sent = json.loads(body)
    assert sent["title"] == ALERT.subject
    assert sent["message"].startswith('"Pakistan has *signed* a *$1.6 billion* contract')
    assert headers["user-agent"] == "claimwatch"


def test_apprise_form() -> None:
    with HookServer(Hook()) as hook:
        notify.send(chat(apprise_address(hook, "form")), ALERT, now=NOW)
    assert parse_qs(hook.requests[0][1].decode())["title"] == [ALERT.subject]


def test_a_long_message_is_split_and_nothing_is_lost() -> None:
    words = [f"word{n}" for n in range(400)]
    long = Message(id="long", subject="long", text=" ".join(words))
    with HookServer(Hook()) as hook:
        notify.send(chat(apprise_address(hook), limit_chars=500), long, now=NOW)
    texts = [json.loads(body)["message"] for _, body in hook.requests]
    assert len(texts) > 5
    assert all(len(text) <= 500 for text in texts)
    assert [text.rpartition(" (")[2] for text in texts] == [f"{n}/{len(texts)})" for n in range(1, len(texts) + 1)]
    assert " ".join(text.rpartition(" (")[0] for text in texts).split() == words


def test_a_service_without_titles_gets_the_headline_in_its_text() -> None:
    with HookServer(Hook()) as hook:
        notify.send(chat(apprise_address(hook, "signal", "/+4915155555555/+4915155555556")), ALERT, now=NOW)
    assert json.loads(hook.requests[0][1])["message"].splitlines() == ALERT.text.splitlines()


def test_pieces_that_arrived_are_not_sent_again() -> None:
    long = Message(id="long", subject="long", text="word " * 200)
    with HookServer(Hook(answers=[(200, ""), (500, "")])) as hook:
        room = chat(apprise_address(hook), limit_chars=400)
        with pytest.raises(NotifyError) as caught:
            notify.send(room, long, now=NOW)
        assert (caught.value.permanent, caught.value.delivered) == (False, ("part:1",))
        notify.send(room, long, now=NOW, done=caught.value.delivered)
    texts = [json.loads(body)["message"] for _, body in hook.requests]
    assert [text[-6:] for text in texts] == [" (1/3)", " (2/3)", " (2/3)", " (3/3)"]


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (429, False), (400, True), (404, True)])
def test_apprise_tells_a_refusal_from_a_fault_and_no_secret(status: int, permanent: bool) -> None:
    with HookServer(Hook(answers=[(status, "")])) as hook, pytest.raises(NotifyError, match=str(status)) as caught:
        notify.send(chat(apprise_address(hook)), ALERT, now=NOW)
    assert caught.value.permanent is permanent
    assert "secret-token-9" not in str(caught.value)


def test_a_service_that_is_away_is_temporary() -> None:
    with HookServer(Hook()) as hook:
        pass
    with pytest.raises(NotifyError) as caught:
        notify.send(chat(apprise_address(hook)), ALERT, now=NOW)
    assert caught.value.permanent is False
    assert "secret-token-9" not in str(caught.value)


@pytest.mark.parametrize("address", ["", "pigeon://somewhere/secret-token-9", "json://"])
def test_an_address_that_apprise_does_not_know_is_permanent(
    address: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotifyError) as caught:
        notify.send(chat(address), ALERT, now=NOW)
    assert caught.value.permanent is True
    printed = capfd.readouterr()
    assert "secret-token-9" not in str(caught.value) + printed.out + printed.err + caplog.text


def test_html_goes_to_services_that_take_it() -> None:
    with HookServer(Hook()) as hook:
        notify.send(chat(apprise_address(hook) + "?format=html", options={"format": "html"}), ALERT, now=NOW)
    assert "<strong" in json.loads(hook.requests[0][1])["message"]


def test_a_refusal_keeps_its_reason_when_logs_are_set_up() -> None:
    """The reason comes by Apprise's own log: a service that quietens it would park messages without saying why."""
    log.set_up(stream=io.StringIO())
    with HookServer(Hook(answers=[(404, "")])) as hook, pytest.raises(NotifyError, match="404"):
        notify.send(chat(apprise_address(hook)), ALERT, now=NOW)
