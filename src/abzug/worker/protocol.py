"""What supervisor and editor say to each other: JSON over a socket pair.

JSON and not pickle, because an editor handles hostile files: whatever it sends is only data.
"""

from __future__ import annotations

import threading
from multiprocessing.connection import Connection
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from abzug.messages import EditRequest, Notice, ReportError, ResultRef


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edit(Note):
    """To an editor: edit this."""

    kind: Literal["edit"] = "edit"
    token: int
    request: EditRequest


class Drain(Note):
    """To an editor: give back what you have not begun, finish the rest, end."""

    kind: Literal["drain"] = "drain"


class Alive(Note):
    """From an editor, twice a second: I am not stopped. awake: seconds that it was not."""

    kind: Literal["alive"] = "alive"
    awake: float


class Ready(Note):
    """From an editor: warm, and waiting for work."""

    kind: Literal["ready"] = "ready"


class Editing(Note):
    """The pixels are being worked on from now: if I die, it was this one."""

    kind: Literal["editing"] = "editing"
    token: int


class Waiting(Note):
    """The store is away, and I wait for it: nobody is to blame."""

    kind: Literal["waiting"] = "waiting"
    token: int


class Edited(Note):
    """The pixels are done; the results are being stored."""

    kind: Literal["edited"] = "edited"
    token: int


class Succeeded(Note):
    kind: Literal["succeeded"] = "succeeded"
    token: int
    results: tuple[ResultRef, ...]
    notices: tuple[Notice, ...] = ()
    cpu_seconds: float
    reused: bool = False


class Failed(Note):
    """error.permanent tells whether another attempt could help. away: the store was, for longer
    than it is waited for; this is no attempt of the photo's."""

    kind: Literal["failed"] = "failed"
    token: int
    error: ReportError
    cpu_seconds: float = 0.0
    away: bool = False


class Dropped(Note):
    """Not begun: given back unharmed (drain), or its job was cancelled."""

    kind: Literal["dropped"] = "dropped"
    token: int
    cancelled: bool = False


Command = Annotated[Edit | Drain, Field(discriminator="kind")]
Answer = Annotated[
    Alive | Ready | Editing | Waiting | Edited | Succeeded | Failed | Dropped,
    Field(discriminator="kind"),
]
_commands: TypeAdapter[Edit | Drain] = TypeAdapter(Command)
_answers: TypeAdapter[Alive | Ready | Editing | Waiting | Edited | Succeeded | Failed | Dropped] = (
    TypeAdapter(Answer)
)


def send(connection: Connection, note: Note) -> None:
    """Raises OSError when the other side is gone."""
    connection.send_bytes(note.model_dump_json(exclude_defaults=False).encode())


class Voice:
    """An editor's, for all of its threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def say(self, note: Note) -> None:
        """Raises OSError when the supervisor is gone."""
        with self._sending:  # else two long notes would be mixed up
            send(self._connection, note)


def read_command(connection: Connection) -> Edit | Drain:
    """Raises EOFError or OSError when the supervisor is gone."""
    return _commands.validate_json(connection.recv_bytes())


def read_answer(
    connection: Connection,
) -> Alive | Ready | Editing | Waiting | Edited | Succeeded | Failed | Dropped:
    """Raises EOFError or OSError when the editor is gone, ValueError when it talks nonsense."""
    return _answers.validate_json(connection.recv_bytes())
