"""The committed stylesheet is what its sources say."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command

from marketplace.management.commands.build_css import COMPILED


def test_compiled_stylesheet_is_up_to_date(tmp_path: Path) -> None:
    call_command("build_css", output=tmp_path / "beckon.css")
    assert (tmp_path / "beckon.css").read_text() == COMPILED.read_text(), "run `manage.py build_css`"


def test_a_class_of_ours_is_no_utility() -> None:
    assert ".hidden{display" not in COMPILED.read_text()
