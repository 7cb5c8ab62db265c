"""Reading `.lrtemplate`, the form of before 2018: one Lua assignment of a table.

Nothing is run: tables, texts, numbers and true or false are read, to a bounded depth.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from abzug.errors import InvalidRequest, UnsupportedMedia
from abzug.presets.records import Preset, Value

_TOKEN = re.compile(
    r"""\s*(?:--[^\n]*\n\s*)*(?:
      (?P<text>"[^"\\]*(?:\\.[^"\\]*)*")
    | (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_]\w*)
    | (?P<sign>[{}=,;\[\]])
    )""",
    re.VERBOSE | re.DOTALL,
)
_MAX_DEPTH, _MAX_TOKENS = 32, 100_000
_TRANSLATED = {"ZSTR", "LOC"}
"""What stands before such a text in Adobe's own presets."""
_BROKEN = "This .lrtemplate file is damaged."
_End = ("", "")


def read_lrtemplate(data: bytes) -> Preset:
    """The preset in an .lrtemplate file; its values as the same preset has them in .xmp.

    Raises InvalidRequest if it is damaged, UnsupportedMedia if it is a template of other things.
    """
    table = _Reader(data.decode("utf-8-sig", "replace")).assigned()
    kind = table.get("type", "Develop")
    if kind != "Develop":
        raise UnsupportedMedia(f"This is a Lightroom template of the kind “{kind}”, not a preset.")
    value = table.get("value")
    settings = value.get("settings") if isinstance(value, dict) else None
    if not isinstance(settings, dict):
        raise UnsupportedMedia("This .lrtemplate file holds no develop settings.")
    title = _in_english(str(table.get("title") or table.get("internalName") or ""))
    properties = {name: _as_in_xmp(value) for name, value in settings.items() if name}
    return Preset(title, properties)


def _in_english(text: str) -> str:
    """Of a text to be translated, which begins with the key by which that is looked up, the words
    behind it."""
    return text.partition("=")[2] if text.startswith("$$$/") and "=" in text else text


def _as_in_xmp(value: Any) -> Value:
    """Texts for scalars; a flat list of numbers is a curve, "x, y" by "x, y"."""
    if isinstance(value, list):
        texts = [str(_as_in_xmp(item)) for item in value]
        return [f"{x}, {y}" for x, y in zip(texts[::2], texts[1::2], strict=False)]
    if isinstance(value, dict):
        return {name: _as_in_xmp(inner) for name, inner in value.items()}
    return str(value)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = next(self._tokens, _End)

    def assigned(self) -> dict[str, Any]:
        """The table of `s = {…}`."""
        self._expect("name")
        self._expect("sign", "=")
        table = self._value(0)
        if not isinstance(table, dict):
            raise InvalidRequest(_BROKEN)
        return table

    def _take(self) -> tuple[str, str]:
        taken, self._next = self._next, next(self._tokens, _End)
        return taken

    def _expect(self, kind: str, text: str | None = None) -> str:
        found, taken = self._take()
        if found != kind or text not in (None, taken):
            raise InvalidRequest(_BROKEN)
        return taken

    def _value(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise InvalidRequest(_BROKEN)
        kind, text = self._take()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
        if kind == "number":
            return text
        if kind == "name" and text in _TRANSLATED:
            return _in_english(str(self._value(depth + 1)))
        if kind == "name" and text in ("true", "false"):
            return text.capitalize()
        if text == "{":
            return self._table(depth)
        raise InvalidRequest(_BROKEN)

    def _table(self, depth: int) -> dict[str, Any] | list[Any]:
        """A list if it has values without names, else a dict."""
        named: dict[str, Any] = {}
        listed: list[Any] = []
        while self._next != ("sign", "}"):
            if self._next[0] == "name" and self._next[1] not in ("true", "false"):
                name = self._take()[1]
                self._expect("sign", "=")
                named[name] = self._value(depth + 1)
            elif self._next == ("sign", "["):
                self._take()
                name = self._value(depth + 1)
                self._expect("sign", "]")
                self._expect("sign", "=")
                named[str(name)] = self._value(depth + 1)
            else:
                listed.append(self._value(depth + 1))
            if self._next[1] in (",", ";"):
                self._take()
            elif self._next != ("sign", "}"):
                raise InvalidRequest(_BROKEN)
        self._take()
        return listed or named


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    for number in itertools.count(1):
        if place == end:
            return
        match = _TOKEN.match(text, place)
        if match is None or number > _MAX_TOKENS:
            raise InvalidRequest(_BROKEN)
        yield str(match.lastgroup), match[str(match.lastgroup)]
        place = match.end()
