"""The clock's task does what is due."""

from __future__ import annotations

import pytest

from accounts.models import User
from rfps.states import Phase
from rfps.tasks import tick
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


def test_a_tick_tells_a_deadline(customer: User) -> None:
    rfp = make.in_phase(customer, Phase.DECIDING)
    tick()
    assert make.again(rfp).closing_told_at is not None
