"""LUTs: `.cube` files that edits name."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from abzug.edits.cube import MAX_BYTES
from abzug.web.bodies import whole_body
from abzug.web.dependencies import Owner, Parts

router = APIRouter(tags=["luts"])
BINARY = {"schema": {"type": "string", "format": "binary"}}


class LutView(BaseModel):
    id: str = Field(description="For the edit `lut`: the SHA-256 of the file.")
    title: str
    size: int = Field(description="Colors along an edge of the cube, or rows of a curve.")


@router.post(
    "/v1/luts",
    status_code=201,
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": BINARY}}
    },
)
async def store_lut(request: Request, parts: Parts, owner: Owner) -> LutView:
    """Keep a LUT, the body being the bytes of a `.cube` file. Equal files are one, with one id."""
    data = await whole_body(request, MAX_BYTES, "A LUT")
    id_, cube = await run_sync(parts.store_lut, owner, data)
    return LutView(id=id_, title=cube.title, size=cube.size)
