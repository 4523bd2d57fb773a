"""The domain's faults in a form, and fields that take what people type."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from marketplace.kernel.errors import Conflict, Fault, Invalid
from marketplace.kernel.forms import attempt
from tests.pages import Everything


@pytest.mark.django_db
def test_verb_gets_the_cleaned_data() -> None:
    form = Everything({"name": "Home", "use": "3.412", "price": "12,50", "start": "31.12.2030", "flat": "no"})
    with override("de"):
        tried = attempt(form, dict)
    assert tried.done
    assert tried.result is not None
    taken = {name: tried.result[name] for name in ("use", "price", "start", "flat")}
    assert taken == {
        "use": Decimal(3412),
        "price": Decimal("12.50"),
        "start": datetime.date(2030, 12, 31),
        "flat": False,
    }


@pytest.mark.django_db
def test_faults_stand_beside_their_fields() -> None:
    def verb(body: dict[str, object]) -> None:
        faults = {"/lines/2/price": "price", "/who": "who", "/kinds/0": "kind", "/nowhere": "nowhere", "": "all"}
        raise Invalid(Fault(pointer, "wrong", f"{said} is wrong") for pointer, said in faults.items())

    form = Everything({"name": "Home"})
    assert not attempt(form, verb).done
    assert form.status == 422
    assert form.errors == {
        "price": ["price is wrong"],
        "name": ["who is wrong"],
        "kinds": ["kind is wrong"],
        "__all__": ["nowhere is wrong", "all is wrong"],
    }


@pytest.mark.django_db
def test_conflict_is_told_above_the_form() -> None:
    def verb(body: dict[str, object]) -> None:
        raise Conflict("It is closed.")

    form = Everything({"name": "Home"})
    assert not attempt(form, verb).done
    assert (form.status, form.non_field_errors()) == (409, ["It is closed."])


def test_verb_is_not_called_with_a_broken_form() -> None:
    form = Everything({})
    assert not attempt(form, lambda body: pytest.fail("called")).done
    assert form.status == 422


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("price", "1.234", "This can be read as 1.234 or as 1234. Write 1234 for the larger one."),
        ("price", "1.23456", "At most 2 decimals, please."),
        ("price", "a lot", "Write a number, for example 1,234.5."),
        ("use", "0", "At least 1, please."),
        ("use", "3.5", "At most 0 decimals, please."),
        ("price", "1" * 20, "At most 99,999,999,999,999, please."),
        ("start", "tomorrow", "Write a day, for example 31.12.2030."),
    ],
)
def test_field_says_what_to_do(name: str, text: str, said: str) -> None:
    assert Everything({"name": "Home", name: text}).errors == {name: [said]}


def test_stored_values_are_shown_as_one_would_type_them() -> None:
    initial = {"price": Decimal("1234.50"), "flat": True, "start": datetime.date(2030, 12, 31)}
    with override("de"):
        form = Everything(initial=initial)
        assert 'value="1234,5"' in str(form["price"])
        assert 'value="2030-12-31"' in str(form["start"])
        assert 'value="yes" id="id_flat_0" checked' in str(form["flat"]).replace("\n", "")
