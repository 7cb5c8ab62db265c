"""The file of a multipart/form-data body, piece by piece as it comes in: nothing is spooled."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from abzug.errors import FieldError, InvalidRequest

FIELD = "file"
FORM_OVERHEAD = 64 * 1024
"""Bytes that a form may have around its file."""


@dataclass(frozen=True)
class FileStart:
    """The file's part begins; its name is the client's."""

    filename: str


class FormFile:
    """Reads a form: gives FileStart and then the bytes of the field `file`; the rest is skipped."""

    def __init__(self, content_type: str) -> None:
        """Raises InvalidRequest for a content type without a boundary."""
        _, options = parse_options_header(content_type)
        if not options.get(b"boundary"):
            raise InvalidRequest("The form has no boundary.")
        self._found: list[FileStart | bytes] = []
        self._name = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._inside = False
        self._seen = False
        self._ended = False
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
                    "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _broken() from error

    async def read(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[FileStart | bytes]:
        """Raises InvalidRequest for a broken form, and for none or two of the field `file`."""
        async for chunk in chunks:
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise _broken() from error
            for item in self._found:
                yield item
            self._found.clear()
        if not self._ended:
            raise _broken()
        if not self._seen:
            raise _wrong_field("there is no such field")

    def _part_begins(self) -> None:
        self._disposition = b""
        self._inside = False

    def _header_ends(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._inside = options.get(b"name") == FIELD.encode()
        if not self._inside:
            return
        if self._seen:
            raise _wrong_field("one file a request")
        self._seen = True
        self._found.append(FileStart(options.get(b"filename", b"").decode(errors="replace")))

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._inside:
            self._found.append(data[start:end])

    def _end(self) -> None:
        self._ended = True


def _broken() -> InvalidRequest:
    return InvalidRequest("The form is broken off, or no form.")


def _wrong_field(detail: str) -> InvalidRequest:
    return InvalidRequest("The form is not right.", (FieldError(f"/{FIELD}", detail),))
