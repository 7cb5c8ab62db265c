"""What can be done to a photo, as JSON Schema: form, command line and docs are made from it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from abzug.edits.formats.registry import read_formats
from abzug.edits.outputs import output_schema
from abzug.edits.recipe import ENGINE_VERSION, edits_schema

router = APIRouter(tags=["edits"])


class InputFormatView(BaseModel):
    """A format that is read. `signature`: its first bytes as a regular expression, each taken for
    the character of that number and `.` for any; empty where they tell nothing."""

    name: str
    media_type: str
    extensions: tuple[str, ...]
    signature: str


class EditsView(BaseModel):
    edits: dict[str, Any]
    outputs: dict[str, Any]
    inputs: list[InputFormatView]
    engine_version: str


@router.get("/v1/edits")
def get_edits() -> EditsView:
    """The operations with names, ranges and units, what an output may say, and what is read."""
    return EditsView(
        edits=edits_schema(),
        outputs=output_schema(),
        inputs=[
            InputFormatView.model_validate(one, from_attributes=True) for one in read_formats()
        ],
        engine_version=ENGINE_VERSION,
    )
