"""No secret in an error."""

from __future__ import annotations

import pickle

from pipeline.model.rules import Channel, Secret
from pipeline.notify.masking import failure, masked, place


def test_a_secret_is_never_shown_and_survives_the_way_to_a_worker() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
    assert pickle.loads(pickle.dumps(secret)).reveal() == "hunter2"
    assert secret == Secret("hunter2")
    assert len({secret, Secret("hunter2"), Secret("other")}) == 2


def test_secrets_are_struck_out_in_each_of_their_forms() -> None:
    channel = Channel(
        id="c",
        kind="mail",
        options={"password": Secret("p/ss wörd"), "host": "mail.example", "short": Secret("ab")},
    )
    said = masked("535 p/ss wörd, p%2Fss%20w%C3%B6rd at mail.example\r\nabout", channel)
    assert said == "535 ***, *** at mail.example about"


def test_every_part_of_a_chat_address_may_be_a_token() -> None:
    channel = Channel(
        id="c", kind="apprise", address=Secret("tgram://bot-user:longtoken99@host/roomtoken1/?key=abcdefghij")
    )
    said = masked("refused: roomtoken1 longtoken99 bot-user key=abcdefghij host", channel)
    assert said == "refused: *** *** *** *** host"


def test_an_error_names_its_channel_and_is_one_line() -> None:
    error = failure(Channel(id="c", kind="mail"), "one\ntwo " + "x" * 1000, permanent=True, hint="look there")
    assert str(error).startswith("c: one two x")
    assert str(error).endswith("… (look there)")
    assert len(error.message) == 300


def test_of_an_address_only_the_place_is_shown() -> None:
    assert place("https://ada:secret@hooks.example:8443/token?x=y") == "https://hooks.example:8443"
    assert place("not an address") == "its address"
    assert place("http://[broken") == "its address"
