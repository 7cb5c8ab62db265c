"""An order, photos × edits × outputs, checked in full before anything of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from abzug.edits.cost import predicted_seconds
from abzug.edits.formats.bounds import MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS
from abzug.edits.operation import Asset
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import assets_of, canonical_edits
from abzug.edits.sizes import Size
from abzug.errors import FieldError, InvalidRequest, ObjectNotFound
from abzug.jobs.database import Jobs
from abzug.jobs.records import NewJob, NewTask, Photo
from abzug.jobs.submit import fingerprint
from abzug.keys import asset_key, digest_of
from abzug.service.parts import Parts
from abzug.stores.base import Store

Edits = dict[str, Any]


class JobRequest(BaseModel):
    """An order: photos × edits × outputs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    photos: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(min_length=1)]
    """Ids of photos, each at most once."""
    edits: Edits = Field(default_factory=dict)
    outputs: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)] = ({"name": "edited"},)
    # PostgreSQL stores no NUL in a text
    name: Annotated[
        str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")
    ] = ""
    overrides: dict[str, Edits] = Field(default_factory=dict)
    """Edits of single photos, by photo id; they replace those of the job one by one."""


def checked(parts: Parts, owner: str, order: JobRequest, idempotency_key: str | None) -> NewJob:
    """The job that an order asks for, with the cost of each of its tasks.

    Raises InvalidRequest with a pointer to each field that is wrong.
    """
    edits = canonical_edits(order.edits)
    outputs = canonical_outputs(list(order.outputs), max_outputs=parts.settings.max_outputs)
    photos = _photos(order, parts.jobs, owner, parts.settings.max_photos_per_job)
    overrides = {
        photo_id: _canonical_override(photo_id, edits | override)
        for photo_id, override in order.overrides.items()
    }
    edits_of = {photo.id: overrides.get(photo.id, edits) for photo in photos}
    return NewJob(
        owner=owner,
        name=order.name,
        kind="job",
        edits=edits,
        outputs=tuple(outputs),
        also_needs=_other_photos(parts, owner, edits, overrides),
        tasks=new_tasks(parts.jobs, owner, photos, edits_of, outputs),
        idempotency_key=idempotency_key,
        body_hash=digest_of(order.model_dump(mode="json")),
    )


def new_tasks(
    jobs: Jobs,
    owner: str,
    photos: Sequence[Photo],
    edits_of: Mapping[str, Edits],
    outputs: list[dict[str, Any]],
) -> tuple[NewTask, ...]:
    """A task for each photo, all known to be right: edits (by photo id) and outputs canonical,
    photos the owner's."""
    prints = {p.id: fingerprint(p.sha256, edits_of[p.id], outputs) for p in photos}
    known = jobs.succeeded_before(owner, list(prints.values()))
    costs = _Costs(outputs)
    return tuple(
        NewTask(
            photo=photo,
            edits=edits_of[photo.id],
            cost=costs.of(photo, edits_of[photo.id]),
            check_existing=prints[photo.id] in known,
            digests={r.key: r.sha256 for r in known.get(prints[photo.id], ()) if r.sha256},
        )
        for photo in photos
    )


def _photos(order: JobRequest, jobs: Jobs, owner: str, limit: int) -> list[Photo]:
    if len(order.photos) > limit:
        raise InvalidRequest(
            "Too many photos for one job.", (FieldError("/photos", f"at most {limit} photos"),)
        )
    found = jobs.photos_by_id(owner, order.photos)
    wrong = [
        FieldError(f"/photos/{i}", "no such photo")
        for i, photo_id in enumerate(order.photos)
        if photo_id not in found
    ]
    seen: set[str] = set()
    for i, photo_id in enumerate(order.photos):
        if photo_id in seen:
            wrong.append(FieldError(f"/photos/{i}", "named twice"))
        seen.add(photo_id)
    wrong += [
        FieldError(f"/overrides/{photo_id}", "not one of the job's photos")
        for photo_id in order.overrides
        if photo_id not in seen
    ]
    if wrong:
        raise InvalidRequest("Some photos are not right.", tuple(wrong))
    return [found[photo_id] for photo_id in order.photos]


def _canonical_override(photo_id: str, edits: Edits) -> Edits:
    try:
        return canonical_edits(edits)
    except InvalidRequest as error:
        moved = tuple(
            FieldError(e.pointer.replace("/edits", f"/overrides/{photo_id}", 1), e.detail)
            for e in error.errors
        )
        count = len(moved) + error.more_errors
        raise InvalidRequest(error.message, moved, count=count) from None


def _other_photos(
    parts: Parts, owner: str, edits: Edits, overrides: Mapping[str, Edits]
) -> tuple[str, ...]:
    """Ids of the photos that the edits need beside those they change, such as a watermark's.

    Raises InvalidRequest unless these, and all else that the edits need, are there.
    """
    roots = {"/edits": edits} | {f"/overrides/{id_}": own for id_, own in overrides.items()}
    named: dict[Asset, str] = {}
    for root, of_root in roots.items():
        for pointer, asset in assets_of(of_root).items():
            named.setdefault(asset, root + pointer)
    ids = sorted(asset.id for asset in named if asset.kind == "photo")
    known = parts.jobs.photos_by_id(owner, ids) if ids else {}
    wrong = [
        FieldError(pointer, problem)
        for asset, pointer in named.items()
        if (problem := _problem(parts.store, owner, asset, known))
    ]
    if wrong:
        raise InvalidRequest("Something that the edits need is not right.", tuple(wrong))
    return tuple(ids)


def _problem(store: Store, owner: str, asset: Asset, photos: Mapping[str, Photo]) -> str:
    if asset.kind == "photo":
        photo = photos.get(asset.id)
        return "no such photo" if photo is None else _unfit(photo)
    try:
        store.head(asset_key(owner, asset))
    except ObjectNotFound:
        return "no such LUT: store the .cube file first"
    return ""


def _unfit(picture: Photo) -> str:
    """Why a photo cannot be put on another; "" if it can."""
    pixels = (picture.width or 0) * (picture.height or 0)
    if pixels <= MAX_PICTURE_PIXELS and picture.bytes <= MAX_PICTURE_BYTES:
        return ""
    mega, mebi = MAX_PICTURE_PIXELS // 10**6, MAX_PICTURE_BYTES // 2**20
    return f"too large: at most {mega} megapixels and {mebi} MiB"


class _Costs:
    """What the tasks of an order cost, in seconds of the machine that the table of costs was
    measured on. It is foretold once for photos that are alike, as most of a shoot are."""

    def __init__(self, outputs: list[dict[str, Any]]) -> None:
        self._outputs = outputs
        self._known: dict[tuple[str, Size, int, int], float] = {}

    def of(self, photo: Photo, edits: Edits) -> float:
        """`edits`: the order's, or the photo's own, which live as long as this."""
        frames = photo.frames or 1
        size = _size_of(photo, frames)
        kind = (photo.media_type, size, frames, id(edits))
        if kind not in self._known:
            self._known[kind] = predicted_seconds(
                photo.media_type, size, edits, self._outputs, frames=frames
            )
        return self._known[kind]


def _size_of(photo: Photo, frames: int) -> Size:
    """Where the header did not tell it, 2 bytes a pixel of all frames are a guess that errs on the
    dear side."""
    if photo.width and photo.height:
        return photo.width, photo.height
    side = max(1, round((photo.bytes / 2 / frames) ** 0.5))
    return side, side
