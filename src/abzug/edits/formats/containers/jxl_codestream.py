"""How large a JPEG XL picture is: its header is a field of bits (ISO/IEC 18181-1, D.2 and D.3)."""

from __future__ import annotations

from dataclasses import dataclass

from abzug.edits.formats.containers.iso_boxes import boxes

SIGNATURE = b"\xff\x0a"
CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
"""Width to height."""
_MANY = 64
"""Bytes that hold all that is looked for."""


@dataclass(frozen=True, slots=True)
class JxlHeader:
    """Width and height are those of the stored picture, `orientation` (1–8) says how it stands."""

    width: int
    height: int
    orientation: int
    is_animated: bool


def read_header(head: bytes) -> JxlHeader:
    """Of a JPEG XL file that begins with `head`. Raises ValueError if it is not all there."""
    bits = _Bits(_start_of_codestream(head).removeprefix(SIGNATURE))
    width, height = _size(bits)
    orientation, is_animated = 1, False
    all_default = bits.take(1)
    if not all_default and bits.take(1):
        orientation = bits.take(3) + 1
        if bits.take(1):
            _size(bits)  # as which it should be shown
        if bits.take(1):
            _preview_size(bits)
        is_animated = bool(bits.take(1))
    return JxlHeader(width, height, orientation, is_animated)


def _start_of_codestream(head: bytes) -> bytes:
    """It may be packed in a container: in one box, or in parts behind their numbers."""
    if not head.startswith(CONTAINER):
        return head[:_MANY]
    start = {b"jxlc": 0, b"jxlp": 4}
    parts = [body[start[kind] :][:_MANY] for kind, body in boxes(head) if kind in start]
    return b"".join(parts)


class _Bits:
    """Bits are taken from the lowest of the first byte upwards."""

    def __init__(self, data: bytes) -> None:
        self._bits, self._left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise ValueError("the header is cut off")
        value = self._bits & ((1 << count) - 1)
        self._bits >>= count
        self._left -= count
        return value

    def one_of(self, *widths: int) -> int:
        """A number of as many bits as the two in front of it say."""
        return self.take(widths[self.take(2)])


def _size(bits: _Bits) -> tuple[int, int]:
    is_small = bits.take(1)

    def side() -> int:
        return 8 * (bits.take(5) + 1) if is_small else bits.one_of(9, 13, 18, 30) + 1

    height = side()
    ratio = _RATIOS.get(bits.take(3))
    return (height * ratio[0] // ratio[1] if ratio else side()), height


def _preview_size(bits: _Bits) -> None:
    in_eighths = bits.take(1)

    def side() -> None:
        if in_eighths:
            choice = bits.take(2)
            bits.take((0, 0, 5, 9)[choice])
        else:
            bits.one_of(6, 8, 10, 12)

    side()
    if not bits.take(3):
        side()
