"""Lists on pages go on both ways, and take no place that they did not make."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from accounts.models import Household
from marketplace.kernel.paging import slice_of

pytestmark = pytest.mark.django_db


def names(query: str = "") -> tuple[list[str], str, str]:
    found = slice_of(RequestFactory().get(f"/{query}"), Household.objects.all(), size=2)
    return [row.name for row in found.rows], found.previous, found.next


def test_forth_and_back() -> None:
    for number in range(5):
        Household.objects.create(name=str(number))
    first, before, after = names()
    assert (first, before) == (["4", "3"], "")
    second, before, after = names(f"?after={after}")
    assert second == ["2", "1"]
    assert names(f"?before={before}")[0] == ["4", "3"]
    third, before, after = names(f"?after={after}")
    assert (third, after) == (["0"], "")
    assert names(f"?before={before}")[0] == ["2", "1"]


def test_a_row_that_came_meanwhile_moves_nothing() -> None:
    for number in range(3):
        Household.objects.create(name=str(number))
    after = names()[2]
    Household.objects.create(name="new")
    assert names(f"?after={after}")[0] == ["0"]


def test_an_empty_list_has_no_other_page() -> None:
    assert names() == ([], "", "")


@pytest.mark.parametrize("query", ["?after=7", "?after=", "?before=%F0%9F%99%82", "?after=x y"])
def test_a_place_of_no_list(query: str) -> None:
    with pytest.raises(BadRequest):
        names(query)
