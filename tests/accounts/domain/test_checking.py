"""Operators check organisations and suspend them; nobody else does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.domain import checking
from accounts.models import Check, CheckRequest, Organisation, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person, is_checked
from accounts.signals import organisation_suspended
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from marketplace.mail.models import Mail
from tests.factories import people

pytestmark = pytest.mark.django_db


def check(organisation: Organisation, operator: User, *, actor: Actor | None = None, **changes: object) -> Check:
    today: date = timezone.now().date()
    finding = {"kind": "identity", "valid_from_on": today, "valid_until_on": today + timedelta(days=365)} | changes
    return checking.check(
        organisation,
        actor=actor or actor_of_person(operator),
        checked_by=operator,
        **finding,  # type: ignore[arg-type]
    )


def test_a_checked_supplier_counts_until_the_check_is_revoked(operator: User) -> None:
    organisation = people.organisation(checked=False)
    found = check(organisation, operator)
    assert is_checked(organisation) is True
    checking.revoke(found, actor=actor_of_person(operator))
    assert is_checked(organisation) is False
    with pytest.raises(Conflict):
        checking.revoke(found, actor=actor_of_person(operator))
    assert list(AuditRow.objects.order_by("id").values_list("verb", flat=True)) == [
        "organisation.checked",
        "organisation.check_revoked",
    ]


def test_a_suspended_supplier_does_not_count(operator: User, supplier: Organisation) -> None:
    told: list[Organisation] = []

    def listen(sender: object, organisation: Organisation, **_kwargs: object) -> None:
        told.append(organisation)

    organisation_suspended.connect(listen)
    checking.suspend(supplier, actor=actor_of_person(operator))
    organisation_suspended.disconnect(listen)
    assert (is_checked(supplier), told, supplier.suspended_at is None) == (False, [supplier], False)
    with pytest.raises(Conflict):
        checking.suspend(supplier, actor=actor_of_person(operator))
    checking.reinstate(supplier, actor=actor_of_person(operator))
    assert is_checked(supplier) is True
    with pytest.raises(Conflict):
        checking.reinstate(supplier, actor=actor_of_person(operator))


def test_every_fault_at_once(operator: User, supplier: Organisation) -> None:
    with pytest.raises(Invalid) as refused:
        check(supplier, operator, kind="looks", valid_until_on=date(2020, 1, 1), evidence="x" * 301)
    assert [fault.pointer for fault in refused.value.faults] == ["/kind", "/valid_until_on", "/evidence"]


def test_only_operators(operator: User, supplier: Organisation, customer: User) -> None:
    found = supplier.checks.get()
    for actor in (actor_of_person(customer), actor_of_organisation(supplier)):
        with pytest.raises(NotAllowed):
            check(supplier, operator, actor=actor)
        with pytest.raises(NotAllowed):
            checking.revoke(found, actor=actor)
        with pytest.raises(NotAllowed):
            checking.suspend(supplier, actor=actor)
        with pytest.raises(NotAllowed):
            checking.reinstate(supplier, actor=actor)


def asked_in(organisation: Organisation, locale: str) -> CheckRequest:
    """The owner reads this language, and asked to be checked; a viewer is there too."""
    owner = organisation.memberships.get(role="owner").user
    User.objects.filter(pk=owner.pk).update(locale=locale)
    organisation.memberships.create(user=people.person(), role="viewer")
    return checking.ask(organisation, actor=actor_of_member(owner, organisation), kind="trade")


def test_owners_are_told_what_was_found(supplier: Organisation, operator: User) -> None:
    asked_in(supplier, "de")
    check(supplier, operator, kind="trade")
    check(supplier, operator, kind="trade")
    letter = Mail.objects.get(kind="check.answered")
    assert letter.recipient == supplier.memberships.get(role="owner").user
    assert letter.subject == "Northlight Energy ist geprüft"
    assert "Ihre Zulassung" in letter.body


def test_owners_are_told_why_not(supplier: Organisation, operator: User) -> None:
    asked = asked_in(supplier, "en")
    checking.turn_down(asked, actor=actor_of_person(operator), reason="The register has another name & place.")
    letter = Mail.objects.get(kind="check.answered")
    assert letter.subject == "Northlight Energy could not be checked"
    assert "The register has another name & place." in letter.body
    assert f"/company/{supplier.public_id}/profile/" in letter.body


def test_a_check_that_nobody_asked_for_writes_no_mail(supplier: Organisation, operator: User) -> None:
    check(supplier, operator)
    assert not Mail.objects.exists()
