"""The one error tree. An error says what happened, to which thing, and what to do next."""

from __future__ import annotations

from pipeline.model.outcome import Reason


class ClaimwatchError(Exception):
    """Base of every error that we raise; `thing` is the id of what it happened to."""

    def __init__(self, message: str, *, thing: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.thing = thing
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.thing}: {self.message}" if self.thing else self.message
        return f"{head} ({self.hint})" if self.hint else head

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), dict(self.__dict__)))


def _rebuild(kind: type[ClaimwatchError], state: dict[str, object]) -> ClaimwatchError:
    error = kind.__new__(kind)
    Exception.__init__(error, state.get("message", ""))
    error.__dict__.update(state)
    return error


class ConfigError(ClaimwatchError):
    """The configuration cannot be used; `faults` lists every place, already worded."""

    def __init__(self, message: str, *, thing: str = "", hint: str = "", faults: tuple[str, ...] = ()) -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.faults = faults


class FetchError(ClaimwatchError):
    """An address could not be fetched; `reason` says why, `status` is the HTTP status or None."""

    def __init__(
        self,
        message: str,
        *,
        thing: str,
        reason: Reason,
        status: int | None = None,
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after  # seconds, as the server asked


class ParseError(ClaimwatchError):
    """Bytes are not what they should be: a feed, a sitemap, a page."""

    def __init__(self, message: str, *, thing: str, reason: Reason, hint: str = "") -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.reason = reason


class StoreError(ClaimwatchError):
    """The database refused, is locked, is full, cannot be reached or has another schema; `reason` says which."""

    def __init__(self, message: str, *, thing: str = "", hint: str = "", reason: Reason = Reason.UNEXPECTED) -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.reason = reason


class SchemaError(StoreError):
    """The database is of an older or newer schema than the program."""


class LeaseLost(StoreError):
    """Somebody else coordinates now; this process may no longer write."""


class SecondReaderError(ClaimwatchError):
    """A second reader gave no answer that can be used; `wrong` when it answered, and the answer is not in the form."""

    def __init__(
        self, message: str, *, thing: str = "", hint: str = "", wrong: bool = False, tokens: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.wrong = wrong
        self.tokens = tokens  # read and written, where the answer that cannot be used was paid for


class NotifyError(ClaimwatchError):
    """A channel did not take a message; `permanent` when trying again is no use.

    `delivered` names the parts that arrived (a piece of a split text, one of several recipients): give them as `done`
    when trying again, so that nobody gets anything twice.
    """

    def __init__(
        self, message: str, *, thing: str, hint: str = "", permanent: bool = False, delivered: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, thing=thing, hint=hint)
        self.permanent = permanent
        self.delivered = delivered


class ReviewError(ClaimwatchError):
    """A reviewer's change cannot be made: the thing is gone or somebody else changed it."""
