"""What travels on the two queues: edit requests to the workers, status reports back.

Messages are frozen, versioned and JSON. A reader refuses a version that it does not know, so
that an old worker never half-understands a new request.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from abzug.errors import AbzugError

VERSION: Literal[1] = 1


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = VERSION

    def to_json(self) -> str:
        """Without the two non-characters that a queue refuses; a file's name may have them."""
        text = self.model_dump_json(exclude_none=True)
        return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


Value = str | int | float | list[str] | dict[str, float]
"""What a notice tells of: names, numbers, several names, or sliders by their operations."""


class Notice(BaseModel):
    """Something to be known that is no error: `text` says it in English. `code` and `values` are
    for programs, which may say it in another language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    values: dict[str, Value] = {}
    text: str

    @model_validator(mode="before")
    @classmethod
    def _of_text(cls, data: Any) -> Any:
        """Workers and databases of the first version have only the text."""
        return {"code": "text", "text": data} if isinstance(data, str) else data


class Catalog(enum.Enum):
    """What can be told: the name of each member is a code, its value a template in English."""

    def notice(self, english: Mapping[str, str] | None = None, /, **values: Value) -> Notice:
        """`values`: those that the template names. `english`: words for those that are codes."""
        text = _English().vformat(self.value, (), {**values, **(english or {})})
        return Notice(code=self.name, values=values, text=text)


class _English(Formatter):
    """Numbers as people write them: 25, −0.3."""

    def format_field(self, value: Any, format_spec: str) -> str:
        match value:
            case list():
                return ", ".join(value)
            case float():
                return format(value, f"{format_spec}g").replace("-", "−")
            case int():
                return format(value, format_spec).replace("-", "−")
        return str(value)


class PhotoRef(Message):
    """A photo as a worker needs it: where its bytes are, and what they must be."""

    id: str
    key: str
    """Object key of the original in the store."""
    sha256: str
    filename: str
    media_type: str
    bytes: int


class EditRequest(Message):
    """One task: one photo, its edits, the outputs wanted."""

    task_id: str
    job_id: str
    owner: str
    generation: int = 1
    """Counts the retries of a task: 1 at first, one more each time a person asks again."""
    earlier: int | None = None
    """Deliveries in this generation of requests that the queue has lost since: those of this one
    are counted on from there, so that each attempt has a number of its own."""
    photo: PhotoRef
    edits: dict[str, Any]
    """Canonical: defaults dropped, validated at submission."""
    outputs: tuple[dict[str, Any], ...]
    """Canonical outputs, at least one; names are unique."""
    cost: float = 1.0
    """Predicted CPU seconds of the workers at hand; the queue's fairness cost."""
    check_existing: bool = False
    """An equal task has succeeded before: look for its results before editing."""
    digests: dict[str, str] | None = None
    """SHA-256 in hex of those results, by their keys: what is stored with another is damaged."""


class ResultRef(Message):
    """One stored result."""

    name: str
    format: str
    media_type: str
    key: str
    width: int
    height: int
    bytes: int
    sha256: str | None = None
    """In hex. Workers of the first version did not tell it."""


class ReportKind(enum.StrEnum):
    started = "started"
    """A worker began to edit."""
    succeeded = "succeeded"
    """Every result is stored."""
    failed = "failed"
    """Permanent: this photo can never be edited so."""
    released = "released"
    """Transient: the worker gave the request back; another attempt follows."""


class ReportError(Message):
    code: str
    message: str
    advice: str = ""
    permanent: bool

    @classmethod
    def of(cls, error: AbzugError) -> Self:
        return cls(
            code=error.code,
            message=error.message,
            advice=error.advice,
            permanent=error.permanent,
        )


class StatusReport(Message):
    """What a worker says of one attempt at one task. May arrive twice, late and out of order.

    An attempt is known by (task_id, generation, receive_count); all times are Unix seconds.
    """

    kind: ReportKind
    task_id: str
    job_id: str
    owner: str
    generation: int = 1
    receive_count: Annotated[int, Field(ge=1)]
    worker: str
    at: float
    cpu_seconds: float | None = None
    """CPU time that the editing took, in its process."""
    reused: bool = False
    """The results were there already; nothing was edited."""
    results: tuple[ResultRef, ...] = ()
    error: ReportError | None = None
    notices: tuple[Notice, ...] = ()
    """What the person should know of a success, e.g. that only the first frame was used."""


class StatusReports(Message):
    """What a status message holds: whatever a worker had to say at the time."""

    reports: tuple[StatusReport, ...]
