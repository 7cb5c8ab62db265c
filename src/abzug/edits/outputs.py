"""What a result may be: format, quality, size, name, and what travels with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from abzug.edits.validation import field_errors
from abzug.errors import FieldError, InvalidRequest

Format = Literal["jpeg", "webp", "png", "avif", "tiff", "gif"]
Canonical = Sequence[Mapping[str, Any]]
"""Outputs as they are hashed, stored and sent: see canonical_outputs."""

_EXTENSIONS = {
    "jpeg": "jpg",
    "webp": "webp",
    "png": "png",
    "avif": "avif",
    "tiff": "tif",
    "gif": "gif",
}
_AVIF_QUALITY = 60
"""AVIF has a scale of its own: its 60 looks like the 85 of a JPEG."""
_LOSSY: tuple[Format, ...] = ("jpeg", "webp", "avif")
_OF_16_BITS: tuple[Format, ...] = ("png", "tiff")
_ANIMATED: tuple[Format, ...] = ("webp", "gif")
_ALL_BUT_GIF: tuple[Format, ...] = ("jpeg", "webp", "png", "avif", "tiff")
_LEFT_OUT = {"lossless", "progressive", "max_bytes", "dpi", "bit_depth"}
"""Not spelled out where they ask for nothing, so that results from before them keep their keys."""


def _only(*formats: Format) -> dict[str, Any]:
    """For the schema: formats of which the field says something."""
    return {"x-formats": list(formats)}


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
            "PNG and TIFF lose nothing, GIF has 256 colors a frame.",
            json_schema_extra={
                **_only(*_LOSSY),
                "x-defaults": {"avif": _AVIF_QUALITY},
            },
        ),
    ] = 85
    lossless: Annotated[
        bool,
        Field(
            strict=True,
            description="WebP or AVIF with every pixel as it was edited; the quality counts no "
            "more. PNG and TIFF always are, JPEG and GIF never.",
            json_schema_extra=_only("webp", "avif"),
        ),
    ] = False
    progressive: Annotated[
        bool,
        Field(
            strict=True,
            description="A JPEG that shows as a whole while it loads. Above 25 megapixels it is "
            "an ordinary one, with a notice.",
            json_schema_extra=_only("jpeg"),
        ),
    ] = False
    max_side: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=16384)] | None,
        Field(description="Longest side in pixels; nothing is enlarged. Null: the full size."),
    ] = None
    max_bytes: Annotated[
        Annotated[int, Field(strict=True, ge=1000, le=1_000_000_000)] | None,
        Field(
            description="The file is no larger: the quality is lowered, from the one asked for, "
            "as far as need be. Null: any size.",
            json_schema_extra={"x-scale": 1_000_000, "x-unit": "MB"},
        ),
    ] = None
    dpi: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=9600)] | None,
        Field(
            description="Resolution for printing, in pixels per inch. Null: as in the photo.",
            json_schema_extra=_only(*_ALL_BUT_GIF),
        ),
    ] = None
    bit_depth: Annotated[
        Literal["keep", "8"],
        Field(
            description="Of PNG and TIFF. keep: 16 bits a channel where the photo has more than 8, "
            "as a RAW has. The other formats hold 8.",
            json_schema_extra=_only(*_OF_16_BITS),
        ),
    ] = "keep"
    metadata: Annotated[
        Literal["keep", "strip", "copyright", "no-location"],
        Field(
            description="keep: all of it. no-location: all but where the photo was taken. "
            "copyright: author, copyright and credit. strip: nothing.",
            json_schema_extra=_only(*_ALL_BUT_GIF),
        ),
    ] = "no-location"
    icc: Annotated[
        Literal["srgb", "p3", "keep"],
        Field(
            description="The color space; keep: the photo's own. A GIF is always sRGB.",
            json_schema_extra=_only(*_ALL_BUT_GIF),
        ),
    ] = "srgb"

    @model_validator(mode="before")
    @classmethod
    def _default_quality(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and raw.get("format") == "avif" and "quality" not in raw:
            return {**raw, "quality": _AVIF_QUALITY}
        return raw

    @field_validator("lossless")
    @classmethod
    def _not_of_jpeg_and_gif(cls, lossless: bool, info: ValidationInfo) -> bool:
        form = info.data.get("format")
        if lossless and form in {"jpeg", "gif"}:
            raise ValueError(
                f"a {form.upper()} always loses something; take webp, avif, png or tiff"
            )
        return lossless

    @field_validator("icc")
    @classmethod
    def _not_of_gif(cls, icc: str, info: ValidationInfo) -> str:
        if icc != "srgb" and info.data.get("format") == "gif":
            raise ValueError("a GIF holds no color profile: it is sRGB")
        return icc

    @field_validator("progressive")
    @classmethod
    def _of_jpeg_only(cls, progressive: bool, info: ValidationInfo) -> bool:
        if progressive and info.data.get("format", "jpeg") != "jpeg":
            raise ValueError("only a JPEG can be progressive")
        return progressive

    @property
    def is_lossy(self) -> bool:
        """Whether the quality counts."""
        return self.format in _LOSSY and not self.lossless

    @property
    def keeps_16_bits(self) -> bool:
        """Whether a photo of 16 bits a channel is one of 16 bits in it."""
        return self.format in _OF_16_BITS and self.bit_depth == "keep"

    @property
    def can_move(self) -> bool:
        """Whether an animation is one in it."""
        return self.format in _ANIMATED

    def canonical(self) -> dict[str, Any]:
        """Every field, but those added later only where they ask for something."""
        return {
            name: value
            for name, value in self.model_dump().items()
            if name not in _LEFT_OUT or value != type(self).model_fields[name].default
        }


_list_of_outputs = TypeAdapter(list[Output])


def canonical_outputs(raw: Any, *, max_outputs: int) -> list[dict[str, Any]]:
    """Check the outputs of a job and spell out their fields (Output.canonical), in their order.

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
    return [output.canonical() for output in outputs]


def typed_outputs(canonical: Canonical) -> tuple[Output, ...]:
    """The same outputs, as all below the engine's door takes them."""
    return tuple(_list_of_outputs.validate_python(canonical))


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
