"""Where things lie in the photo store.

originals/OWNER/PHOTO_ID
luts/OWNER/SHA256           a .cube file, named by its own bytes
results/OWNER/HEX.EXT       named by what it was made from, so that making it twice is harmless
cancelled/OWNER/JOB_ID      an empty object: the job was cancelled; workers see no database
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from abzug.edits.operation import Asset
from abzug.edits.outputs import extension
from abzug.edits.recipe import ENGINE_VERSION


def original_key(owner: str, photo_id: str) -> str:
    return f"originals/{owner}/{photo_id}"


def lut_key(owner: str, sha256: str) -> str:
    return f"luts/{owner}/{sha256}"


def asset_key(owner: str, asset: Asset) -> str:
    """Made of the owner, so that an edit that names another's picture finds nothing there."""
    return (original_key if asset.kind == "photo" else lut_key)(owner, asset.id)


def cancel_key(owner: str, job_id: str) -> str:
    return f"cancelled/{owner}/{job_id}"


def result_key(
    owner: str,
    sha256: str,
    edits: dict[str, Any],
    outputs: Sequence[dict[str, Any]],
    output: dict[str, Any],
) -> str:
    """Equal (photo, edits, outputs, engine) share one key, within an owner.

    All outputs count, because a smaller one is made from the next larger one: asked for beside
    others, its bytes may differ, and equal keys must mean equal bytes.
    """
    unnamed = [{k: v for k, v in each.items() if k != "name"} for each in (output, *outputs)]
    digest = digest_of([sha256, edits, unnamed, ENGINE_VERSION])[:40]
    return f"results/{owner}/{digest}.{extension(output['format'])}"


def digest_of(value: object) -> str:
    """SHA-256 in hex of a JSON value in its one canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
