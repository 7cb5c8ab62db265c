"""Damage to WebP: the chunks of its RIFF container."""

from __future__ import annotations

import random
import struct

from tests.support.fuzz import tiff
from tests.support.fuzz.bytewise import flip_bits, number

Chunks = list[tuple[bytes, bytes]]


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    chunks = _split(data)
    if not chunks:
        return "no chunk to damage", data
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    match rng.randrange(7):
        case 0:
            what, body = flip_bits(rng, body[:40] or b"\0")
            chunks[at] = kind, body + chunks[at][1][40:]
        case 1 if kind == b"EXIF":
            what, body = tiff.damage(rng, body.removeprefix(b"Exif\0\0"))
            chunks[at] = kind, body
        case 1 | 2:  # flags and the size of the canvas
            extended = bytearray(chunks[0][1][:10].ljust(10, b"\0"))
            where = rng.randrange(10)
            extended[where] = number(rng, 1, extended[where])
            what = f"VP8X byte {where} {extended[where]}"
            is_there = chunks[0][0] == b"VP8X"
            chunks[0 : int(is_there)] = [(b"VP8X", bytes(extended))]
        case 3:
            what = "dropped"
            del chunks[at]
        case 4:
            what, to = "doubled or moved", rng.randrange(len(chunks))
            chunks.insert(to, chunks[at] if rng.random() < 0.5 else chunks.pop(at))
        case 5:
            what, end = "shortened", rng.randrange(len(body) or 1)
            chunks[at] = kind, body[:end]
        case _:
            return f"WebP chunk {kind!r}: says another length", _lie(rng, data)
    return f"WebP chunk {kind!r}: {what}", _joined(chunks)


def _lie(rng: random.Random, data: bytes) -> bytes:
    at, places = 12, [4]
    while at + 8 <= len(data):
        places.append(at + 4)
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    at = rng.choice(places)
    length = number(rng, 4, int.from_bytes(data[at : at + 4], "little"))
    return data[:at] + length.to_bytes(4, "little") + data[at + 4 :]


def _split(data: bytes) -> Chunks:
    at, chunks = 12, []
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        chunks.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return chunks


def _joined(chunks: Chunks) -> bytes:
    parts = [
        kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
        for kind, body in chunks
    ]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body
