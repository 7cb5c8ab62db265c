"""Objects of the embedded store by signed URL: who has the URL may read until it expires."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from abzug.edits.outputs import media_type_of_extension
from abzug.errors import NotFound
from abzug.web.delivery import Delivery, deliver
from abzug.web.dependencies import ServiceDep

router = APIRouter(tags=["photos"])


@router.get(
    "/v1/objects/{key:path}",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}}, 206: {}, 304: {}},
)
def get_object(
    *,
    request: Request,
    service: ServiceDep,
    key: str,
    expires: Annotated[str, Query(max_length=20)] = "",
    signature: Annotated[str, Query(max_length=128)] = "",
    filename: Annotated[str | None, Query(max_length=1024)] = None,
    sha256: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """A result's bytes; takes Range. The URL comes from a task's `results`."""
    # a store with an endpoint of its own (S3) signs for itself, and has nothing here
    verify = getattr(service.store, "verify_signature", None)
    signed = {"expires": expires, "signature": signature, "filename": filename, "sha256": sha256}
    if verify is None or not verify(key, **signed):
        raise NotFound("No such object, or the link has expired: ask for the task again.")
    info = service.store.head(key)
    name = key.rpartition("/")[2]
    media_type = media_type_of_extension(name.rpartition(".")[2])
    what = Delivery(key, info.size, name, media_type, sha256=sha256, filename=filename)
    return deliver(request, service.store, what)
