"""What the pretended server says can be done: each shape that the page's form must show."""

from typing import Any


def _slider(label: str, group: str, low: float, high: float, step: float) -> dict[str, Any]:
    limits = {"minimum": low, "maximum": high, "default": 0, "x-step": step}
    return {"type": "number", "title": label, "x-group": group, **limits}


_LIGHT = ("Contrast", "Highlights", "Shadows", "Whites", "Blacks")
_COLOR = ("Temperature", "Tint", "Vibrance", "Saturation")
_FRACTION = {"type": "number", "minimum": 0, "maximum": 1}
_TONE = {"type": "number", "minimum": 0, "maximum": 255}
EDITS_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "exposure": _slider("Exposure", "Light", -5, 5, 0.05),
        **{name.lower(): _slider(name, "Light", -100, 100, 1) for name in _LIGHT},
        **{name.lower(): _slider(name, "Color", -100, 100, 1) for name in _COLOR},
        "red_eye": {
            "anyOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "object"}}],
            "title": "Red eye",
            "x-group": "Detail",
            "default": False,
        },
        "sharpening": {
            "$ref": "#/$defs/Sharpening",
            "title": "Sharpening",
            "x-group": "Detail",
            "default": {"amount": 0, "radius": 1.0},
        },
        "rotate": {"enum": [0, 90, 180, 270], "title": "Rotate", "x-group": "Geometry"}
        | {"default": 0},
        "crop": {
            "anyOf": [{"$ref": "#/$defs/Crop"}, {"type": "null"}],
            "title": "Crop",
            "x-group": "Geometry",
            "default": None,
        },
        "tone_curve": {
            "$ref": "#/$defs/ToneCurve",
            "title": "Tone curve",
            "x-group": "Light",
            "default": {"points": [], "red": []},
        },
        "redact": {
            "$ref": "#/$defs/Redact",
            "title": "Redact",
            "x-group": "Detail",
            "x-stage": "retouch",
            "default": {"regions": [], "style": "blur"},
        },
        "perspective": {
            "$ref": "#/$defs/Perspective",
            "title": "Perspective",
            "x-group": "Geometry",
            "x-stage": "geometry",
            "default": {"corners": [[0, 0], [1, 0], [1, 1], [0, 1]]},
        },
        "mesh": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "number"}},
            "title": "Mesh",
            "x-group": "Light",
            "default": [],
        },
        "watermark": {
            "type": "array",
            "items": {"oneOf": [{"$ref": "#/$defs/Watermark"}, {"$ref": "#/$defs/ImageMark"}]},
            "title": "Watermark",
            "x-group": "Effects",
            "default": [],
        },
    },
    "$defs": {
        "Sharpening": {
            "type": "object",
            "properties": {
                "amount": {"type": "number", "minimum": 0, "maximum": 150, "default": 40}
                | {"title": "Amount"},
                "radius": {"type": "number", "minimum": 0.5, "maximum": 3, "default": 1.0}
                | {"title": "Radius"},
            },
        },
        "Crop": {
            "type": "object",
            "properties": {
                "aspect": {
                    "anyOf": [
                        {"type": "string", "pattern": "^[1-9][0-9]*:[1-9][0-9]*$"},
                        {"type": "null"},
                    ],
                    "title": "Aspect",
                    "default": None,
                }
            },
        },
        "Redact": {
            "type": "object",
            "properties": {
                "regions": {"type": "array", "items": {"$ref": "#/$defs/Region"}, "maxItems": 3}
                | {"title": "Regions", "default": []},
                "style": {"enum": ["blur", "pixelate"], "default": "blur", "title": "Style"},
            },
        },
        "Region": {
            "type": "object",
            "required": ["x", "y", "width", "height"],
            "properties": dict.fromkeys(("x", "y", "width", "height"), _FRACTION),
        },
        "Perspective": {
            "type": "object",
            "properties": {
                "corners": {
                    "type": "array",
                    "prefixItems": [{"type": "array", "prefixItems": [_FRACTION] * 2}] * 4,
                    "title": "Corners",
                }
            },
        },
        "ToneCurve": {
            "type": "object",
            "properties": {
                name: {
                    "type": "array",
                    "items": {"type": "array", "prefixItems": [_TONE] * 2}
                    | {"minItems": 2, "maxItems": 2},
                    "maxItems": 16,
                    "default": [],
                    "title": name.capitalize(),
                }
                for name in ("points", "red")
            },
        },
        "ImageMark": {
            "type": "object",
            "required": ["image"],
            "properties": {
                "image": {"type": "string", "pattern": "^ph_[0-9]{26}$", "x-asset": "photo"}
                | {"title": "Image"},
                "tile": {"type": "boolean", "default": False, "title": "Tile"},
                "angle": {"type": "number", "minimum": -45, "maximum": 45, "default": 0}
                | {"title": "Angle", "x-only-with": {"tile": True}},
            },
        },
        "Watermark": {
            "type": "object",
            "required": ["text"],
            "properties": {
                "text": {"type": "string", "title": "Text"},
                "position": {
                    "enum": ["top-left", "center", "bottom-right"],
                    "default": "bottom-right",
                    "title": "Position",
                },
                "opacity": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}
                | {"title": "Opacity"},
            },
        },
    },
}
OUTPUT_SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": r"^[a-z0-9-]{1,32}$", "default": "result"},
        "format": {"enum": ["jpeg", "webp", "png", "avif", "tiff"], "default": "jpeg"},
        "quality": {
            "type": "integer",
            "minimum": 1,
            "maximum": 100,
            "default": 85,
            "x-formats": ["jpeg", "webp", "avif"],
            "x-defaults": {"avif": 60},
        },
        "lossless": {"type": "boolean", "default": False, "x-formats": ["webp", "avif"]},
        "max_bytes": {
            "anyOf": [{"type": "integer", "minimum": 1000, "maximum": 10**9}, {"type": "null"}],
            "default": None,
            "x-scale": 1_000_000,
        },
        "max_side": {
            "anyOf": [{"type": "integer", "minimum": 1, "maximum": 16384}, {"type": "null"}],
            "default": None,
        },
        "metadata": {
            "enum": ["keep", "strip", "copyright", "no-location"],
            "default": "no-location",
        },
        "icc": {"enum": ["srgb", "p3", "keep"], "default": "srgb"},
    },
}
