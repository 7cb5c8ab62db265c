"""Short ways to call the engine, for tests."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from abzug.edits import engine
from abzug.edits.operation import Stored
from abzug.edits.outputs import canonical_outputs
from abzug.edits.recipe import canonical_edits


def saved(picture: np.ndarray | Image.Image, form: str = "png", **options: Any) -> bytes:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def edit(
    data: bytes | memoryview,
    edits: Mapping[str, Any] | None = None,
    *outputs: Mapping[str, Any],
    assets: Stored | None = None,
    **limits: Any,
) -> engine.Edited:
    wanted = canonical_outputs(list(outputs) or [{"format": "png"}], max_outputs=16)
    return engine.edit(
        data,
        canonical_edits(edits or {}),
        wanted,
        assets=assets,
        limits=engine.Limits(**limits),
    )


def first(edited: engine.Edited) -> np.ndarray:
    return decoded(edited.results[0].data)


def decoded(file: bytes | memoryview) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)))
