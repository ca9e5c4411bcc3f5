"""Who may come in: users, sign-in with its rate limit, sessions and tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import ClaimwatchError
from pipeline.service import passwords
from pipeline.service.wiring import Desk
from pipeline.storage import people
from pipeline.storage.people import Token, User

ROLES = ("reader", "reviewer")
SCOPES = ("read", "review", "metrics")
LOCAL = "local"  # who acts on the loopback address while there are no users
WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 8  # failed attempts within the window
MOST_BY_ADDRESS = 24  # an office may share one
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, and what for. `csrf` is "" for a token, which no page of others can send."""

    name: str
    role: str  # reader, reviewer
    scopes: tuple[str, ...] = ("read", "review", "metrics")
    csrf: str = ""
    session: str = ""  # digest of the cookie

    @property
    def reviews(self) -> bool:
        return self.role == "reviewer" and "review" in self.scopes


class TooMany(ClaimwatchError):
    """Too many failed attempts; `wait` says how long nobody is let in."""

    wait: timedelta = WINDOW


def has_users(desk: Desk) -> bool:
    with desk.store.read() as tx:
        return bool(people.users(tx))


def sign_in(desk: Desk, name: str, password: str, *, address: str) -> tuple[str, Person] | None:
    """A new session's cookie and its person; None for a wrong name or password. Raises TooMany."""
    now = desk.clock.now()
    name = name.strip().lower()[:64]
    with desk.store.read() as tx:
        by_name, by_address = people.failures(tx, who=name, address=address, since=now - WINDOW)
        user = people.user(tx, name)
    if by_name >= MOST_BY_NAME or by_address >= MOST_BY_ADDRESS:
        raise TooMany("too many failed attempts", thing="sign-in", hint="wait a quarter of an hour, then try again")
    stored = user.password_hash if user is not None and not user.disabled else ""
    right = len(password) <= passwords.LONGEST and passwords.matches(password, stored)
    with desk.store.transaction() as tx:
        people.signed_in(tx, who=name, address=address, ok=right, now=now)
        if not right or user is None:
            return None
        cookie, csrf = passwords.drawn(), passwords.drawn()
        until = now + desk.settings.web.session
        people.open_session(tx, passwords.digest(cookie), user_name=user.name, csrf=csrf, expires_at=until, now=now)
        people.record(tx, who=user.name, action="sign-in", thing_kind="user", thing=user.name, now=now)
    return cookie, Person(name=user.name, role=user.role, csrf=csrf, session=passwords.digest(cookie))


def sign_out(desk: Desk, person: Person) -> None:
    with desk.store.transaction() as tx:
        people.close_session(tx, person.session)


def by_cookie(desk: Desk, cookie: str) -> Person | None:
    """Whose session it is; None when it ran out or never was."""
    digest = passwords.digest(cookie)
    with desk.store.read() as tx:
        session = people.session(tx, digest, now=desk.clock.now())
        user = people.user(tx, session.user) if session is not None else None
    if session is None or user is None:
        return None
    return Person(name=user.name, role=user.role, csrf=session.csrf, session=digest)


def by_token(desk: Desk, key: str) -> Person | None:
    """Whose key it is; None when it ran out, was revoked, or its owner is gone."""
    now = desk.clock.now()
    with desk.store.read() as tx:
        token = people.token(tx, passwords.digest(key), now=now)
        owner = people.user(tx, token.owner) if token is not None else None
    if token is None or (owner is None and token.owner != LOCAL) or (owner is not None and owner.disabled):
        return None
    if token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1):
        with desk.store.transaction() as tx:
            people.token_used(tx, token.id, now=now)
    role = owner.role if owner is not None else "reviewer"
    return Person(name=token.owner, role=role, scopes=token.scopes)


def add_user(desk: Desk, name: str, password: str, role: str, *, by: str = "terminal") -> bool:
    """Adds a user or gives one another password and role; True when new. Raises ClaimwatchError with what is wrong."""
    name = name.strip().lower()
    if not _NAME.fullmatch(name) or name == LOCAL:
        raise ClaimwatchError(
            "is no user name", thing=repr(name), hint="small letters, digits and . _ @ - , at most 64, not 'local'"
        )
    if role not in ROLES:
        raise ClaimwatchError("is no role", thing=repr(role), hint=f"one of {', '.join(ROLES)}")
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise ClaimwatchError(
            f"the password has {len(password)} characters",
            thing=name,
            hint=f"{passwords.SHORTEST} to {passwords.LONGEST}",
        )
    now = desk.clock.now()
    stored = passwords.hashed(password)
    with desk.store.transaction() as tx:
        new = people.put_user(tx, name, password_hash=stored, role=role, now=now)
        action = "add-user" if new else "change-user"
        people.record(tx, who=by, action=action, thing_kind="user", thing=name, now=now, after={"role": role})
    return new


def remove_user(desk: Desk, name: str, *, by: str = "terminal") -> bool:
    """False when there is none."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        done = people.remove_user(tx, name)
        if done:
            people.record(tx, who=by, action="remove-user", thing_kind="user", thing=name, now=now)
    return done


def all_users(desk: Desk) -> tuple[User, ...]:
    with desk.store.read() as tx:
        return people.users(tx)


def add_token(
    desk: Desk, name: str, *, owner: str, scopes: Sequence[str], expires_at: datetime | None, by: str = "terminal"
) -> str:
    """A new key, told once. Raises ClaimwatchError for an unknown owner or scope, or a time that is past."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise ClaimwatchError(
            f"{', '.join(unknown) or 'none'} is no scope", thing=name, hint=f"one or more of {', '.join(SCOPES)}"
        )
    now = desk.clock.now()
    if expires_at is not None and expires_at <= now:
        raise ClaimwatchError("that time is past", thing=name)
    key = passwords.drawn()
    with desk.store.transaction() as tx:
        if owner != LOCAL and people.user(tx, owner) is None:
            raise ClaimwatchError("is no user", thing=owner, hint="claimwatch users list")
        number = people.add_token(
            tx,
            passwords.digest(key),
            name=name.strip()[:100],
            owner=owner,
            scopes=tuple(scopes),
            now=now,
            expires_at=expires_at,
        )
        people.record(
            tx,
            who=by,
            action="add-token",
            thing_kind="token",
            thing=str(number),
            now=now,
            after={"owner": owner, "scopes": list(scopes)},
        )
    return key


def all_tokens(desk: Desk) -> tuple[Token, ...]:
    with desk.store.read() as tx:
        return people.tokens(tx)


def revoke_token(desk: Desk, number: int, *, by: str = "terminal") -> bool:
    """False when there is none or it was revoked before."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        done = people.revoke_token(tx, number, now=now)
        if done:
            people.record(tx, who=by, action="revoke-token", thing_kind="token", thing=str(number), now=now)
    return done


def log(
    desk: Desk,
    *,
    who: str = "",
    action: str = "",
    thing_kind: str = "",
    thing: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 60,
) -> tuple[people.Change, ...]:
    """The audit log, newest first; go on with `before`, the last number."""
    with desk.store.read() as tx:
        return people.changes(
            tx,
            who=who,
            action=action,
            thing_kind=thing_kind,
            thing=thing,
            since=since,
            until=until,
            before=before,
            limit=limit,
        )


def change(desk: Desk, number: int) -> people.Change | None:
    """One line of the audit log."""
    with desk.store.read() as tx:
        return people.change(tx, number)
