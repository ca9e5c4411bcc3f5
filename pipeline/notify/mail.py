"""Mail over SMTP: text and HTML, one thread a claim, encrypted and verified unless told otherwise."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, getaddresses, parseaddr

from pipeline.errors import NotifyError
from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure, plain
from pipeline.notify.parcel import Parcel
from pipeline.text import display

_TIMEOUT = timedelta(seconds=30)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SUBJECT_CHARS = 200  # code points; mail programs show 60 to 100


def compose(channel: Channel, message: Message, recipient: str, now: datetime) -> EmailMessage:
    """The mail as it goes out. Nothing in a message can add a header: each value is one clean line.

    Message-ID comes from the message's id and References from its thread, both at the sender's domain: the same message
    is the same mail at every try, and all of one claim stand together. Raises NotifyError for an address that is none.
    """
    sender = _address(channel, plain(channel.options.get("from", "")))
    subject = display.clean(message.subject, _SUBJECT_CHARS) or "claimwatch"
    # A short enough header on one line: some readers show the blank of a line that is folded before its first word.
    mail = EmailMessage(policy=WIRE.clone(max_line_length=998) if subject.isascii() else WIRE)
    mail["From"] = sender
    mail["To"] = _address(channel, recipient)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now.astimezone(UTC))
    mail["Message-ID"] = f"<{_token(message.id)}@{sender.domain}>"
    if message.thread:
        root = f"<{_token(message.thread)}@{sender.domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    if channel.options.get("reply_to"):
        mail["Reply-To"] = _address(channel, plain(channel.options["reply_to"]))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(_sendable(message.text))
    if message.html:
        mail.add_alternative(_sendable(message.html), subtype="html")
    for name, media, data in message.attachments:
        main, _, sub = media.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub or "octet-stream", filename=display.clean(name, 100))
    return mail


def send(parcel: Parcel) -> None:
    """Sends one mail to each recipient that is not yet in `done` (as `to:ADDRESS`).

    Raises NotifyError after all have been tried. It is permanent when every failure is a refusal of a recipient or of
    the message (5xx); a server that is away, says 4xx, offers no encryption or refuses the password is temporary,
    because no other message would fare better.
    """
    channel, message, now = parcel.channel, parcel.message, parcel.now
    recipients = _recipients(channel)
    waiting = [one for one in recipients if f"to:{one}" not in parcel.done]
    delivered = [f"to:{one}" for one in recipients if f"to:{one}" in parcel.done]
    refused: list[tuple[bool, str]] = []
    mails = [(one, compose(channel, message, one, now)) for one in waiting]
    if not mails:
        return
    with _connected(channel, delivered) as server:
        for recipient, mail in mails:
            problem = _hand_over(server, mail, recipient)
            if problem is None:
                delivered.append(f"to:{recipient}")
            else:
                refused.append(problem)
    if refused:
        permanent = all(final for final, _ in refused)
        raise failure(
            channel,
            "; ".join(text for _, text in refused),
            permanent=permanent,
            delivered=tuple(delivered),
            hint="check the address" if permanent else "",
        )


def probe(channel: Channel) -> None:
    """Connects, encrypts and logs in as for a mail, and looks at the addresses. Raises NotifyError as `send` does."""
    _address(channel, plain(channel.options.get("from", "")))
    for recipient in _recipients(channel):
        _address(channel, recipient)
    with _connected(channel, []) as server:
        server.noop()


def _recipients(channel: Channel) -> tuple[str, ...]:
    given = channel.options.get("to", ())
    found = (given,) if isinstance(given, str) else given if isinstance(given, tuple) else ()
    if not found:
        raise failure(channel, "it has no recipient", permanent=True, hint="give `to` in alerts.yaml")
    return tuple(dict.fromkeys(str(one) for one in found))


def _address(channel: Channel, text: str) -> Address:
    found = getaddresses([display.clean(text)])
    name, address = found[0] if len(found) == 1 else ("", "")
    local, _, domain = address.rpartition("@")
    if not local or not domain or any(c in address for c in ",;<> "):
        raise failure(channel, f"{text!r} is no mail address", permanent=True, hint="correct it in alerts.yaml")
    if not address.isascii():
        hint = "write its domain as xn--...; names in other letters are not sent to"
        raise failure(channel, f"{address} is not in ASCII", permanent=True, hint=hint)
    return Address(display_name=name, username=local, domain=domain)


def _token(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in text)


def _sendable(text: str) -> str:
    """Without lone surrogates and characters that SMTP does not carry."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


@contextmanager
def _connected(channel: Channel, delivered: list[str]) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted, verified and logged in as the channel says; closed politely."""
    try:
        server = _open(channel)
    except (OSError, smtplib.SMTPException) as error:
        raise failure(
            channel, f"the mail server cannot be used: {_said(error)}", permanent=False, delivered=tuple(delivered)
        ) from error
    try:
        yield server
    except NotifyError:
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise failure(
            channel, f"the mail server broke off: {_said(error)}", permanent=False, delivered=tuple(delivered)
        ) from error
    finally:
        _close(server)


def _open(channel: Channel) -> smtplib.SMTP:
    options = channel.options
    security = str(options.get("security", "starttls"))
    host, port = str(options.get("host", "")), int(str(options.get("port", _PORTS.get(security, 587))))
    timeout = options.get("timeout", _TIMEOUT)
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else _TIMEOUT.total_seconds()
    authority = options.get("ca_file")
    server: smtplib.SMTP
    if security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=seconds, context=_context(authority))
    else:
        server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        if security == "starttls":
            server.starttls(context=_context(authority))
        if options.get("user"):
            server.login(plain(options["user"]), plain(options.get("password", "")))
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _context(authority: object) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority) if authority else None)


def _close(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _hand_over(server: smtplib.SMTP, mail: EmailMessage, recipient: str) -> tuple[bool, str] | None:
    """None when the server took the mail; else whether that is final, and what it said."""
    address = parseaddr(recipient)[1]
    sender = parseaddr(str(mail["From"]))[1]
    try:
        server.sendmail(sender, [address], mail.as_bytes())
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return 500 <= code < 600, f"{address} was refused: {code} {_text(text)}"
    except smtplib.SMTPResponseException as error:
        return 500 <= error.smtp_code < 600, f"the mail to {address} was refused: {_said(error)}"
    return None


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
