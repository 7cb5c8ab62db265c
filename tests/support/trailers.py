"""What phones, cameras and programs put behind a picture, of twenty kinds."""

from __future__ import annotations

import random
import struct

from tests.support.pictures import jpeg

_BEYOND = 2**31 - 1


def _box(kind: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I4s", 8 + len(body) if size is None else size, kind) + body


def _sef() -> bytes:
    """Samsung's: data, their directory, its length."""
    data = b"\0\0\x01\x0a" + struct.pack("<I", 14) + b"Image_UTC_Data1700000000000"
    directory = (
        b"SEFH" + struct.pack("<II", 106, 1) + struct.pack("<HHII", 0, 0xA01, len(data), len(data))
    )
    return data + directory + struct.pack("<I", len(directory)) + b"SEFT"


def _motion() -> bytes:
    """A film behind the picture, as in a motion photo."""
    return _box(b"ftyp", b"mp42\0\0\0\0isommp42") + _box(b"moov", b"\0" * 99, size=_BEYOND)


TRAILERS: dict[str, bytes] = {
    "one zero": b"\0",
    "one byte": b"A",
    "a line end": b"\r\n",
    "seven bytes": b"\xff" * 7,
    "eight zeros": b"\0" * 8,
    "zeros to a sector": b"\0" * 4096,
    "ones": b"\xff" * 1000,
    "text": b"Processed by somebody's gallery, 2026\n" * 20,
    "random bytes": random.Random(5).randbytes(5000),
    "a JPEG": jpeg(3, 64, 48),
    "Samsung's SEF": _sef(),
    "a film in Samsung's": b"MotionPhoto_Data" + _motion() + _sef(),
    "a film": _motion(),
    "an XMP packet": b"<?xpacket begin=''?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
    "a box of its maker": _box(b"mpvd", b"\1" * 300),
    "a box cut off": _box(b"sefd", b"\2" * 40, size=_BEYOND),
    "a box of 64 bits cut off": struct.pack(">I4sQ", 1, b"sefd", 2**40) + b"\3" * 40,
    "a box without an end": _box(b"free", b"\4" * 40, size=0),
    "a box too short": _box(b"sefd", b"", size=3),
    "a ZIP's end": b"PK\5\6" + b"\0" * 18,
}
