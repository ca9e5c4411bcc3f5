"""Who asks: a session's cookie, a token, or, on the loopback address while there are no users, whoever is there."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from pipeline.service import passwords
from pipeline.service.desk import entry
from pipeline.service.desk.entry import Person
from pipeline.web.state import State, state_of

COOKIE = "claimwatch_session"
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"


class SignInFirst(Exception):
    """Somebody without a session asks for a page; `path` is where to go afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def cookie_name(state: State) -> str:
    """With https the browser itself keeps the cookie to this host and to safe connections."""
    return f"__Host-{COOKIE}" if state.secure else COOKIE


def find(request: Request) -> Person | None:
    """The person of a request, None for nobody. A token that is not good is nobody, whatever else is sent."""
    state = state_of(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return entry.by_token(state.desk, key.strip()) if scheme.lower() == "bearer" else None
    cookie = request.cookies.get(cookie_name(state), "")
    person = entry.by_cookie(state.desk, cookie) if cookie else None
    if person is None and state.open():
        return Person(name=entry.LOCAL, role="reviewer", csrf=state.csrf)
    return person


def reader(request: Request) -> Person:
    """Anybody who may read. 401 on the interface; on pages the way leads over the sign-in."""
    person = find(request)
    if person is None:
        if request.url.path.startswith("/api/"):
            raise HTTPException(401, "sign in, or send a token", headers={"WWW-Authenticate": "Bearer"})
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInFirst(request.url.path + query if request.method == "GET" else "/")
    if "read" not in person.scopes:
        raise HTTPException(403, "this token may not read")
    return person


async def reviewer(request: Request) -> Person:
    """Somebody who may decide, with the proof that the request comes from our own page."""
    person = await run_in_threadpool(reader, request)
    if not person.reviews:
        raise HTTPException(403, "readers look, reviewers decide: ask for the role of a reviewer")
    await check_csrf(request, person)
    return person


async def own_page(request: Request) -> Person:
    """Anybody who may read, with the proof that the request comes from our own page."""
    person = await run_in_threadpool(reader, request)
    await check_csrf(request, person)
    return person


async def trier(request: Request) -> Person:
    """Whoever may try something: readers too, but no token that may only read, since a trial costs work and fetches."""
    person = await own_page(request)
    if "review" not in person.scopes:
        raise HTTPException(403, "this token may only read: a trial costs work, and needs the scope review")
    return person


def auditor(request: Request) -> Person:
    """Somebody who may read the log of every change: reviewers."""
    person = reader(request)
    if person.role != "reviewer":
        raise HTTPException(403, "The log is for reviewers.")
    return person


async def check_csrf(request: Request, person: Person) -> None:
    """403 unless the page's own token came along; a request with a key of its own needs none."""
    if not person.csrf:
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not given and "form" in request.headers.get("content-type", ""):
        form = await request.form()
        field = form.get(CSRF_FIELD, "")
        given = field if isinstance(field, str) else ""
    if not given or not passwords.same(given, person.csrf):
        raise HTTPException(403, "this page is too old to decide from: load it again, then decide")


def local_path(path: str) -> str:
    """A path on these pages, "/" for anything else: nobody is led away after signing in."""
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    if not plain or any(ord(char) < 33 or ord(char) == 127 for char in path):
        return "/"
    return quote(path, safe="/?&=%#:+,~-._")


Reader = Annotated[Person, Depends(reader)]
Reviewer = Annotated[Person, Depends(reviewer)]
Trier = Annotated[Person, Depends(trier)]
Auditor = Annotated[Person, Depends(auditor)]
