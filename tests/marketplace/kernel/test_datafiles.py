"""Broken data files are refused with a sentence that says where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from marketplace.kernel import datafiles
from marketplace.kernel.datafiles import BrokenFile


@dataclass(frozen=True)
class Thing:
    name: str
    size: int = 1


def test_reads_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[x]\ny = "z"\n', encoding="utf-8")
    assert datafiles.read(path) == {"x": {"y": "z"}}


@pytest.mark.parametrize("content", [b"x = ", b"\xff\xfe", b"x = 1\nx = 2"])
def test_refuses_what_is_no_toml(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(BrokenFile, match=r"^a\.toml: "):
        datafiles.read(path)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"^none\.toml: "):
        datafiles.read(tmp_path / "none.toml")


def test_builds_with_defaults() -> None:
    assert datafiles.build(Thing, {"name": "a"}, "here") == Thing("a", 1)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"name": "a", "colour": "red"}, "here: unknown name 'colour'"),
        ({"size": 2}, "here: 'name' is missing"),
        ([], r"here: expected a table, found \[\]"),
    ],
)
def test_says_what_is_wrong(table: object, sentence: str) -> None:
    with pytest.raises(BrokenFile, match=f"^{sentence}$"):
        datafiles.build(Thing, table, "here")


def test_refuses_a_name_that_stands_twice() -> None:
    with pytest.raises(BrokenFile, match=r"^here: 'b' stands twice$"):
        datafiles.once(["a", "b", "b"], "here")
