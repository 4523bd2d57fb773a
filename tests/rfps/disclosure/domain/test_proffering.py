"""The roster's agreements as rows."""

from __future__ import annotations

import pytest

from rfps.disclosure import roster
from rfps.disclosure.domain.proffering import proffer
from rfps.disclosure.models import Terms

pytestmark = pytest.mark.django_db


def test_the_terms_are_kept_with_those_of_the_award() -> None:
    Terms.objects.all().delete()
    proffer("PDC-INTENT")
    named = [roster.agreement(slug) for slug in ("PDC-INTENT", "SD-BASE")]
    kept = Terms.objects.order_by("slug").values_list("slug", "version", "sha256")
    assert list(kept) == [(one.id, one.version, one.sha256) for one in named]


def test_proffering_again_keeps_the_same_rows() -> None:
    before = list(Terms.objects.values_list("pk", flat=True))
    proffer("PDC-INTENT")
    assert list(Terms.objects.values_list("pk", flat=True)) == before


def test_the_terms_of_an_award_are_nothing_to_ask_with() -> None:
    with pytest.raises(roster.UnknownTerms):
        proffer("SD-BASE")
