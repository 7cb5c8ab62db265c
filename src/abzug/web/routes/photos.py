"""Photos: upload, list, bytes, proxy, delete."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from abzug.errors import ObjectDamaged
from abzug.service.proxies import order_proxy, proxy_of
from abzug.web.bodies import BINARY
from abzug.web.delivery import Delivery, deliver, send_to
from abzug.web.dependencies import Owner, Paged, ServiceDep
from abzug.web.uploads import receive_photo
from abzug.web.views import PageView, PhotoView

router = APIRouter(tags=["photos"])
UPLOADS = "/v1/photos"
"""Here a body may be as large as a photo."""
IN_THE_MAKING = partial(JSONResponse, {"state": "queued"}, 202, {"Retry-After": "1"})
FORM = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}


@router.post(
    UPLOADS,
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": BINARY, "multipart/form-data": FORM},
        }
    },
)
async def upload_photo(
    *,
    request: Request,
    response: Response,
    service: ServiceDep,
    owner: Owner,
    filename: Annotated[str, Query(max_length=1024, description="What people call it.")] = "",
) -> PhotoView:
    """Upload one photo: the body is its bytes, or a form with the field `file`.

    On 201 it is durable, and is the bytes that were sent.
    """
    photo = await receive_photo(service, owner, filename, request)
    response.headers["Location"] = f"/v1/photos/{photo.id}"
    return PhotoView.of(photo)


@router.get("/v1/photos")
def list_photos(service: ServiceDep, owner: Owner, paging: Paged) -> PageView[PhotoView]:
    """The owner's photos, newest first."""
    page = service.jobs.list_photos(owner, limit=paging.limit, cursor=paging.cursor)
    return paging.view(page, PhotoView.of)


@router.get("/v1/photos/{photo_id}")
def get_photo(service: ServiceDep, owner: Owner, photo_id: str) -> PhotoView:
    return PhotoView.of(service.jobs.photo(owner, photo_id))


@router.delete("/v1/photos/{photo_id}", status_code=204)
def delete_photo(service: ServiceDep, owner: Owner, photo_id: str) -> None:
    """Remove a photo and its original. Refused while a job still needs it."""
    service.delete_photo(owner, photo_id)


@router.get(
    "/v1/photos/{photo_id}/original",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": BINARY}},
        206: {},
        304: {},
        307: {"description": "The photo store has an endpoint of its own: it is there."},
    },
)
def get_original(request: Request, service: ServiceDep, owner: Owner, photo_id: str) -> Response:
    """The bytes as they were uploaded; takes Range."""
    photo = service.jobs.photo(owner, photo_id)
    what = Delivery(
        photo.key,
        photo.bytes,
        photo.sha256,
        photo.media_type,
        sha256=photo.sha256,
        filename=photo.filename,
    )
    return send_to(request, service.store, what)


@router.get(
    "/v1/photos/{photo_id}/proxy",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": BINARY}},
        202: {"description": "A worker makes it now: ask again after Retry-After seconds."},
        409: {"description": "It cannot be made; the detail says why."},
        206: {},
        304: {},
    },
)
def get_proxy(request: Request, service: ServiceDep, owner: Owner, photo_id: str) -> Response:
    """The photo at 2048 px as a JPEG, made by a worker when it is first asked for."""
    info = proxy_of(service, owner, photo_id)
    if info is None:
        return IN_THE_MAKING()
    etag = info.key.rpartition("/")[2]
    what = Delivery(info.key, info.size, etag, "image/jpeg", sha256=info.sha256)
    try:
        return deliver(request, service.store, what)
    except ObjectDamaged:
        order_proxy(service, owner, photo_id)
        return IN_THE_MAKING()
