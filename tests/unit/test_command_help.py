"""The help of `egov`: every command stands under a title that says what it is for."""

from __future__ import annotations

from typer.main import get_command
from typer.testing import CliRunner

from orchestration.cli import PANELS, InPanels, app


def test_every_command_has_its_place_in_the_help() -> None:
    placed = [name for names in PANELS.values() for name in names]
    assert len(placed) == len(set(placed))
    group = get_command(app)
    assert isinstance(group, InPanels)
    assert placed == list(group.commands)


def test_the_help_shows_the_titles_in_their_order() -> None:
    said = CliRunner().invoke(app, ["--help"]).output
    at = [said.index(f" {title} ") for title in PANELS]
    assert at == sorted(at)
    assert " Commands " not in said
