"""What can be done to a photo, as JSON Schema: form, command line and docs are made from it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from abzug.edits.outputs import output_schema
from abzug.edits.recipe import ENGINE_VERSION, edits_schema

router = APIRouter(tags=["edits"])


class EditsView(BaseModel):
    edits: dict[str, Any]
    outputs: dict[str, Any]
    engine_version: str


@router.get("/v1/edits")
def get_edits() -> EditsView:
    """The operations with names, ranges and units, and what an output may say."""
    return EditsView(edits=edits_schema(), outputs=output_schema(), engine_version=ENGINE_VERSION)
