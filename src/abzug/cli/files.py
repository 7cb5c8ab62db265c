"""Files among the edits of a command line: a LUT's, a watermark's picture.

`--lut warm.cube` stands for `id=warm.cube`, `--watermark logo.png` for `image=logo.png`; what is
sent to the service has the ids of the files, stored there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from abzug.errors import FieldError, InvalidRequest

FIELDS = {"lut": "id", "watermark": "image"}
"""Edits with such files, and where they stand."""
_ID = re.compile("[0-9a-f]{64}|ph_[0-9a-v]{26}")
StoreFile = Callable[[str, Path], str]
"""(name of the edit, its file) → id."""


def with_files(edits: dict[str, Any], store: StoreFile) -> dict[str, Any]:
    """The edits with ids in place of files. Raises InvalidRequest for one that is not there."""
    return {
        name: _stored(name, value, store) if name in FIELDS else value
        for name, value in edits.items()
    }


def stand_in(name: str, file: Path) -> str:
    """An id without a service, so that a wrong option is told before any work."""
    from abzug.edits.color.cube import read_cube
    from abzug.jobs.ids import PHOTO, new_id

    if name == "lut":
        read_cube(file.read_bytes())
        return "0" * 64
    return new_id(PHOTO)


def _stored(name: str, value: Any, store: StoreFile) -> Any:
    if isinstance(value, list):
        return [_stored(name, one, store) for one in value]
    if isinstance(value, str):
        value = {FIELDS[name]: value}
    text = value.get(FIELDS[name]) if isinstance(value, dict) else None
    if not isinstance(text, str) or _ID.fullmatch(text):
        return value
    if not Path(text).is_file():
        raise InvalidRequest("A file is missing.", (FieldError(f"/{name}", f"{text} is no file"),))
    return value | {FIELDS[name]: store(name, Path(text))}
