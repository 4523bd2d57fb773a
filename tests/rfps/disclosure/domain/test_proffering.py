"""The roster's agreements as rows."""

from __future__ import annotations

import pytest

from rfps.disclosure import roster
from rfps.disclosure.domain.proffering import proffer
from rfps.disclosure.models import Terms

pytestmark = pytest.mark.django_db


def test_the_terms_are_kept_with_those_of_the_award() -> None:
    terms = proffer("PDC-INTENT")
    assert (terms.slug, terms.sha256) == ("PDC-INTENT", roster.agreement("PDC-INTENT").sha256)
    assert sorted(Terms.objects.values_list("slug", flat=True)) == ["PDC-INTENT", "SD-BASE"]


def test_proffering_again_keeps_the_same_rows() -> None:
    assert proffer("PDC-INTENT") == proffer("PDC-INTENT")
    assert Terms.objects.count() == 2


def test_the_terms_of_an_award_are_nothing_to_ask_with() -> None:
    with pytest.raises(roster.UnknownTerms):
        proffer("SD-BASE")
