"""Damage to PNG whose checksums are right, so that it gets further than the first check."""

from __future__ import annotations

import functools
import random
import struct
import zlib

from tests.support.fuzz import tiff
from tests.support.fuzz.bytewise import flip_bits, number

START = b"\x89PNG\r\n\x1a\n"
_DEPTHS_AND_COLORS = [(depth, color) for depth in (1, 2, 4, 8, 16, 3) for color in range(8)]
Chunks = list[tuple[bytes, bytes]]


def damage(rng: random.Random, data: bytes) -> tuple[str, bytes]:
    chunks = _split(data)
    if not chunks:
        return "no chunk to damage", data
    change = rng.choice([_header, _header, _pixels, _pixels, _text, _profile, _exif, _any, _move])
    what, chunks = change(rng, chunks)
    whole = _joined(chunks)
    if rng.random() < 0.1:
        return f"PNG {what}, and {_lie.__doc__}", _lie(rng, whole)
    return f"PNG {what}", whole


def only_pixels(data: bytes, *others: bytes) -> bytes:
    """The same picture without what may stand beside it, but for `others`."""
    kept = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", *others)
    return _joined([chunk for chunk in _split(data) if chunk[0] in kept])


def _header(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    kind, body = chunks[0]
    out = bytearray(body.ljust(13, b"\0"))
    match rng.randrange(4):
        case 0 | 1:
            at = rng.choice([0, 4])
            value = number(rng, 4, int.from_bytes(out[at : at + 4]))
            out[at : at + 4] = value.to_bytes(4)
            what = f"{'height' if at else 'width'} {value}"
        case 2:
            out[8], out[9] = rng.choice(_DEPTHS_AND_COLORS)
            what = f"depth {out[8]}, color {out[9]}"
        case _:
            at = rng.randrange(8, 13)
            out[at] = number(rng, 1, out[at])
            what = f"header byte {at} {out[at]}"
    return what, [(kind, bytes(out)), *chunks[1:]]


def _pixels(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    """Damage the packed pixels, or the pixels and pack them again, or leave the last rows out."""
    packed = b"".join(body for kind, body in chunks if kind == b"IDAT")
    others = [chunk for chunk in chunks if chunk[0] != b"IDAT"]
    try:
        rows = zlib.decompress(packed)
    except zlib.error:
        rows = b""
    match rng.randrange(4):
        case 0:
            what, packed = flip_bits(rng, packed or b"\0")
        case 1 if rows:
            what, rows = flip_bits(rng, rows)
            packed = zlib.compress(rows, 1)
        case 2 if rows:
            end = rng.randrange(len(rows))
            what, packed = f"{end} of {len(rows)} bytes of pixels", zlib.compress(rows[:end], 1)
        case _:
            what, packed = "too many pixels", zlib.compress(rows + bytes(1_000_000), 1)
    pieces = rng.choice([1, 1, 2, 50])
    step = max(1, -(-len(packed) // pieces))
    data = [(b"IDAT", packed[at : at + step]) for at in range(0, len(packed), step)]
    end = next((n for n, (kind, _) in enumerate(others) if kind == b"IEND"), len(others))
    return f"pixels: {what}", [*others[:end], *data, *others[end:]]


def _text(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    word = rng.choice([b"Author", b"Copyright", b"XML:com.adobe.xmp", b"Raw profile type exif"])
    big = _packed_nothing(rng.choice([10_000, 4_000_000, 40_000_000]))
    new = rng.choice(
        [
            (b"zTXt", word + b"\0\0" + big),
            (b"zTXt", word + b"\0" + rng.randbytes(40)),
            (b"iTXt", word + b"\0\1\0\0\0" + big),
            (b"iTXt", word + rng.choice([b"", b"\0", b"\0\1", b"\0\0\0\0\0" + rng.randbytes(99)])),
            (b"tEXt", word + rng.choice([b"", b"\0", b"\0" + b"x" * 200_000])),
            (b"tEXt", bytes(rng.randrange(256) for _ in range(90)) + b"\0x"),
        ]
    )
    many = rng.choice([1, 1, 1, 8])
    at = rng.randrange(1, len(chunks) + 1)
    return f"{many} × {new[0].decode()} of {len(new[1])}", chunks[:at] + many * [new] + chunks[at:]


def _profile(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    old = next((body for kind, body in chunks if kind == b"iCCP"), b"icc\0\0")
    name, _, packed = old.partition(b"\0")
    try:
        profile = zlib.decompress(packed[1:])
    except zlib.error:
        profile = bytes(128)
    what, damaged = flip_bits(rng, profile[:300])
    body = rng.choice(
        [
            name + b"\0\0" + zlib.compress(damaged + profile[300:]),
            name + b"\0\0" + zlib.compress(profile)[: rng.randrange(1, 60)],
            name + b"\0\0" + _packed_nothing(40_000_000),
            name * rng.choice([1, 40]) + b"\0" + bytes([rng.randrange(256)]) + packed[1:],
        ]
    )
    others = [chunk for chunk in chunks if chunk[0] != b"iCCP"]
    return f"profile: {what} …", [others[0], (b"iCCP", body), *others[1:]]


def _exif(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    for at, (kind, body) in enumerate(chunks):
        if kind == b"eXIf":
            what, block = tiff.damage(rng, body)
            return f"EXIF: {what}", [*chunks[:at], (kind, block), *chunks[at + 1 :]]
    return _any(rng, chunks)


def _any(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    at = rng.randrange(len(chunks))
    kind, body = chunks[at]
    what, body = flip_bits(rng, body or b"\0")
    body = body[: rng.choice([len(body), len(body), rng.randint(0, len(body))])]
    return f"chunk {kind!r}: {what}", [*chunks[:at], (kind, body), *chunks[at + 1 :]]


def _move(rng: random.Random, chunks: Chunks) -> tuple[str, Chunks]:
    at, to = rng.randrange(len(chunks)), rng.randrange(len(chunks))
    kind = chunks[at][0]
    match rng.randrange(4):
        case 0:
            del chunks[at]
        case 1:
            chunks.insert(to, chunks[at])
        case 2:
            chunks[at], chunks[to] = chunks[to], chunks[at]
        case _:
            control = struct.pack(">II", number(rng, 4), number(rng, 4))
            frame = struct.pack(">5I2H2B", *(number(rng, 4) for _ in range(5)), 1, 1, 3, 3)
            chunks[1:1] = [(b"acTL", control), (b"fcTL", frame)]
            return "it is an animation of noise", chunks
    return f"chunk {kind!r} dropped, doubled or moved", chunks


def _lie(rng: random.Random, data: bytes) -> bytes:
    """one chunk has another length than it says"""
    at, places = len(START), []
    while at + 8 <= len(data):
        places.append(at)
        at += 12 + int.from_bytes(data[at : at + 4])
    at = rng.choice(places)
    length = number(rng, 4, int.from_bytes(data[at : at + 4]))
    return data[:at] + length.to_bytes(4) + data[at + 4 :]


@functools.cache
def _packed_nothing(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def _split(data: bytes) -> Chunks:
    at, chunks = len(START), []
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _joined(chunks: Chunks) -> bytes:
    parts = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    ]
    return b"".join([START, *parts])
