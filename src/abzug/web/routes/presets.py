"""Presets: Lightroom's, and LUTs, read into edits."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from abzug.edits.color import cube
from abzug.messages import Notice, Value
from abzug.presets import Imported, Note, import_preset
from abzug.presets.read import MAX_BYTES
from abzug.presets.records import Outcome
from abzug.service import luts
from abzug.web.bodies import BYTES, whole_body
from abzug.web.dependencies import Owner, ServiceDep

router = APIRouter(tags=["presets"])
IMPORT = "/v1/presets/import"


class NoteView(BaseModel):
    property: str
    """As Lightroom names it."""
    outcome: Outcome
    reason: str = Field(description="In English; empty if there is nothing to say.")
    code: str = Field(description="Of the reason, for programs; empty without one.")
    values: dict[str, Value] = Field(description="What the reason's sentence tells.")

    @classmethod
    def of(cls, note: Note) -> NoteView:
        reason = note.reason or Notice(code="", text="")
        return cls(
            property=note.property,
            outcome=note.outcome,
            reason=reason.text,
            code=reason.code,
            values=reason.values,
        )


class ImportedView(BaseModel):
    name: str
    edits: dict[str, object]
    notes: list[NoteView]

    @classmethod
    def of(cls, imported: Imported) -> ImportedView:
        notes = [NoteView.of(note) for note in imported.notes]
        return cls(name=imported.name, edits=imported.edits, notes=notes)


@router.post(
    IMPORT,
    openapi_extra=BYTES,
)
async def import_preset_file(
    request: Request,
    service: ServiceDep,
    owner: Owner,
    filename: Annotated[
        str, Query(max_length=1024, description="The preset's name, if the file holds none.")
    ] = "",
) -> ImportedView:
    """The edits in a Lightroom preset, `.xmp` or `.lrtemplate`, the body being its bytes.

    A note on every setting tells whether it was carried over, approximated or ignored, and why.
    A LUT, whose `filename` ends with `.cube`, is stored as by `POST /v1/luts`, and its edits name
    it.
    """
    path = PurePath(filename.replace("\\", "/"))
    if path.suffix.lower() == ".cube":
        data = await whole_body(request, cube.MAX_BYTES, "A LUT")
        id_, lut = await run_sync(luts.store_lut, service.store, owner, data)
        return ImportedView(name=lut.title or path.stem, edits={"lut": {"id": id_}}, notes=[])
    data = await whole_body(request, MAX_BYTES, "A preset")
    return ImportedView.of(await run_sync(import_preset, data, filename))
