"""Content-Disposition: the name under which a browser saves what it is given."""

from __future__ import annotations

import re
from urllib.parse import quote


def attachment(filename: str) -> str:
    """Content-Disposition after RFC 6266: the name in plain ASCII, and as it is (RFC 8187)."""
    plain = re.sub(r"[^ !#-$&-\[\]-~]", "_", filename)
    value = f'attachment; filename="{plain}"'
    return value if plain == filename else f"{value}; filename*=UTF-8''{quote(filename, safe='')}"
