"""LUTs: `.cube` files that edits name."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field
from starlette.requests import Request

from abzug.edits.color.cube import MAX_BYTES
from abzug.service import luts
from abzug.web.bodies import BYTES, whole_body
from abzug.web.dependencies import Owner, Paged, ServiceDep
from abzug.web.views import PageView

router = APIRouter(tags=["luts"])
LUTS = "/v1/luts"


class LutView(BaseModel):
    id: str = Field(description="For the edit `lut`: the SHA-256 of the file.")
    title: str
    size: int = Field(description="Colors along an edge of the cube, or rows of a curve.")


@router.post(
    LUTS,
    status_code=201,
    openapi_extra=BYTES,
)
async def store_lut(request: Request, service: ServiceDep, owner: Owner) -> LutView:
    """Keep a LUT, the body being the bytes of a `.cube` file. Equal files are one, with one id."""
    data = await whole_body(request, MAX_BYTES, "A LUT")
    id_, cube = await run_sync(luts.store_lut, service.store, owner, data)
    return LutView(id=id_, title=cube.title, size=cube.size)


@router.get(LUTS)
def list_luts(service: ServiceDep, owner: Owner, paging: Paged) -> PageView[LutView]:
    """The owner's LUTs, in order of their ids."""
    page = luts.list_luts(service.store, owner, limit=paging.limit, cursor=paging.cursor)
    return paging.view(page, lambda lut: LutView(id=lut.id, title=lut.title, size=lut.size))


@router.delete("/v1/luts/{lut_id}", status_code=204)
def delete_lut(
    service: ServiceDep, owner: Owner, lut_id: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
) -> None:
    """Remove a LUT. Photos that wait to be edited with it fail, until it is stored again."""
    luts.delete_lut(service.store, owner, lut_id)
