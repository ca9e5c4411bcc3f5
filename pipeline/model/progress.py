"""How far something is that takes long."""

from collections.abc import Callable

Told = Callable[[int, int], None]  # how much is done, of how much


def untold(_done: int, _of: int) -> None:
    """For those whom nobody watches."""
