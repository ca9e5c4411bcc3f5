"""Messages to standard output or at the end of a file, as text or as JSON lines."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.model.alert import Message
from pipeline.model.rules import Channel
from pipeline.notify.masking import failure, plain
from pipeline.notify.parcel import Parcel


def to_stdout(parcel: Parcel) -> None:
    """Writes the message to standard output and flushes it. Raises NotifyError when nobody reads there any more."""
    channel, message, now = parcel.channel, parcel.message, parcel.now
    try:
        sys.stdout.write(_written(channel, message, now))
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        raise failure(channel, f"standard output takes nothing: {error}", permanent=False) from error


def to_file(parcel: Parcel) -> None:
    """Adds the message to the end of the file, in one write that is on the disk when this returns.

    Raises NotifyError, temporary: a full disk or a missing right can be mended.
    """
    channel, message, now = parcel.channel, parcel.message, parcel.now
    path = Path(plain(channel.address))
    data = _written(channel, message, now).encode("utf-8", "replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            size = os.fstat(handle).st_size
            written = os.write(handle, data)
            if written != len(data):
                os.ftruncate(handle, size)
                raise OSError("only a part could be written")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        reason = error.strerror or str(error)
        raise failure(
            channel,
            f"{path} cannot be written: {reason}",
            permanent=False,
            hint="free the disk or mend the rights; it is tried again",
        ) from error


def _written(channel: Channel, message: Message, now: datetime) -> str:
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    if channel.options.get("format") == "jsonl":
        record = {"id": message.id, "sent_at": stamp, "subject": message.subject, **message.data}
        if not message.data:
            record["text"] = message.text
        return json.dumps(record, ensure_ascii=False) + "\n"
    return f"--- {stamp} {message.id}\n{message.text.rstrip()}\n\n"
