"""Browser tests wait for what a page says; an assertion on a single look would race the page's loading."""

from __future__ import annotations

import ast
from pathlib import Path

LOOKS = {
    "count", "input_value", "inner_text", "is_checked", "is_disabled", "is_enabled", "is_hidden", "is_visible",
    "text_content",
}  # fmt: skip


def looks(tree: ast.Module) -> list[str]:
    """Every asserted call of a method that looks once at a locator; counting database rows is no look."""
    return [
        f"line {call.lineno}: {call.func.attr}"
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Assert)
        for call in ast.walk(statement.test)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LOOKS
        if ".objects." not in ast.unparse(call)
    ]


def test_single_looks_are_found() -> None:
    assert looks(ast.parse("assert not page.get_by_text('a').is_visible()")) == ["line 1: is_visible"]
    assert looks(ast.parse("assert Bid.objects.count() == 1\nexpect(page).to_have_url('/')")) == []


def test_browser_tests_wait() -> None:
    found = {path.name: looks(ast.parse(path.read_text())) for path in Path(__file__).parent.glob("browser/test_*.py")}
    assert found
    assert {name: each for name, each in found.items() if each} == {}
