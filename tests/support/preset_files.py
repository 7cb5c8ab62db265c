"""Lightroom presets made for tests."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from abzug.presets import Imported

HEAD = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)
TAIL = "</rdf:RDF></x:xmpmeta>"
CRS = 'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"'
TITLE = '<crs:Name><rdf:Alt><rdf:li xml:lang="x-default">Evening</rdf:li></rdf:Alt></crs:Name>'


def xmp(properties: Mapping[str, str | None], inner: str = TITLE) -> bytes:
    """A preset with these attributes (None takes one away) and elements; it is called Evening."""
    given = {"PresetType": "Normal", "ProcessVersion": "11.0", **properties}
    attributes = " ".join(
        f"crs:{name}={quoteattr(value)}" for name, value in given.items() if value is not None
    )
    inner = inner if "<crs:Name>" in inner else TITLE + inner
    return f"{HEAD}<rdf:Description {CRS} {attributes}>{inner}</rdf:Description>{TAIL}".encode()


COMPUTED: dict[str, dict[str, str | None]] = {
    "adobe-empty-template": {"Exposure2012": "0.00", "Contrast2012": "0", "Vibrance": "0"},
    "Auto-BW": {"ConvertToGrayscale": "True", "CameraProfile": "Adobe Standard"},
    "Fuji_Neopan_1600": {
        "ConvertToGrayscale": "True", "GrayMixerBlue": "-25", "GrayMixerRed": "+12",
        "GrainAmount": "40", "GrainSize": "30", "Contrast2012": "+25",
    },
    "Brazilian_Amazon": {
        "Temperature": "+100", "Exposure2012": "+0.15", "Dehaze": "+10", "Rain": "+5",
        "ColorGradeMidtoneHue": "130", "ColorGradeMidtoneSat": "12",
    },
    "Super_8_Home_Movie": {
        "Temperature": "6500", "Tint": "+7", "GrainAmount": "50", "RedHue": "+20",
        "PostCropVignetteAmount": "-22", "HueAdjustmentBlue": "+10", "Exposure2012": "+0.20",
    },
    "example": {
        "AutoTone": "True", "Sharpness": "40", "Texture": "+9", "ColorNoiseReduction": "25",
        "LensProfileEnable": "1",
    },
}  # fmt: skip
"""Stand in for the real presets: of their names and kinds."""


def outcomes(imported: Imported) -> dict[str, str]:
    return {note.property: note.outcome for note in imported.notes}
