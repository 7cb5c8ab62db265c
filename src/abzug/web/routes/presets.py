"""Presets: Lightroom's, read into edits."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request

from abzug.errors import TooLarge
from abzug.presets import Imported, import_preset
from abzug.presets.read import MAX_BYTES
from abzug.presets.records import Outcome

router = APIRouter(tags=["presets"])
BINARY = {"schema": {"type": "string", "format": "binary"}}


class NoteView(BaseModel):
    property: str
    """As Lightroom names it."""
    outcome: Outcome
    reason: str


class ImportedView(BaseModel):
    name: str
    edits: dict[str, object]
    notes: list[NoteView]

    @classmethod
    def of(cls, imported: Imported) -> ImportedView:
        notes = [
            NoteView(property=note.property, outcome=note.outcome, reason=note.reason)
            for note in imported.notes
        ]
        return cls(name=imported.name, edits=imported.edits, notes=notes)


@router.post(
    "/v1/presets/import",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}
    },
)
async def import_lightroom_preset(
    request: Request,
    filename: Annotated[
        str, Query(max_length=1024, description="The preset's name, if the file holds none.")
    ] = "",
) -> ImportedView:
    """The edits in a Lightroom preset, `.xmp` or `.lrtemplate`, the body being its bytes.

    A note on every setting tells whether it was carried over, approximated or ignored, and why.
    """
    data = bytearray()
    async with aclosing(request.stream()) as body:
        async for piece in body:
            data += piece
            if len(data) > MAX_BYTES:
                raise TooLarge(f"A preset of more than {MAX_BYTES} bytes is not read.")
    return ImportedView.of(await run_sync(import_preset, bytes(data), filename))
