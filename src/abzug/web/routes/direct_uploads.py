"""Uploads past the web server, where the photo store has an endpoint of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from abzug.service.direct_upload import DirectUpload
from abzug.web.dependencies import Owner, ServiceDep
from abzug.web.json_bodies import JsonRoute
from abzug.web.views import PhotoView, Time

router = APIRouter(tags=["photos"], route_class=JsonRoute)


class DirectUploadRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    bytes: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="Digest of the bytes, in hex; the store takes no others."
    )


class DirectUploadView(BaseModel):
    id: str = Field(description="Of the photo that it will be.")
    url: str
    method: Literal["PUT"] = "PUT"
    headers: dict[str, str] = Field(description="To be sent as they are.")
    expires_at: Time

    @classmethod
    def of(cls, upload: DirectUpload) -> DirectUploadView:
        target = upload.target
        return cls(
            id=upload.id, url=target.url, headers=target.headers, expires_at=upload.expires_at
        )


class UploadedRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    filename: Annotated[str, StringConstraints(max_length=1024)] = ""
    """What people call it."""


@router.post("/v1/uploads/direct")
def begin_direct_upload(
    service: ServiceDep, owner: Owner, wanted: DirectUploadRequest
) -> DirectUploadView:
    """Permit one upload straight into the store. `conflict` where it has no endpoint of its own."""
    return DirectUploadView.of(service.begin_direct_upload(owner, wanted.bytes, wanted.sha256))


@router.post("/v1/uploads/direct/{photo_id}/complete", status_code=201)
def complete_direct_upload(
    *, response: Response, service: ServiceDep, owner: Owner, photo_id: str, told: UploadedRequest
) -> PhotoView:
    """Make it a photo once all is sent. On 201 it is durable; again gives the same photo."""
    photo = service.complete_direct_upload(owner, photo_id, told.filename)
    response.headers["Location"] = f"/v1/photos/{photo.id}"
    return PhotoView.of(photo)
