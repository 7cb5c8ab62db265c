"""What a result may be: format, quality, size, name, and what travels with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

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

from abzug.edits.formats.registry import format_named, savers
from abzug.edits.formats.saver import USUAL_QUALITY, Saver
from abzug.edits.validation import invalid
from abzug.errors import FieldError, InvalidRequest

if TYPE_CHECKING:
    FormatName = str
else:
    FormatName = Literal[tuple(savers())]
Canonical = Sequence[Mapping[str, Any]]
"""Outputs as they are hashed, stored and sent: see canonical_outputs."""

_LEFT_OUT = {"lossless", "progressive", "max_bytes", "dpi", "bit_depth"}
"""Not spelled out where they ask for nothing, so that results from before them keep their keys."""


def _only(condition: Callable[[Saver], object]) -> dict[str, Any]:
    """For the schema: formats of which the field says something."""
    return {"x-formats": _names(condition)}


def _names(condition: Callable[[Saver], object]) -> list[str]:
    return [name for name, saver in savers().items() if condition(saver)]


def _other_qualities() -> dict[str, int]:
    return {
        name: saver.quality
        for name, saver in savers().items()
        if saver.quality not in {None, USUAL_QUALITY}
    }


class Output(BaseModel):
    """One result wanted of a photo."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        str,
        Field(pattern=r"^[a-z0-9-]{1,32}$", description="Tells the results of a photo apart."),
    ] = "result"
    format: Annotated[FormatName, Field(description="The file's format.")] = "jpeg"
    quality: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=100,
            description="Of JPEG, WebP and AVIF; AVIF takes 60 where none is named. "
            "PNG and TIFF lose nothing, GIF has 256 colors a frame.",
            json_schema_extra={
                **_only(lambda saver: saver.quality),
                "x-defaults": _other_qualities(),
            },
        ),
    ] = USUAL_QUALITY
    lossless: Annotated[
        bool,
        Field(
            strict=True,
            description="WebP or AVIF with every pixel as it was edited; the quality counts no "
            "more. PNG and TIFF always are, JPEG and GIF never.",
            json_schema_extra=_only(lambda saver: saver.lossless),
        ),
    ] = False
    progressive: Annotated[
        bool,
        Field(
            strict=True,
            description="A JPEG that shows as a whole while it loads. Above 25 megapixels it is "
            "an ordinary one, with a notice.",
            json_schema_extra=_only(lambda saver: saver.progressive_up_to),
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
            json_schema_extra=_only(lambda saver: saver.holds_metadata),
        ),
    ] = None
    bit_depth: Annotated[
        Literal["keep", "8"],
        Field(
            description="Of PNG and TIFF. keep: 16 bits a channel where the photo has more than 8, "
            "as a RAW has. The other formats hold 8.",
            json_schema_extra=_only(lambda saver: saver.bits == 16),
        ),
    ] = "keep"
    metadata: Annotated[
        Literal["keep", "strip", "copyright", "no-location"],
        Field(
            description="keep: all of it. no-location: all but where the photo was taken. "
            "copyright: author, copyright and credit. strip: nothing.",
            json_schema_extra=_only(lambda saver: saver.holds_metadata),
        ),
    ] = "no-location"
    icc: Annotated[
        Literal["srgb", "p3", "keep"],
        Field(
            description="The color space; keep: the photo's own. A GIF is always sRGB.",
            json_schema_extra=_only(lambda saver: saver.holds_metadata),
        ),
    ] = "srgb"

    @model_validator(mode="before")
    @classmethod
    def _quality_of_its_format(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "quality" not in raw:
            other = _other_qualities().get(str(raw.get("format")))
            return raw if other is None else {**raw, "quality": other}
        return raw

    @field_validator("lossless")
    @classmethod
    def _not_of_what_always_loses(cls, lossless: bool, info: ValidationInfo) -> bool:
        saver = savers().get(info.data.get("format", ""))
        if lossless and saver and saver.lossless is None and not saver.is_lossless:
            *others, last = [
                *_names(lambda saver: saver.lossless),
                *_names(lambda saver: saver.is_lossless),
            ]
            name = info.data["format"].upper()
            raise ValueError(f"a {name} always loses something; take {', '.join(others)} or {last}")
        return lossless

    @field_validator("icc")
    @classmethod
    def _not_without_profile(cls, icc: str, info: ValidationInfo) -> str:
        saver = savers().get(info.data.get("format", ""))
        if icc != "srgb" and saver and not saver.holds_metadata:
            raise ValueError(f"a {info.data['format'].upper()} holds no color profile: it is sRGB")
        return icc

    @field_validator("progressive")
    @classmethod
    def _only_where_it_can_be(cls, progressive: bool, info: ValidationInfo) -> bool:
        saver = savers().get(info.data.get("format", ""))
        if progressive and saver and not saver.progressive_up_to:
            able = " or ".join(_names(lambda saver: saver.progressive_up_to)).upper()
            raise ValueError(f"only a {able} can be progressive")
        return progressive

    @property
    def saver(self) -> Saver:
        return savers()[self.format]

    @property
    def is_lossy(self) -> bool:
        """Whether the quality counts."""
        return self.saver.quality is not None and not self.lossless

    @property
    def keeps_16_bits(self) -> bool:
        """Whether a photo of 16 bits a channel is one of 16 bits in it."""
        return self.saver.bits == 16 and self.bit_depth == "keep"

    @property
    def can_move(self) -> bool:
        """Whether an animation is one in it."""
        return self.saver.moves

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
        names = _list_of_outputs.json_schema()
        raise invalid("The outputs are not right.", error, "/outputs", raw, names) from None
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
    return format_named(format).extensions[0]


def media_type(format: str) -> str:  # noqa: A002  it is the field's name
    """Media type of an output format."""
    return format_named(format).media_type


def media_type_of_extension(extension: str) -> str:
    """Media type of a result whose key ends in that."""
    known = {format_named(name).extensions[0]: media_type(name) for name in savers()}
    return known.get(extension, "application/octet-stream")
