"""The comparison as the page shows it: the lead, the order of columns, rows, cells and what is left out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import wording
from bids.domain.entering import enter, keep_current
from bids.domain.marking import mark
from bids.domain.rounding import rounded
from bids.domain.rowing import Cell, Row, State
from bids.domain.shortlisting import shortlist
from bids.domain.tabling import Order, Table, table
from marketplace.kernel.errors import NotAllowed
from rfps.models import Rfp
from tests.factories import bids, people

HOUR = timedelta(hours=1)
STANDING = {"label": "Standing charge", "amount": Decimal(10), "recurs": "month", "periods": 12}
BONUS = {"label": "Bonus", "amount": Decimal(-40), "conditional": True}


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return bids.request(customer, closes_in=-HOUR)


def shown(rfp: Rfp, **options: Any) -> Table:
    found = table(rfp, actor=actor_of_person(rfp.customer), **options)
    assert found is not None
    return found


def row(found: Table, title: str) -> Row:
    return next(row for group in found.groups for row in group.rows if row.title == title)


def names(found: Table) -> list[str]:
    return [head.name for head in found.heads]


@pytest.mark.parametrize(("amount", "said"), [("48", "£48"), ("48.5", "£48.50"), ("864.4", "£864"), ("-48", "−£48")])
def test_a_sentence_says_small_change_only_where_it_counts(amount: str, said: str) -> None:
    assert wording.about(Fraction(amount), "GBP") == said


def test_the_lead_says_who_by_what_and_how_firmly(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    bids.bid(rfp, supplier, charges=[STANDING])
    bids.bid(rfp, rival, prices=["0.21"], answers=[True, 90], charges=[STANDING])
    keep_current(rfp, actor=actor_of_person(rfp.customer), body={"total": "1150.40"})
    share = 100 * (shown(rfp).comparison.results[0].first_rank_share or 0)
    assert shown(rfp).told == (
        "Northlight Energy leads with 51 of 100 points:",
        "£936 for 12 months, £214 less than you pay now.",
        "Tidewater Power costs £102 less. Notice period: 30 days, with Tidewater Power 90 days.",
        f"Northlight Energy stays first in {rounded(Fraction(share), 0)} of 100 ways to weigh what counts.",
    )


def test_the_lead_of_one_of_none_and_of_none_that_fits(customer: User, rfp: Rfp, supplier: Organisation) -> None:
    assert shown(rfp).told == ("No offer came in.",)
    bids.bid(rfp, supplier, answers=[False, 30])
    assert shown(rfp).told == (
        "No offer has everything that you must have. What each one misses stands in its column.",
    )
    bids.bid(rfp, supplier, option=2)
    assert shown(rfp).told == ("Northlight Energy has 60 of 100 points:", "£816 for 12 months.")


def test_columns_of_one_company_are_told_apart(rfp: Rfp, supplier: Organisation) -> None:
    bids.bid(rfp, supplier, title="Fixed")
    bids.bid(rfp, supplier, option=2, prices=["0.30"], title="Green")
    assert shown(rfp).told[0] == "Northlight Energy (Fixed) leads with 60 of 100 points:"


def test_ranked_first_then_own_columns_then_what_misses_a_must(
    rfp: Rfp, supplier: Organisation, rival: Organisation
) -> None:
    bids.bid(rfp, rival, prices=["0.10"], answers=[False, 1])
    bids.bid(rfp, supplier)
    actor = actor_of_person(rfp.customer)
    keep_current(rfp, actor=actor, body={"total": "1150", "supplier": "Harrow", "contract_ends_on": "2031-01-31"})
    enter(rfp, actor=actor, body={"total": "500", "supplier": "Neighbour's tip"})
    found = shown(rfp)
    assert names(found) == ["Northlight Energy", "What you have", "Neighbour's tip", "Tidewater Power"]
    assert [head.why_not for head in found.heads][-1] == "misses a must-have: 100 % renewable"
    assert found.heads[1].title == "Harrow, until 31 Jan 2031"
    assert (found.bids, found.left_out) == (2, 0)


def test_order_by_price_time_and_name(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    bids.bid(rfp, supplier, prices=["0.30"], answers=[True, 0])
    bids.bid(rfp, rival, prices=["0.29"], answers=[True, 90])
    assert names(shown(rfp, order=Order.BEST))[0] == "Northlight Energy"
    assert names(shown(rfp, order=Order.PRICE))[0] == "Tidewater Power"
    assert names(shown(rfp, order=Order.CAME))[0] == "Northlight Energy"
    assert names(shown(rfp, order=Order.NAME))[0] == "Northlight Energy"


def test_cells_say_what_is_best_missing_and_failed(customer: User, supplier: Organisation, rival: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR, lines=[*bids.LINES, {"title": "Meter", "quantity": Decimal(1)}])
    bids.bid(rfp, supplier, prices=["0.2155", "12"], charges=[STANDING, BONUS])
    bids.bid(rfp, rival, prices=["0.21", None], answers=[False, None], vat_included=False, vat_rate=Decimal("0.2"))
    found = shown(rfp)
    assert row(found, "Electricity").cells == (Cell("£0.2155"), Cell("£0.2520"))
    assert row(found, "Electricity").detail == "3,400 kWh"
    assert row(found, "Meter").cells == (Cell("£12.00"), Cell("not offered", State.MISSING))
    assert row(found, "Standing charge").cells == (Cell("£10.00 / month"), Cell("none", State.QUIET))
    assert row(found, "Bonus").cells[0] == Cell("−£40.00", detail="on a condition, not counted")
    assert row(found, "100 % renewable").cells == (Cell("yes"), Cell("no", State.FAILED))
    assert row(found, "Notice period").cells == (Cell("30 days"), Cell("no answer", State.MISSING))
    assert row(found, "Price for 12 months").cells[1].detail == "without the parts it leaves out"


def test_the_best_is_marked_where_offers_differ(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    bids.bid(rfp, supplier)
    bids.bid(rfp, rival, prices=["0.21"], answers=[True, 90])
    found = shown(rfp)
    assert [cell.state for cell in row(found, "Price for 12 months").cells] == [State.PLAIN, State.BEST]
    assert [cell.state for cell in row(found, "Notice period").cells] == [State.BEST, State.PLAIN]
    assert (row(found, "Notice period").differs, row(found, "100 % renewable").differs) == (True, False)


def test_many_labels_of_charges_share_a_row(rfp: Rfp, supplier: Organisation) -> None:
    bids.bid(rfp, supplier, charges=[{"label": f"Fee {at}", "amount": Decimal(at)} for at in range(1, 16)])
    rest = row(shown(rfp), "Other charges")
    assert rest.cells == (Cell("£13.00, £14.00, £15.00"),)


def test_marks_are_kept_column_by_column(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    one, two = str(bids.bid(rfp, supplier).public_id), str(bids.bid(rfp, rival, prices=["0.3"]).public_id)
    assert rfp.current is not None
    trust, actor = str(rfp.current.criteria.get(kind="rating").public_id), actor_of_person(rfp.customer)
    mark(rfp, actor=actor, key=one, body={"ratings": {trust: 4}, "note": "Called back at once"})
    mark(rfp, actor=actor, key=two, body={"ratings": {trust: 2.5}, "hidden": True})
    found = shown(rfp)
    assert names(found) == ["Northlight Energy"]
    assert (found.left_out, row(found, "Trust").cells, row(found, "Your note").cells) == (
        1,
        (Cell("4 of 5"),),
        (Cell("Called back at once"),),
    )
    assert row(shown(rfp, picked=[one, two]), "Trust").cells == (Cell("4 of 5"), Cell("2.5 of 5"))
    mark(rfp, actor=actor, key=two, body={"hidden": False, "ratings": {trust: None}})
    assert row(shown(rfp), "Trust").cells[1] == Cell("not rated", State.QUIET)


def test_hidden_names_stay_hidden_until_the_shortlist(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer, closes_in=-HOUR, blind=True)
    bid = bids.bid(rfp, supplier)
    before = shown(rfp)
    assert "Northlight" not in f"{before.heads}{before.groups}{before.told}{before.numbers}"
    assert row(before, "Chosen here before, confirmed").cells == (Cell("name hidden", State.QUIET),)
    shortlist(rfp, actor=actor_of_person(customer), bid=bid)
    assert names(shown(rfp)) == ["Northlight Energy"]


def test_sealed_offers_make_no_table(customer: User, supplier: Organisation) -> None:
    rfp = bids.request(customer)
    bids.bid(rfp, supplier)
    assert table(rfp, actor=actor_of_person(customer)) is None


def test_nobody_else_gets_a_table(rfp: Rfp, supplier: Organisation) -> None:
    for actor in (actor_of_organisation(supplier), actor_of_person(people.person())):
        with pytest.raises(NotAllowed):
            table(rfp, actor=actor)


def test_an_offer_that_is_over_says_so(rfp: Rfp, supplier: Organisation) -> None:
    bids.bid(rfp, supplier, valid_until_on=date(2020, 5, 1))
    found = shown(rfp)
    assert row(found, "Stands until").cells == (Cell("1 May 2020", State.MISSING, "over; ask for a new one"),)
    assert found.heads[0].closed


def test_sliders_are_as_fine_as_the_finest_weight(rfp: Rfp) -> None:
    assert [(each.weight, each.share, each.step, each.most) for each in shown(rfp).weights] == [
        ("60", "60", "1", 100),
        ("25", "25", "1", 100),
        ("15", "15", "1", 100),
    ]


def test_only_columns_that_are_shown_are_drawn(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    first, second = bids.bid(rfp, supplier), bids.bid(rfp, rival)
    everyone = {head.key: head for head in shown(rfp, picked=[str(second.public_id)]).everyone}
    assert everyone[str(first.public_id)].bar == ()
    assert [piece.end for piece in everyone[str(second.public_id)].bar][-1] == everyone[str(second.public_id)].points
