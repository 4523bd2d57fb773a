"""The roster of standard agreements: complete, numbered, and fixed by its hash."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from marketplace.kernel.datafiles import BrokenFile
from rfps import templates
from rfps.disclosure import roster
from rfps.disclosure.roster import UnknownTerms


def test_holds_the_two_agreements() -> None:
    assert [(one.id, one.version) for one in roster.agreements()] == [("PDC-INTENT", "1.0"), ("SD-BASE", "1.0")]


def test_a_person_chooses_the_terms_of_the_request_and_they_include_those_of_the_award() -> None:
    assert roster.proffered() == ("PDC-INTENT",)
    assert roster.award_terms("PDC-INTENT") == roster.agreement("SD-BASE")


def test_unknown_terms_are_said_to_be_unknown() -> None:
    with pytest.raises(UnknownTerms):
        roster.agreement("PDC-ANYTHING")
    with pytest.raises(UnknownTerms):
        roster.award_terms("SD-BASE")


@pytest.mark.parametrize(
    ("slug", "sha256"),
    [
        ("PDC-INTENT", "9d1329170cad8e954b979783288c7538ea1a96d329ada5453c3d9fd344e46fc7"),
        ("SD-BASE", "cfe9c0ee4e65dae124c1d8a0a594cc701f2037ff5dc47dc327de6fa8680c8e47"),
    ],
)
def test_a_published_text_never_changes(slug: str, sha256: str) -> None:
    assert roster.agreement(slug).sha256 == sha256


def test_every_template_proffers_terms_of_the_roster() -> None:
    named = {one.terms for one in (*templates.all_templates(), templates.for_category("energy"))}
    assert named <= set(roster.proffered())


@pytest.mark.parametrize("slug", ["PDC-INTENT", "SD-BASE"])
def test_is_one_page_of_plain_words(slug: str) -> None:
    words = roster.agreement(slug).text.split()
    assert 300 <= len(words) <= 600
    assert not {"hereinafter", "thereof", "pursuant", "notwithstanding"} & {word.lower() for word in words}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(roster.FOLDER, tmp_path / "terms"))


def test_line_ends_do_not_change_the_hash(folder: Path) -> None:
    path = folder / "SD-BASE.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert roster.load(folder)["SD-BASE"].sha256 == roster.agreement("SD-BASE").sha256


def test_every_word_counts_for_the_hash(folder: Path) -> None:
    path = folder / "SD-BASE.md"
    path.write_text(path.read_text("utf-8").replace("72 hours", "73 hours", 1), encoding="utf-8")
    assert roster.load(folder)["SD-BASE"].sha256 != roster.agreement("SD-BASE").sha256


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("SD-BASE.md", "+++\nid", "id", "SD-BASE.md: it must begin with a head between two lines +++"),
        ("SD-BASE.md", 'id = "SD-BASE"', 'id = "SD-MORE"', "SD-BASE.md: its id is 'SD-MORE'"),
        ("SD-BASE.md", 'version = "1.0"\n', "", "SD-BASE.md: 'version' is missing"),
        ("SD-BASE.md", "\n2. ", "\n7. ", "SD-BASE.md: its clauses are not numbered from 1"),
        ("SD-BASE.json", '"clauses": [16]', '"clauses": [61]', "SD-BASE.json: it cites a clause that the text lacks"),
        ("SD-BASE.json", '"@id": "SD-BASE"', '"@id": "SD"', "SD-BASE.json: @id is not the agreement's"),
        ("PDC-INTENT.json", '"award": "SD-BASE"', '"award": "SD"', "PDC-INTENT.json: award is not the text's"),
        (
            "SD-BASE.md",
            "proffered = false",
            "proffered = true",
            "SD-BASE: what a person chooses names the terms of the award",
        ),
    ],
)
def test_refuses_a_broken_roster(folder: Path, name: str, old: str, new: str, sentence: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BrokenFile) as caught:
        roster.load(folder)
    assert str(caught.value) == sentence


def test_refuses_an_agreement_without_its_machine_form(folder: Path) -> None:
    (folder / "SD-BASE.json").unlink()
    with pytest.raises(BrokenFile, match=r"^SD-BASE\.md: "):
        roster.load(folder)


def test_refuses_an_award_without_text(folder: Path) -> None:
    (folder / "SD-BASE.md").unlink()
    with pytest.raises(BrokenFile, match=r"^PDC-INTENT: no agreement 'SD-BASE'$"):
        roster.load(folder)
