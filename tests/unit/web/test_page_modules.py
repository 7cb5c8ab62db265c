"""What imports what in the page's modules, read off their text: no browser is needed."""

from __future__ import annotations

import graphlib
import re
from pathlib import Path

from tests.support import ROOT

STATIC = ROOT / "src" / "abzug" / "web" / "static"
IMPORT = re.compile(r"""(?:\bfrom|\bimport|\bimport\() ?"(\.[^"]+)\"""")  # of types as well
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def imports() -> dict[str, set[str]]:
    """The modules that each module names, as paths below static/."""
    return {
        str(module.relative_to(STATIC)): {
            str((module.parent / target).resolve().relative_to(STATIC.resolve()))
            for target in IMPORT.findall(module.read_text())
        }
        for module in STATIC.rglob("*.js")
    }


def table() -> dict[str, set[str]]:
    """The README's places, and those that each of them may import."""
    allowed: dict[str, set[str]] = {}
    for place, named in ROW.findall((STATIC / "README.md").read_text()):
        words = set(named.split(", ")) - {"nothing"}
        others = set(allowed) if words == {"all above"} else words
        allowed[place.rstrip("/")] = others
    return allowed


def place_of(module: str) -> str:
    places = table()
    return next(str(path) for path in (Path(module), *Path(module).parents) if str(path) in places)


def arrows() -> set[tuple[str, str]]:
    """From place to place."""
    pairs = {
        (place_of(module), place_of(target))
        for module, targets in imports().items()
        for target in targets
    }
    return {(place, other) for place, other in pairs if place != other}


def test_every_import_names_a_module() -> None:
    found = imports()

    assert {target for targets in found.values() for target in targets} <= set(found)


def test_no_module_imports_what_imports_it() -> None:
    graphlib.TopologicalSorter(imports()).prepare()  # raises CycleError, which names the circle


def test_places_import_what_the_readme_allows() -> None:
    allowed = {(place, other) for place, others in table().items() for other in others}

    assert arrows() <= allowed


def test_the_readme_allows_no_more_than_is_needed() -> None:
    starts = {"components/index.js", "main.js"}
    named = {(p, other) for p, others in table().items() if p not in starts for other in others}

    assert named <= arrows()
