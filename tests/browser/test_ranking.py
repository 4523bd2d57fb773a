"""The browser's ranking equals the server's, to the digit, over many boards and weights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Route

from bids.domain import tabling
from bids.domain.comparing import Comparison, calculate
from bids.domain.gathering import BID, Board, Column
from bids.domain.rounding import exact, rounded
from bids.domain.scoring import Measure
from bids.domain.totalling import Fee, Offer
from bids.states import EntryKind
from rfps.models import Rfp, RfpVersion
from rfps.states import CriterionKind

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "ranking.js"
START = datetime(2030, 1, 1, tzinfo=UTC)
RANK = """([board, weightings]) => {
  const prepared = ranking.prepare(board);
  return weightings.map(weights => ({
    shares: ranking.shares(weights),
    columns: [...ranking.rank(prepared, weights)].map(([key, {points, rank, parts}]) => [key, points, rank, parts]),
  }));
}"""
Weighting = list[Decimal]

weights = st.decimals(min_value=0, max_value=1000, places=3)
amounts = st.decimals(min_value=0, max_value=3000, places=2)
ratings = st.one_of(st.none(), st.sampled_from([Decimal(number) / 4 for number in range(21)]))


@st.composite
def boards(draw: st.DrawFn) -> tuple[list[Column], list[Weighting]]:
    """Columns of every kind with a price and some ratings, and weightings of these criteria."""
    criteria = draw(st.integers(0, 5))
    rows = draw(st.lists(st.tuples(amounts, *[ratings] * criteria), min_size=1, max_size=12))
    columns = []
    for at, (price, *given_) in enumerate(rows):
        source = draw(st.sampled_from([BID, BID, BID, BID, *EntryKind.values]))
        columns.append(
            Column(
                key=f"{at:02}",
                source=source,
                title="",
                supplier={"id": None, "name": None},
                offer=Offer(fees=[Fee("all", price)]),
                answers={},
                first_submitted_at=START + timedelta(hours=draw(st.integers(0, 3))) if source == BID else None,
                ratings={str(which): rating for which, rating in enumerate(given_) if rating is not None},
                declined=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    weighting = st.lists(weights, min_size=criteria + 1, max_size=criteria + 1).filter(any)
    return columns, draw(st.lists(weighting, min_size=1, max_size=4))


def compared(columns: list[Column], weighting: Weighting) -> Comparison:
    price = Measure("price", CriterionKind.TOTAL_PRICE, exact(weighting[0]), best="601.5", worst="1402.37")
    own = [Measure(str(at), CriterionKind.RATING, exact(weight)) for at, weight in enumerate(weighting[1:])]
    return calculate(
        Board(
            rfp=Rfp(currency="GBP"),
            asked=RfpVersion(horizon_months=12),
            lines=[],
            requirements=[],
            criteria=[],
            measures=[price, *own],
            columns=columns,
            exit_fee=None,
            day=date(2030, 1, 1),
        )
    )


def expected(comparison: Comparison) -> dict[str, Any]:
    """What the server shows of it."""
    columns = {}
    for result in comparison.results:
        bar = [{"start": piece.start, "length": piece.length} for piece in tabling.bar(result)]
        columns[result.column.key] = [rounded(result.score.amount, 2), result.rank, bar]
    return {"shares": [weight.share for weight in tabling.sliders(comparison)], "columns": columns}


@pytest.fixture(scope="module")
def ranking(browser: Browser) -> Iterator[Page]:
    """A tab that holds the module and nothing else."""

    def answer(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Empty</title>", content_type="text/html")

    context = browser.new_context()
    context.route("**/*", answer)
    page = context.new_page()
    page.goto("http://empty.example/")
    page.evaluate("async () => { window.ranking = await import('/ranking.js'); }")
    yield page
    context.close()


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=boards())
def test_the_browser_ranks_as_the_server_does(ranking: Page, drawn: tuple[list[Column], list[Weighting]]) -> None:
    columns, weightings = drawn
    found = [compared(columns, weighting) for weighting in weightings]
    texts = [[str(weight) for weight in weighting] for weighting in weightings]
    for each, answer in zip(found, ranking.evaluate(RANK, [tabling.numbers(found[0]), texts]), strict=True):
        answer["columns"] = {key: rest for key, *rest in answer["columns"]}
        assert answer == expected(each)


@pytest.mark.parametrize(
    ("dividend", "divisor", "shown"),
    [(1, 200, "0.00"), (3, 200, "0.02"), (5, 1000, "0.00"), (15, 1000, "0.02"), (10, 1, "10.00"), (2, 3, "0.67")],
)
def test_halves_go_to_the_even_digit(ranking: Page, dividend: int, divisor: int, shown: str) -> None:
    found = ranking.evaluate("([a, b]) => ranking.rounded(BigInt(a), BigInt(b))", [dividend, divisor])
    assert found == shown == rounded(Fraction(dividend, divisor), 2)
