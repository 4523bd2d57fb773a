"""The category tree: complete, sound, and found by the words people use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.datafiles import BrokenFile
from rfps import catalogue
from rfps.catalogue import UnknownCategory

NAMED = (
    "energy/electricity telecom/phone home/kitchen events/photography mobility/used-car mobility/bicycle home/moving "
    "electronics/laptop telecom/broadband insurance/car"
).split()


def ids(nodes: tuple[catalogue.Category, ...]) -> list[str]:
    return [node.id for node in nodes]


def test_has_enough_nodes_in_three_levels() -> None:
    assert len(catalogue.all_categories()) >= 60
    assert {node.id.count("/") for node in catalogue.all_categories()} == {0, 1, 2}


@pytest.mark.parametrize("slug", [*NAMED, *sorted({one.partition("/")[0] for one in NAMED})])
def test_has_the_categories_that_clients_know(slug: str) -> None:
    assert catalogue.exists(slug)


def test_every_parent_exists() -> None:
    assert all(node.parent is None or catalogue.exists(node.parent) for node in catalogue.all_categories())


def test_ancestors_lead_from_the_top() -> None:
    found = catalogue.ancestors("energy/electricity/night-tariff")
    assert ids(found) == ["energy", "energy/electricity", "energy/electricity/night-tariff"]
    assert ids(catalogue.ancestors("energy")) == ["energy"]


def test_children_lie_directly_below() -> None:
    assert ids(catalogue.children("energy/electricity")) == ["energy/electricity/night-tariff"]
    assert catalogue.children("insurance/car") == ()
    assert all("/" not in slug for slug in ids(catalogue.children()))


@pytest.mark.parametrize("slug", ["castle", "energy/", "", "Energy"])
def test_unknown_categories_are_said_to_be_unknown(slug: str) -> None:
    assert not catalogue.exists(slug)
    for ask in (catalogue.category, catalogue.ancestors, catalogue.children):
        with pytest.raises(UnknownCategory):
            ask(slug)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I need a year of electricity for a small flat", "energy/electricity"),
        ("power", "energy/electricity"),
        ("elec", "energy/electricity"),
        ("a photographer for our wedding", "events/photography"),
        ("used car", "mobility/used-car"),
        ("insurance for my car", "insurance/car"),
        ("bikes", "mobility/bicycle"),
        ("removals", "home/moving"),
        ("sim only", "telecom/phone/sim-only"),
        ("MOT", "mobility/car-repair"),
        ("KITCHEN!", "home/kitchen"),
        ("broad", "telecom/broadband"),
    ],
)
def test_finds_what_people_mean(text: str, first: str) -> None:
    assert catalogue.find(text)[0].id == first


@pytest.mark.parametrize("text", ["", "   ", "zzz", "🙂", "a"])
def test_finds_nothing_rather_than_anything(text: str) -> None:
    assert catalogue.find(text) == ()


@given(st.text(max_size=400), st.integers(1, 10))
def test_any_text_may_be_asked(text: str, limit: int) -> None:
    found = ids(catalogue.find(text, limit))
    assert len(found) == len(set(found)) <= limit


@pytest.mark.parametrize("node", catalogue.all_categories(), ids=lambda node: node.id)
def test_every_category_is_found_by_its_label(node: catalogue.Category) -> None:
    assert node in catalogue.find(node.label, 3)


GOOD = """
[[category]]
id = "energy"
label = "Energy"
help = "All of it."
synonyms = ["power"]
[[category]]
id = "energy/gas"
label = "Gas"
help = "Mains gas."
"""


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("energy/gas", "power/gas", "categories.toml: power/gas: its parent must stand before it"),
        ("energy/gas", "energy/a/b/c", "categories.toml: energy/a/b/c: more than 3 levels"),
        ("energy/gas", "energy/Gas", "categories.toml: energy/Gas: an id is made of a-z, 0-9 and hyphens"),
        ("energy/gas", "energy", "categories.toml: 'energy' stands twice"),
        ('label = "Gas"', 'label = "Energy"', "categories.toml: 'Energy' stands twice"),
        ('help = "Mains gas."', "", "categories.toml: energy/gas: 'help' is missing"),
        ('help = "Mains gas."', 'help = ""', "categories.toml: energy/gas: label and help must not be empty"),
        ('"power"', '"…"', "categories.toml: energy: a synonym without words"),
        ("synonyms", "words", "categories.toml: energy: unknown name 'words'"),
    ],
)
def test_refuses_a_broken_file(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "categories.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(BrokenFile) as caught:
        catalogue.load(path)
    assert str(caught.value) == sentence
