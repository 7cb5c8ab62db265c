"""From a preset file to edits: nothing is refused for one bad value, and nothing goes silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from abzug.edits.recipe import canonical_edits, operations
from abzug.errors import InvalidRequest, UnsupportedMedia
from abzug.messages import Notice
from abzug.presets.leftovers import leftovers
from abzug.presets.mapping import SLIDERS, Slider
from abzug.presets.numbers import is_on, parsed
from abzug.presets.panels import switched_off, switched_on
from abzug.presets.read import read_preset
from abzug.presets.reasons import Reason
from abzug.presets.records import Finding, Imported, Note, Properties, carried, ignored
from abzug.presets.special import READERS, is_black_and_white

_FIRST_VERSION = (6, 7)
"""The first with the sliders of 2012, which have been the same since."""
_OLD_NAMES = {"Highlight2012": "Highlights2012"}
"""What Nikon's software writes."""
_READ = {name for names in READERS.values() for name in names} | {s.name for s in SLIDERS}


def import_preset(data: bytes, filename: str) -> Imported:
    """The edits in a Lightroom preset, `.xmp` or `.lrtemplate`, as near as ours come.

    `filename` gives the name if the preset has none. Values out of range are brought into it,
    properties that have no counterpart are left out; the notes tell of each. Raises TooLarge
    (over 4 MiB), InvalidRequest (damaged) or UnsupportedMedia (no preset, but a camera profile,
    the sidecar of a photo, …; or one of before 2012).
    """
    preset = read_preset(data, filename)
    properties = {_OLD_NAMES.get(name, name): value for name, value in preset.properties.items()}
    _refuse_old(properties)
    findings = [*_findings(switched_on(properties)), *switched_off(properties)]
    edits, notes = _build(findings)
    return Imported(preset.name, edits, tuple(notes))


def _refuse_old(properties: Properties) -> None:
    version = str(properties.get("ProcessVersion", ""))
    numbers = tuple(int(number) for number in re.findall(r"\d{1,6}", version))
    if numbers and numbers < _FIRST_VERSION:
        raise UnsupportedMedia(
            "This preset is from before 2012, when Lightroom's sliders did other things.",
            advice="Apply it in Lightroom, update the process version, and save it anew.",
        )


def _findings(properties: Properties) -> Iterator[Finding]:
    for reader in READERS:
        yield from reader(properties)
    for slider in SLIDERS:
        if slider.name in properties:
            yield from _slide(slider, properties)
    # a split toning of before Color Grading mixed its two colors fully
    if not any(name.startswith("ColorGrade") for name in properties) and any(
        is_on(properties, f"SplitToning{part}Saturation") for part in ("Shadow", "Highlight")
    ):
        note = Note("ColorGradeBlending", "carried", Reason.split_toning.notice())
        yield Finding(note, ("color_grading", "blending"), 100.0)
    yield from leftovers(properties, _READ)


def _slide(slider: Slider, properties: Properties) -> Iterator[Finding]:
    value = parsed(properties[slider.name])
    if value is None:
        yield ignored(slider.name, Reason.not_a_number)
        return
    if value == slider.default or (slider.needs and not _needed(slider, properties)):
        return
    if slider.alias_of in properties:
        yield ignored(slider.name, Reason.said_by_another, other=slider.alias_of)
        return
    within = max(slider.low, min(value, slider.high))
    change = None
    if within != value:
        change = Reason.out_of_range.notice(value=value, used=within)
    elif slider.alias_of:
        change = Reason.no_name_of_lightrooms.notice(other=slider.alias_of)
    yield carried(slider.name, slider.path, within, change)


def _needed(slider: Slider, properties: Properties) -> bool:
    names = set(slider.needs)
    names |= {other.name for other in SLIDERS if other.alias_of in names}
    if names == {"ConvertToGrayscale"}:
        return is_black_and_white(properties)
    return any(is_on(properties, name) for name in names)


def _build(findings: Sequence[Finding]) -> tuple[dict[str, Any], list[Note]]:
    """The edits that this version can do, and the notes; what it cannot do is ignored."""
    wanted: dict[str, Any] = {}
    for finding in findings:
        if finding.path:
            _set(wanted, finding.path, finding.value)
    refused = {name: why for name, value in wanted.items() if (why := _refusal(name, value))}
    edits = canonical_edits({name: wanted[name] for name in wanted if name not in refused})
    notes = [_note(finding, refused) for finding in findings]
    return edits, notes


def _set(edits: dict[str, Any], path: Iterable[str], value: Any) -> None:
    """Set a field; `black_and_white: true` gives way to its weights."""
    *above, last = path
    for name in above:
        inner = edits.get(name)
        edits[name] = inner if isinstance(inner, dict) else {}
        edits = edits[name]
    edits[last] = value


def _refusal(name: str, value: Any) -> Notice | None:
    if name not in operations():
        return Reason.not_yet.notice(operation=name)
    try:
        canonical_edits({name: value})
    except InvalidRequest as error:
        return Reason.not_taken.notice(operation=name, detail=error.errors[0].detail)
    return None


def _note(finding: Finding, refused: dict[str, Notice]) -> Note:
    if finding.path and finding.path[0] in refused:
        return replace(finding.note, outcome="ignored", reason=refused[finding.path[0]])
    return finding.note
