"""The agreements that a request names, as the rows that acceptances point to."""

from __future__ import annotations

from rfps.disclosure import roster
from rfps.disclosure.domain import enrolling
from rfps.disclosure.models import Terms


def proffer(slug: str) -> None:
    """Keep the current version of an agreement a request can name, and what it includes; raises UnknownTerms."""
    named = [roster.award_terms(slug), roster.agreement(slug)]
    if Terms.objects.filter(sha256__in=[each.sha256 for each in named]).count() < len(named):
        enrolling.enrol(named)
