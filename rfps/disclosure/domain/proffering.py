"""The agreement that a request names, as the row that acceptances point to."""

from __future__ import annotations

from rfps.disclosure import roster
from rfps.disclosure.domain import enrolling
from rfps.disclosure.models import Terms


def proffer(slug: str) -> Terms:
    """The current version of an agreement a request can name, beside what it includes; raises UnknownTerms."""
    agreement, award = roster.agreement(slug), roster.award_terms(slug)
    enrolling.enrol([award, agreement])
    return Terms.objects.get(slug=agreement.id, version=agreement.version)
