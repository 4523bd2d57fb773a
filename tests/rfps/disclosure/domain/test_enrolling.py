"""Agreements are rows that never change under a version."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from rfps.disclosure import roster
from rfps.disclosure.domain import enrolling
from rfps.disclosure.models import Terms

pytestmark = pytest.mark.django_db


def test_a_migrated_database_has_the_roster() -> None:
    shipped = {(one.id, one.version, one.sha256) for one in roster.agreements()}
    assert set(Terms.objects.values_list("slug", "version", "sha256")) == shipped
    call_command("migrate", verbosity=0)
    assert Terms.objects.count() == len(shipped)


def test_a_new_version_stands_beside_the_old() -> None:
    newer = replace(roster.agreement("SD-BASE"), version="9.0", text="Other words.")
    assert enrolling.enrol([roster.agreement("SD-BASE"), newer]) == 1
    assert Terms.objects.filter(slug="SD-BASE").count() == 2


def test_a_changed_text_needs_a_new_version() -> None:
    changed = replace(roster.agreement("SD-BASE"), text="Other words.")
    with pytest.raises(enrolling.ChangedTerms, match="give it a new version"):
        enrolling.enrol([changed])
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Terms.objects.update(text="Other words.")
