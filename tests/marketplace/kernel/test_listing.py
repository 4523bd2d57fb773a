"""Pages of a list: both ways, in several orders, and no cursor but our own."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory

from accounts.models import Organisation
from marketplace.kernel.listing import Cut, cut
from tests.factories import people


def part(query: str, *keys: str) -> Cut[Organisation]:
    return cut(RequestFactory().get(f"/?{query}"), Organisation.objects.all(), *keys, size=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("keys", "order"), [(("name", "pk"), "abbcd"), (("-pk",), "dcbba"), (("-name", "-pk"), "dcbba")]
)
def test_a_list_is_read_to_its_end_and_back(keys: tuple[str, ...], order: str) -> None:
    for name in "abbcd":
        people.organisation(name=name)
    first = part("", *keys)
    second = part(f"after={first.next}", *keys)
    last = part(f"after={second.next}", *keys)
    assert "".join(row.name for each in (first, second, last) for row in each.rows) == order
    assert (first.previous, last.next) == ("", "")
    assert part(f"before={last.previous}", *keys).rows == second.rows
    again = part(f"before={second.previous}", *keys)
    assert (again.rows, again.previous, bool(again.next)) == (first.rows, "", True)


@pytest.mark.django_db
def test_a_cursor_of_nobody_or_of_another_order_is_refused() -> None:
    for name in "abc":
        people.organisation(name=name)
    for cursor in ("nonsense", "%F0%9F%99%82", part("", "-pk").next):
        with pytest.raises(BadRequest):
            part(f"after={cursor}", "name", "pk")
    assert part("", "name", "pk").next


@pytest.mark.django_db
def test_a_row_that_came_meanwhile_moves_nothing() -> None:
    assert part("", "-pk") == Cut([])
    for name in "abc":
        people.organisation(name=name)
    after = part("", "-pk").next
    people.organisation(name="new")
    assert [row.name for row in part(f"after={after}", "-pk").rows] == ["a"]
