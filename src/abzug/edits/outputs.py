"""What a result may be: format, quality, size, name, and what travels with it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from abzug.edits.base import field_errors
from abzug.errors import FieldError, InvalidRequest

Format = Literal["jpeg", "webp", "png", "avif", "tiff"]

_EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "png": "png", "avif": "avif", "tiff": "tif"}
_AVIF_QUALITY = 60
"""AVIF has a scale of its own: its 60 looks like the 85 of a JPEG."""


class Output(BaseModel):
    """One result wanted of a photo."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z0-9-]{1,32}$", description="Tells the results of a photo apart."),
    ] = "result"
    format: Annotated[Format, Field(description="The file's format.")] = "jpeg"
    quality: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=100,
            description="Of JPEG, WebP and AVIF; AVIF takes 60 where none is named. "
            "PNG and TIFF lose nothing.",
        ),
    ] = 85
    max_side: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=16384)] | None,
        Field(description="Longest side in pixels; nothing is enlarged. Null: the full size."),
    ] = None
    metadata: Annotated[
        Literal["keep", "strip", "copyright", "no-location"],
        Field(
            description="keep: all of it. no-location: all but where the photo was taken. "
            "copyright: author, copyright and credit. strip: nothing.",
        ),
    ] = "no-location"
    icc: Annotated[
        Literal["srgb", "p3", "keep"],
        Field(description="The color space; keep: the photo's own."),
    ] = "srgb"

    @model_validator(mode="before")
    @classmethod
    def _default_quality(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("format") == "avif" and "quality" not in raw:
            return {**raw, "quality": _AVIF_QUALITY}
        return raw


_list_of_outputs = TypeAdapter(list[Output])


def canonical_outputs(raw: Any, *, max_outputs: int) -> list[dict[str, Any]]:
    """Check the outputs of a job and spell out every field of them; they keep their order.

    Nothing asked for is one JPEG of full size. Raises InvalidRequest, with a pointer below
    /outputs to each field that is wrong.
    """
    try:
        outputs = _list_of_outputs.validate_python([{}] if raw is None or raw == [] else raw)
    except ValidationError as error:
        raise InvalidRequest(
            "The outputs are not right.", field_errors(error, "/outputs", raw)
        ) from None
    if len(outputs) > max_outputs:
        raise _refusal("/outputs", f"{len(outputs)} outputs, at most {max_outputs}")
    seen: set[str] = set()
    for index, output in enumerate(outputs):
        if output.name in seen:
            raise _refusal(f"/outputs/{index}/name", f"there is another named {output.name}")
        seen.add(output.name)
    return [output.model_dump() for output in outputs]


def _refusal(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest("The outputs are not right.", (FieldError(pointer, detail),))


def output_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of one output."""
    return Output.model_json_schema()


def extension(format: str) -> str:  # noqa: A002  it is the field's name
    """File name extension, without the dot, of an output format."""
    return _EXTENSIONS[format]


def media_type(format: str) -> str:  # noqa: A002  it is the field's name
    """Media type of an output format."""
    return f"image/{format}"
