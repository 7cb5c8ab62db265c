"""Color profiles: into the working color space, and out of it into that of an output.

The working space is sRGB, unless an output asks for more of a photo that is not sRGB. If all of
them are to keep the photo's own space, it is that, as long as its curve is like sRGB's: then
nothing is converted at all. Else it is Display P3. That has sRGB's curve, so every slider does in
it what it always does, and colors that sRGB lacks live on.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abzug.edits.pixels.vips_fields import set_blob

if TYPE_CHECKING:
    import pyvips

    from abzug.edits.outputs import Output

Space = Literal["srgb", "p3", "own"]

_COLORANTS = {
    "srgb": (0.4361, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7139),
    "p3": (0.5151, 0.2412, -0.0011, 0.2920, 0.6922, 0.0419, 0.1571, 0.0666, 0.7841),
}
"""XYZ of the red, green and blue primaries under D50, as profiles hold them (ICC.1:2022, 9.2)."""
_RGB = {8: "srgb", 16: "rgb16"}
"""What libvips calls RGB of so many bits, whichever its primaries are."""
GRAY, RGB = {"b-w", "grey16"}, {"srgb", "rgb16", "rgb"}
"""What libvips calls pictures of one channel, and of red, green and blue."""
_SPACES = {b"RGB ": RGB, b"GRAY": GRAY, b"CMYK": {"cmyk"}, b"Lab ": {"lab", "labs", "labq"}}
"""By a profile's color space (ICC.1:2022, 7.2.6)."""
_OF_PICTURES = {b"scnr", b"mntr", b"prtr", b"spac"}
"""Classes of profiles (7.2.5): not links of two devices, and not effects."""
_WHITES = (0.86, 0.9, 0.7), (1.06, 1.1, 1.2)
"""XYZ between which the sum of the primaries lies: D50, or D65 in old profiles, and some slack."""
_LEAST = 1e-3
"""Of X, Y and Z together; black has none."""
_SRGB_MIDDLE = 0.2140
"""Linear light of the encoded value 0.5."""
_USUAL_MIDDLES = 0.5**2.6, 0.5**1.7
"""Of curves that are so near to sRGB's that the sliders do about the same."""


def working_space(profile: bytes | None, outputs: Iterable[Output]) -> Space:
    """The color space to edit in."""
    wanted = {output.icc for output in outputs}
    if profile is None or wanted == {"srgb"} or is_space(profile, "srgb"):
        return "srgb"
    return "own" if wanted == {"keep"} and _is_usual(profile) else "p3"


def to_working(image: pyvips.Image, profile: bytes | None, space: Space) -> pyvips.Image:
    """`image` as RGB in `space`, with alpha if it had any; in 16 bits if it has them, else in 8.

    A transform is costly, so there is one only if the profile is not the working space's already.
    A profile that is damaged, or of another kind of picture, libvips replaces by a usual one.
    """
    depth = _depth(image)
    alpha = image[image.bands - 1] if image.hasalpha() else None
    color = image.extract_band(0, n=image.bands - 1) if alpha is not None else image
    if color.bands == 1 and profile and profile[16:20] == b"RGB ":
        color = color.bandjoin(color).bandjoin(color).copy(interpretation=_RGB[depth])
        color = _tagged(color, profile)
    if profile and space != "own" and not is_space(profile, space):
        color = color.icc_transform(space, embedded=True, intent="perceptual", depth=depth)
    else:
        color = _without_profile(color)
    if alpha is not None:
        color = color.bandjoin(alpha if depth == 16 else alpha.cast("uchar"))
    return color.copy(interpretation=_RGB[depth])


def guest_to_working(
    image: pyvips.Image, profile: bytes | None, *, space: Space, host: bytes | None
) -> pyvips.Image:
    """Another picture, which has `profile`, as RGB in the working space of a photo that has the
    profile `host`; with alpha if it had any."""
    if space == "srgb" or (space == "p3" and profile):
        return to_working(image, profile, space)
    image = to_working(image, profile, "srgb")
    if space == "own" and host:
        light = _tagged(image, profile_of("srgb")).icc_import(embedded=True, intent="relative")
        return _tagged(light, host).icc_export(intent="relative", depth=_depth(image))
    return to_output(image, "srgb", space, None)[0]


def _without_profile(image: pyvips.Image) -> pyvips.Image:
    depth = _depth(image)
    if image.interpretation == "cmyk":
        image = image.icc_transform("srgb", input_profile="cmyk", intent="perceptual", depth=depth)
    if depth == 16 and image.interpretation in {"rgb", "b-w"}:
        image = image.copy(interpretation=_RGB[depth] if image.bands >= 3 else "grey16")
    image = image.colourspace(_RGB[depth])
    if image.bands > 3:
        image = image.extract_band(0, n=3)
    return image.cast("ushort" if depth == 16 else "uchar")


def _depth(image: pyvips.Image) -> int:
    return 16 if image.format == "ushort" else 8


def to_output(
    image: pyvips.Image, space: Space, wanted: str, profile: bytes | None
) -> tuple[pyvips.Image, bytes]:
    """Working pixels as an output wants them (`srgb`, `p3`, `keep`), and the profile they have."""
    if space == "own" and profile:
        return image, profile
    if wanted == "keep" and space == "p3" and profile and profile[16:20] == b"RGB ":
        light = _tagged(image, profile_of("p3")).icc_import(embedded=True, intent="relative")
        return _tagged(light, profile).icc_export(intent="relative", depth=_depth(image)), profile
    target: Space = "p3" if wanted == "p3" else "srgb"
    if target != space:
        image = _tagged(image, profile_of(space))
        image = image.icc_transform(target, embedded=True, intent="relative", depth=_depth(image))
    return image, profile_of(target)


def _tagged(image: pyvips.Image, profile: bytes) -> pyvips.Image:
    image = image.copy()
    set_blob(image, "icc-profile-data", profile)
    return image


@functools.cache
def profile_of(space: Space) -> bytes:
    """The profile of a working space."""
    import pyvips

    found: bytes = pyvips.Operation.call("profile_load", space)
    return bytes(found)


def fitting(profile: bytes, interpretation: str) -> bytes | None:
    """The profile, if it is valid, and one of pictures of that interpretation of libvips.

    One of another color space with as many channels, such as XYZ, would be followed to the letter.
    """
    space = next((one for one, kinds in _SPACES.items() if interpretation in kinds), None)
    if profile[12:16] not in _OF_PICTURES or profile[16:20] != space:
        return None
    return valid_or_none(profile)


def valid_or_none(profile: bytes) -> bytes | None:
    """The profile, if its primaries make up white, as those of every profile do that has any
    (ICC.1:2022, 6.3 and 9.2). One that is damaged there turns a photo into stripes of bare colors.
    """
    tags = _tags(profile)
    found = [_numbers(tags.get(name, b""))[:3] for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    if any(len(one) != 3 for one in found):
        return profile or None
    low, high = _WHITES
    white = np.sum(found, 0)
    return profile if (low < white).all() and (white < high).all() else None


def is_space(profile: bytes, space: Space) -> bool:
    """Whether a profile is that of sRGB or Display P3, whoever made it: the same primaries and the
    same curve, to within what 8 bits can show."""
    tags = _tags(profile)
    found = [_numbers(tags.get(name, b""))[:3] for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    if profile[16:20] != b"RGB " or b"A2B0" in tags or any(len(one) != 3 for one in found):
        return False
    near = np.abs(np.ravel(found) - _COLORANTS[space]).max() < 0.002
    return bool(near) and all(abs(middle - _SRGB_MIDDLE) < 0.002 for middle in _middles(tags))


def _is_usual(profile: bytes) -> bool:
    """Whether it is made of primaries and curves, the curves are like sRGB's, and red is red."""
    low, high = _USUAL_MIDDLES
    tags = _tags(profile)
    usual = profile[16:20] == b"RGB " and b"A2B0" not in tags and _is_in_order(tags)
    return usual and all(low < middle < high for middle in _middles(tags))


def _is_in_order(tags: Mapping[bytes, bytes]) -> bool:
    """Whether red has most of X among its primaries, green of Y, blue of Z, each for itself."""
    found = [_numbers(tags.get(name, b""))[:3] for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    if any(len(one) != 3 for one in found):
        return False
    shares = np.array(found) / np.maximum(np.sum(found, 1, keepdims=True), _LEAST)
    return bool((shares.argmax(0) == (0, 1, 2)).all())


def _tags(profile: bytes) -> dict[bytes, bytes]:
    count = min(int.from_bytes(profile[128:132]), 100)
    table = [profile[at : at + 12] for at in range(132, 132 + 12 * count, 12)]
    spans = [struct.unpack(">4sII", row) for row in table if len(row) == 12]
    return {name: profile[start : start + size] for name, start, size in spans}


def _numbers(tag: bytes) -> Any:
    """The s15Fixed16 numbers of a tag, behind its 8 bytes of type."""
    return np.frombuffer(tag[8 : 8 + (len(tag) - 8) // 4 * 4], ">i4") / 65536


def _middles(tags: Mapping[bytes, bytes]) -> list[float]:
    return [_middle(tags.get(name, b"")) for name in (b"rTRC", b"gTRC", b"bTRC")]


def _middle(curve: bytes) -> float:
    """What a curve makes of 0.5 (ICC.1:2022, 10.6 and 10.18); -1 if it cannot be told."""
    values = np.frombuffer(curve[12 : 12 + len(curve[12:]) // 2 * 2], ">u2")
    match curve[:4], curve[8:10], len(values):
        case b"curv", _, 1:
            return float(0.5 ** (values[0] / 256))
        case b"curv", _, count if count > 1:
            return float(np.interp(0.5, np.linspace(0, 1, count), values / 65535))
        case b"para", b"\0\0", count if count >= 2:
            return float(0.5 ** _numbers(curve)[1])
        case b"para", b"\0\3", count if count >= 6:
            gamma, a, b = _numbers(curve)[1:4]
            return float((a * 0.5 + b) ** gamma)
    return -1.0
