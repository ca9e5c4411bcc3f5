"""A real SMTP server and a real webhook receiver on loopback, each in its own thread, that fail when told to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "loopback.pem"


def server_context() -> ssl.SSLContext:
    """TLS with the certificate for localhost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@dataclass
class Postbox:
    """What arrived, and how to answer: `recipients` address -> answer, `data` answers to whole mails in turn."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802  the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            answer = self.data.pop(0)
            if answer == "hang up":
                server.transport.close()
            if not answer.startswith("250"):
                return answer
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.envelopes.append((str(envelope.mail_from), tuple(envelope.rcpt_tos)))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


class SmtpServer:
    """Runs aiosmtpd around a Postbox: `security` none, starttls or tls; with `password`, log-in is required."""

    def __init__(self, box: Postbox, *, security: str = "none", password: str = "") -> None:
        self.box = box
        self.security = security
        self.password = password
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.ready = threading.Event()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(
            self.loop.create_server(
                self._session, "127.0.0.1", 0, ssl=server_context() if self.security == "tls" else None
            )
        )
        self.box.port = self.server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        self.server.close()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.run_until_complete(self.server.wait_closed())
        self.loop.close()

    def _session(self) -> SMTP:
        more: dict[str, object] = {}
        if self.security == "starttls":
            more = {"tls_context": server_context(), "require_starttls": True}
        if self.password:
            more |= {
                "authenticator": self._check,
                "auth_required": True,
                "auth_require_tls": True,
            }
        return SMTP(self.box, hostname="localhost", loop=self.loop, enable_SMTPUTF8=False, **more)

    def _check(self, server: object, session: object, envelope: object, mechanism: str, login: object) -> AuthResult:
        assert isinstance(login, LoginPassword)
        return AuthResult(success=login.password == self.password.encode(), handled=False)

    def __enter__(self) -> Postbox:
        self.thread.start()
        assert self.ready.wait(10)
        return self.box

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


@dataclass
class Hook:
    """What a webhook received, and the answers it gives in turn; then 200."""

    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, str] | str] = field(default_factory=list)  # (status, body), or "hang up"
    url: str = ""


class HookServer:
    """Runs an HTTP server around a Hook, with TLS when asked."""

    def __init__(self, hook: Hook, *, tls: bool = False) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                hook.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
                answer = hook.answers.pop(0) if hook.answers else (200, "ok")
                if isinstance(answer, str):
                    self.close_connection = True
                    return
                status, text = answer
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.hook = hook
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = server_context().wrap_socket(self.server.socket, server_side=True)
        hook.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Hook:
        self.thread.start()
        return self.hook

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)
