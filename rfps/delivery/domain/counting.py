"""How many suppliers a request would reach, and how many each of its conditions keeps away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models.expressions import DatabaseDefault

from rfps.delivery.domain.matching import CANDIDATES, CONDITIONS, FITS, LIVE, MatchFacts, checked, facts_row
from rfps.delivery.models import Subscription

ROUNDED_TO = 5  # a dry run tells no single request


@dataclass(frozen=True, slots=True)
class Audience:
    """Suppliers that fit, and by condition those that would fit if only that condition were dropped."""

    matched: int
    exclusions: dict[str, int]


def audience(facts: MatchFacts, *, excluded: Iterable[int] = ()) -> Audience:
    """Count the suppliers interested in the category, by the same conditions as the fan-out."""
    each_but = {name: " AND ".join(test for other, test in CONDITIONS.items() if other != name) for name in CONDITIONS}
    tests = ", ".join(f"bool_or({test}) AS but_{name}" for name, test in each_but.items())
    counts = ", ".join(f"count(*) FILTER (WHERE but_{name} AND NOT fits)" for name in CONDITIONS)
    row, values = facts_row(facts)
    allowed, params = checked("s.organisation_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FILTER (WHERE fits), {counts} FROM (
              SELECT bool_or({" AND ".join(CONDITIONS.values())}) AS fits, {tests}
              FROM {row} {CANDIDATES}
              WHERE {LIVE} AND s.organisation_id <> ALL(%s::bigint[]) AND {allowed}
              GROUP BY s.organisation_id) each_supplier""",  # noqa: S608
            [*values, sorted(set(excluded)), *params],
        )
        matched, *kept_away = cursor.fetchone()
    return Audience(matched, dict(zip(CONDITIONS, kept_away, strict=True)))


def reached(variants: Sequence[MatchFacts], *, excluded: Iterable[int] = ()) -> list[int]:
    """How many suppliers each of several requests would match, in their order; one query for all."""
    if not variants:
        return []
    rows = [facts_row(facts) for facts in variants]
    sources = " UNION ALL ".join(f"SELECT {at} AS variant, e.* FROM {row}" for at, (row, _) in enumerate(rows))  # noqa: S608
    values = [value for _, given in rows for value in given]
    allowed, params = checked("s.organisation_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT e.variant, count(DISTINCT s.organisation_id) FROM ({sources}) e {CANDIDATES}
              WHERE {FITS} AND s.organisation_id <> ALL(%s::bigint[]) AND {allowed}
              GROUP BY e.variant""",  # noqa: S608
            [*values, sorted(set(excluded)), *params],
        )
        found: dict[int, int] = dict(cursor.fetchall())
    return [found.get(at, 0) for at in range(len(variants))]


def roughly(count: int) -> int:
    """A count to the nearest multiple of 5, so that it tells of no single supplier or request."""
    return ROUNDED_TO * ((2 * count + ROUNDED_TO) // (2 * ROUNDED_TO))


def received(subscription: Subscription, *, days: int) -> int:
    """How many requests of the last days the subscription, saved or not, would have brought, to the nearest 5."""
    values = {each.column: getattr(subscription, each.attname) for each in Subscription._meta.concrete_fields}
    said = {name: value for name, value in values.items() if not isinstance(value, DatabaseDefault)}
    allowed, params = checked("s.organisation_id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(DISTINCT e.rfp_id)
            FROM jsonb_populate_record(NULL::delivery_subscription, %s::jsonb) s
            JOIN delivery_event e ON e.matches_subscriptions AND e.occurred_at >= clock_timestamp() - %s::interval
            WHERE e.categories && s.categories AND {FITS}
              AND s.organisation_id <> ALL(e.excluded_organisations) AND {allowed}""",  # noqa: S608
            [json.dumps(said, default=str), f"{days} days", *params],
        )
        count: int = cursor.fetchone()[0]
    return roughly(count)
