"""Channels that cannot work are found before the first message."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers.postbox import CERTIFICATE, Hook, HookServer, Postbox, SmtpServer

from pipeline import notify
from pipeline.errors import NotifyError
from pipeline.model.rules import Channel, Secret

# Apprise looks for an old module of Python's when it first loads its services.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def mail(box: Postbox, **more: object) -> Channel:
    options = {
        "host": "localhost",
        "port": box.port,
        "security": "none",
        "from": "w@desk.example",
        "to": ("a@b.example",),
    }
    return Channel(id="mail", kind="mail", options={**options, **more})


def test_mail_is_tried_as_far_as_the_password_and_nothing_is_sent() -> None:
    with SmtpServer(Postbox(), security="starttls", password="right one") as box:
        safe = {"security": "starttls", "ca_file": str(CERTIFICATE), "user": "ada"}
        notify.probe(mail(box, **safe, password=Secret("right one")))
        with pytest.raises(NotifyError, match="535"):
            notify.probe(mail(box, **safe, password=Secret("wrong")))
        with pytest.raises(NotifyError, match="no mail address"):
            notify.probe(mail(box, **safe, to=("nobody",)))
    with pytest.raises(NotifyError, match="cannot be used"):
        notify.probe(mail(box))
    assert box.mails == []


def test_a_webhook_is_connected_to_and_not_called() -> None:
    with HookServer(Hook(), tls=True) as hook:
        address = Secret(hook.url + "/token")
        notify.probe(Channel(id="h", kind="webhook", address=address, options={"ca_file": str(CERTIFICATE)}))
        with pytest.raises(NotifyError, match="certificate"):
            notify.probe(Channel(id="h", kind="webhook", address=address))
    assert hook.requests == []
    with pytest.raises(NotifyError, match="cannot be reached"):
        notify.probe(Channel(id="h", kind="webhook", address=hook.url.replace("https", "http")))


def test_an_apprise_address_is_looked_at() -> None:
    notify.probe(Channel(id="c", kind="apprise", address=Secret("json://127.0.0.1:9/x")))
    with pytest.raises(NotifyError, match="does not know") as caught:
        notify.probe(Channel(id="c", kind="apprise", address="pigeon://x"))
    assert caught.value.permanent is True


def test_a_file_needs_a_folder_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    notify.probe(Channel(id="f", kind="file", address=str(tmp_path / "new" / "alerts.log")))
    notify.probe(Channel(id="f", kind="file", address=str(tmp_path / "taken")))
    notify.probe(Channel(id="console", kind="stdout"))
    with pytest.raises(NotifyError, match="cannot be written"):
        notify.probe(Channel(id="f", kind="atom", address=str(tmp_path / "taken" / "alerts.atom")))
    with pytest.raises(NotifyError, match="is a folder"):
        notify.probe(Channel(id="f", kind="json-feed", address=str(tmp_path)))
