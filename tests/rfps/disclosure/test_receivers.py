"""The log of reads is chained like the change record, and stays so when what it points to goes."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation
from marketplace.audit import chaining
from marketplace.audit.chaining import CHAINS
from rfps.disclosure.domain.reading import disclosed
from rfps.disclosure.models import DisclosureEvent
from tests.factories import datastore, disclosure
from tests.marketplace.audit.test_chaining import seal

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_changed_read_is_found(customer: User, supplier: Organisation) -> None:
    datastore.value(customer, "energy.kwh_per_year", 3412)
    made = disclosure.opportunity(disclosure.request(customer), supplier)
    disclosed(made, actor=actor_of_organisation(supplier))
    assert seal(CHAINS["disclosure"]) == 1
    DisclosureEvent.objects.update(value=None, grant=None, organisation=None, rfp=None)
    assert chaining.verify(CHAINS["disclosure"]).broken is None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE disclosure_disclosureevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE disclosure_disclosureevent SET field = 'household.size'")
        cursor.execute("ALTER TABLE disclosure_disclosureevent ENABLE TRIGGER USER")
    broken = chaining.verify(CHAINS["disclosure"]).broken
    assert broken is not None
    assert broken.startswith("link 1 ")
