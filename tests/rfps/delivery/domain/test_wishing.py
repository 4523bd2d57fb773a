"""What is wrong with a wish is said of as many entries as a list may have, and of no more."""

from __future__ import annotations

import pytest

from rfps.delivery.domain.wishing import MAX_LIST, Wish, faults_of


@pytest.mark.parametrize("name", ["categories", "keywords", "excluded_keywords", "capabilities"])
def test_an_endless_list_is_judged_as_far_as_it_may_go(name: str) -> None:
    given = {"categories": ["energy"], "mail": "none", name: [" " * 200] * 100_000}
    faults = [fault for fault in faults_of(Wish(**given)) if fault.pointer.startswith(f"/{name}")]
    assert len(faults) == MAX_LIST + 1
    assert {fault.code for fault in faults if fault.pointer == f"/{name}"} == {"too_many"}
