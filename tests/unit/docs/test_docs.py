"""The reference pages say what the code says: nothing missing, nothing left over."""

import importlib
import pkgutil
import re
from pathlib import Path, PosixPath
from typing import Any
from urllib.parse import unquote

import annotated_types
import pytest
import typer
from pydantic.fields import FieldInfo
from tests.support import ROOT
from tools import draw_passes, make_edits_table
from typer._click import Command

import abzug.errors
from abzug.cli import make_app
from abzug.cli.recipe import PREFIX
from abzug.edits.notices import Told
from abzug.edits.outputs import output_schema
from abzug.edits.recipe import operations
from abzug.errors import AbzugError
from abzug.presets.reasons import Reason
from abzug.settings import Settings, default_home
from abzug.web import routes

DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The rows of all tables of a page that begin with code, as lists of cells."""
    lines = [line for line in page(name).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def default_of(name: str, field: FieldInfo) -> str:
    if name == "home":
        return "`~/.local/share/abzug`"
    return f"`{field.default}`" if field.default != "" else ""


def range_of(field: FieldInfo) -> str:
    bounds = dict.fromkeys(("ge", "gt", "le"))
    for found in field.metadata:
        for kind in (annotated_types.Ge, annotated_types.Gt, annotated_types.Le):
            if isinstance(found, kind):
                bounds[kind.__name__.lower()] = getattr(found, kind.__name__.lower())
    if bounds["le"] is not None:
        return f"{bounds['ge']}–{bounds['le']}"
    if bounds["ge"] is not None:
        return f"≥ {bounds['ge']}"
    return f"> {bounds['gt']}" if bounds["gt"] is not None else ""


def test_every_setting_is_documented_with_its_default_and_range() -> None:
    documented = {cells[0]: cells[1:3] for cells in rows("reference/settings.md")}

    assert documented == {
        f"`ABZUG_{name.upper()}`": [default_of(name, field), range_of(field)]
        for name, field in Settings.model_fields.items()
    }


def test_every_setting_is_described() -> None:
    assert all(
        len(cells) == 4 and cells[3].endswith(".") for cells in rows("reference/settings.md")
    )


def test_the_home_folder_is_where_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/people/me")

    assert default_home() == Path("/people/me/.local/share/abzug")


def test_every_error_code_is_documented_with_what_it_means() -> None:
    errors = [
        kind
        for kind in vars(abzug.errors).values()
        if isinstance(kind, type) and issubclass(kind, AbzugError)
    ]
    documented = {cells[0]: cells[1:] for cells in rows("reference/errors.md") if len(cells) == 5}

    assert {code: cells[:2] + cells[3:] for code, cells in documented.items()} == {
        f"`{kind.code}`": [str(kind.status), "yes" if kind.permanent else "no", kind.advice]
        for kind in errors
    }
    assert all(cells[2].endswith((".", "…")) for cells in documented.values())


def test_every_code_of_a_notice_is_documented_with_its_words() -> None:
    documented = [tuple(cells) for cells in rows("reference/notices.md")]

    assert documented == [(f"`{told.name}`", told.value) for told in (*Told, *Reason)]


def test_error_codes_are_unique() -> None:
    codes = [
        kind.code
        for kind in vars(abzug.errors).values()
        if isinstance(kind, type) and issubclass(kind, AbzugError)
    ]

    assert len(codes) == len(set(codes))


def commands(command: Command, name: str = "abzug") -> dict[str, Command]:
    """Every command by its full name, groups opened."""
    inner = getattr(command, "commands", {})
    if not inner:
        return {name: command}
    return {
        full: found
        for part, sub in inner.items()
        for full, found in commands(sub, f"{name} {part}").items()
    }


def sections(name: str) -> dict[str, str]:
    _, *parts = re.split(r"^## (.+)$", page(name), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_command_is_documented_with_its_options() -> None:
    options = {
        name: {
            option
            for parameter in command.params
            # those of the edits are the engine's, and `--help` tells them
            if not parameter.name.startswith(PREFIX)
            for option in parameter.opts
            if option.startswith("-") and option != "--help"
        }
        for name, command in commands(typer.main.get_command(make_app())).items()
    }
    documented = sections("reference/cli.md")

    assert documented.keys() == options.keys()
    for name, text in documented.items():
        assert set(re.findall(r"`(--?[a-z-]+)`", text)) == options[name], name


def test_every_call_of_the_api_is_documented() -> None:
    modules = [
        importlib.import_module(f"{routes.__name__}.{module.name}")
        for module in pkgutil.iter_modules(routes.__path__)
    ]
    calls = {
        f"`{method} {route.path.replace(':path', '')}`"
        for module in modules
        for route in module.router.routes
        if route.include_in_schema
        for method in route.methods
    }

    assert {cells[0] for cells in rows("reference/http.md")} == calls


def test_every_operation_is_documented_as_it_is() -> None:
    assert page("reference/edits.md") == make_edits_table.page(), "make generated"


def test_the_picture_of_the_passes_shows_every_operation_in_its_place() -> None:
    drawn = draw_passes.PICTURE.read_text(encoding="utf-8")

    assert drawn == draw_passes.picture(), "make generated"


def test_every_operation_has_a_row_with_its_meaning() -> None:
    meanings = {cells[0].strip("`"): cells[-1] for cells in rows("reference/edits.md")}

    assert all(meanings[name].startswith(op.doc) for name, op in operations().items())


def test_the_readme_names_every_edit() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").lower().split())
    names = [op.label.lower().replace("&", "and") for op in operations().values()]

    assert [name for name in names if name not in text] == []


def words_of(field: dict[str, Any]) -> list[str]:
    """Values, default and formats of a field of an output, as the page has them."""
    shapes = field.get("anyOf", [field])
    return [
        " or ".join(make_edits_table.value_words(shape, {}) for shape in shapes),
        make_edits_table.default_words(field),
        ", ".join(f"`{name}`" for name in field.get("x-formats", ["all"])).replace("`all`", "all"),
    ]


def test_every_field_of_an_output_is_documented_with_its_values_and_default() -> None:
    documented = {cells[0]: cells[1:] for cells in rows("reference/outputs.md")}

    assert {name: cells[:3] for name, cells in documented.items()} == {
        f"`{name}`": words_of(field) for name, field in output_schema()["properties"].items()
    }
    assert all(cells[3].endswith(".") for cells in documented.values())


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", PAGES, ids=[str(path.relative_to(ROOT)) for path in PAGES])
def test_links_between_pages_lead_somewhere(path: PosixPath) -> None:
    text = path.read_text(encoding="utf-8")
    links = [re.sub(r"\s", "", link) for link in re.findall(r"\]\(([^)]+)\)", text)]

    for link in links:
        if not link.startswith(("http://", "https://")):
            target, _, anchor = unquote(link).partition("#")
            found = (path.parent / target).resolve() if target else path
            assert found.is_file(), link
            assert not anchor or anchor in anchors(found), link


def test_the_index_leads_to_every_page() -> None:
    index = page("README.md")
    others = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")} - {"README.md"}

    assert others == {name for name in others if f"({name})" in index}
