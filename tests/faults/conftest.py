"""What every fault test needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from marketplace.celery import app
from marketplace.kernel import hinting
from tests.faults.engines import Faults


@pytest.fixture
def faults(transactional_db: None) -> Iterator[Faults]:
    """A running broker of the test's own, to which this process sends its hints."""
    made = Faults()
    known, app.conf.broker_url = app.conf.broker_url, made.url
    hinting._silent_until[0] = 0.0
    try:
        made.start_broker()
        yield made
    finally:
        made.end()
        app.conf.broker_url = known
        hinting._silent_until[0] = 0.0
