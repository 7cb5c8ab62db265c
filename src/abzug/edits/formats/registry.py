"""All formats: every file of this folder that sets FORMAT, and the kinds of RAW."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from abzug.edits.formats.format import Format
from abzug.edits.formats.raw import RAW_FORMATS
from abzug.edits.formats.saver import Saver


@functools.cache
def formats() -> tuple[Format, ...]:
    """Those that are not a camera's RAW, in the order in which a person is shown them."""
    package = importlib.import_module(__package__)
    modules = [
        importlib.import_module(f"{__package__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return tuple(sorted(found, key=lambda one: (one.place, one.name)))


@functools.cache
def read_formats() -> tuple[Format, ...]:
    """Those of which a file may be uploaded, RAW last."""
    return (*(one for one in formats() if one.is_read), *RAW_FORMATS.values())


@functools.cache
def _by_media_type() -> Mapping[str, Format]:
    return {one.media_type: one for one in read_formats()}


def format_of(media_type: str) -> Format:
    """The format of that media type, which must be one that `sniff` gives."""
    return _by_media_type()[media_type]


@functools.cache
def savers() -> Mapping[str, Saver]:
    """How results are written, by the names of the formats, in the order of a form."""
    return {one.name: one.saver for one in formats() if one.saver is not None}


@functools.cache
def format_named(name: str) -> Format:
    """The format of that name, which must be one of `savers`."""
    return next(one for one in formats() if one.name == name)
