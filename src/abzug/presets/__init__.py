"""Lightroom presets: read into edits, with a word on everything that they set; and written."""

from __future__ import annotations

from abzug.presets.importing import import_preset
from abzug.presets.records import Exported, Imported, Note
from abzug.presets.write import export_preset

__all__ = ["Exported", "Imported", "Note", "export_preset", "import_preset"]
