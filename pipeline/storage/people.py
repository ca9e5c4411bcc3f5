"""Users, sessions, tokens, sign-in attempts, and the audit log of every change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.storage import tables as t
from pipeline.storage.session import Transaction

u = t.users.c
s = t.sessions.c
k = t.tokens.c
n = t.sign_ins.c
d = t.audit.c


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in; the hash is argon2's."""

    name: str
    password_hash: str
    role: str  # reader, reviewer
    created_at: datetime
    last_seen_at: datetime | None
    disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser."""

    digest: str
    user: str
    csrf: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key to the interface; the key itself is not kept."""

    id: int
    name: str
    owner: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the audit log."""

    id: int
    at: datetime
    who: str
    action: str
    thing_kind: str
    thing: str
    before: Any
    after: Any
    note: str


def put_user(tx: Transaction, name: str, *, password_hash: str, role: str, now: datetime) -> bool:
    """Adds a user, or gives one a new password and role; signed-in browsers of that user are out. True when new."""
    new = tx.insert_new(
        t.users, {"name": name, "password_hash": password_hash, "role": role, "created_at": now, "disabled": False}
    )
    if new is None:
        values = {"password_hash": password_hash, "role": role, "disabled": False}
        tx.execute(sa.update(t.users).where(u.name == name).values(**values))
        tx.execute(sa.delete(t.sessions).where(s.user == name))
    return new is not None


def user(tx: Transaction, name: str) -> User | None:
    row = tx.first(sa.select(t.users).where(u.name == name))
    return None if row is None else User(**row._mapping)


def users(tx: Transaction) -> tuple[User, ...]:
    return tuple(User(**row._mapping) for row in tx.all(sa.select(t.users).order_by(u.name)))


def remove_user(tx: Transaction, name: str) -> bool:
    """Removes a user with sessions and tokens. False when there is none."""
    tx.execute(sa.delete(t.tokens).where(k.owner == name))
    return tx.count(sa.delete(t.users).where(u.name == name)) > 0


def open_session(
    tx: Transaction, digest: str, *, user_name: str, csrf: str, expires_at: datetime, now: datetime
) -> None:
    """Signs a browser in; `digest` is the hash of its cookie."""
    values = {"digest": digest, "user": user_name, "csrf": csrf, "created_at": now, "expires_at": expires_at}
    tx.execute(sa.insert(t.sessions).values(**values))
    tx.execute(sa.update(t.users).where(u.name == user_name).values(last_seen_at=now))


def session(tx: Transaction, digest: str, *, now: datetime) -> Session | None:
    """The session of a cookie, None when it ran out or its user may no longer sign in."""
    query = sa.select(t.sessions).join(t.users, u.name == s.user)
    row = tx.first(query.where(s.digest == digest, s.expires_at > now, sa.not_(u.disabled)))
    return None if row is None else Session(**row._mapping)


def close_session(tx: Transaction, digest: str) -> None:
    tx.execute(sa.delete(t.sessions).where(s.digest == digest))


def add_token(
    tx: Transaction,
    digest: str,
    *,
    name: str,
    owner: str,
    scopes: tuple[str, ...],
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """A key to the interface, by its hash; its number."""
    return tx.insert(
        t.tokens, digest=digest, name=name, owner=owner, scopes=list(scopes), created_at=now, expires_at=expires_at
    )


def token(tx: Transaction, digest: str, *, now: datetime) -> Token | None:
    """The token of a key, None when it ran out or was revoked."""
    valid = sa.and_(k.revoked_at.is_(None), sa.or_(k.expires_at.is_(None), k.expires_at > now))
    row = tx.first(sa.select(t.tokens).where(k.digest == digest, valid))
    return None if row is None else _token(row)


def token_used(tx: Transaction, token_id: int, *, now: datetime) -> None:
    tx.execute(sa.update(t.tokens).where(k.id == token_id).values(last_used_at=now))


def tokens(tx: Transaction) -> tuple[Token, ...]:
    return tuple(_token(row) for row in tx.all(sa.select(t.tokens).order_by(k.id)))


def revoke_token(tx: Transaction, token_id: int, *, now: datetime) -> bool:
    """False when there is none or it was revoked before."""
    return tx.count(sa.update(t.tokens).where(k.id == token_id, k.revoked_at.is_(None)).values(revoked_at=now)) > 0


def _token(row: Any) -> Token:
    values = {name: row._mapping[name] for name in Token.__dataclass_fields__}
    return Token(**values | {"scopes": tuple(row.scopes or ())})


def signed_in(tx: Transaction, *, who: str, address: str, ok: bool, now: datetime) -> None:
    """Notes an attempt, for the rate limit."""
    tx.execute(sa.insert(t.sign_ins).values(who=who, address=address, ok=ok, at=now))


def failures(tx: Transaction, *, who: str, address: str, since: datetime) -> tuple[int, int]:
    """Failed attempts since then: for that name, and from that address."""
    failed = sa.and_(sa.not_(n.ok), n.at >= since)
    by_name = tx.scalar(sa.select(sa.func.count()).select_from(t.sign_ins).where(failed, n.who == who))
    by_address = tx.scalar(sa.select(sa.func.count()).select_from(t.sign_ins).where(failed, n.address == address))
    return int(by_name), int(by_address)


def record(
    tx: Transaction,
    *,
    who: str,
    action: str,
    thing_kind: str,
    thing: str,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
) -> int:
    """Writes a line of the audit log, in the transaction of the change; its number."""
    return tx.insert(
        t.audit,
        at=now,
        who=who,
        action=action,
        thing_kind=thing_kind,
        thing=thing,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        note=note,
    )


def changes(
    tx: Transaction,
    *,
    who: str = "",
    action: str = "",
    thing_kind: str = "",
    thing: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Change, ...]:
    """The audit log, newest first, `until` left out; go on with `before`, the last number."""
    query = sa.select(t.audit)
    for column, wanted in ((d.who, who), (d.action, action), (d.thing_kind, thing_kind), (d.thing, thing)):
        if wanted:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(d.at >= since)
    if until is not None:
        query = query.where(d.at < until)
    if before is not None:
        query = query.where(d.id < before)
    return tuple(Change(**row._mapping) for row in tx.all(query.order_by(d.id.desc()).limit(limit)))


def change(tx: Transaction, change_id: int) -> Change | None:
    row = tx.first(sa.select(t.audit).where(d.id == change_id))
    return None if row is None else Change(**row._mapping)
