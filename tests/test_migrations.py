"""The schema fits the models, and what is said to be immutable is."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organisation

pytestmark = pytest.mark.django_db


def test_sandbox_of_an_organisation_never_changes() -> None:
    organisation = Organisation.objects.create(kind="supplier", name="Northlight")
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Organisation.objects.filter(pk=organisation.pk).update(sandbox=True)
    organisation.refresh_from_db()
    assert organisation.sandbox is False
