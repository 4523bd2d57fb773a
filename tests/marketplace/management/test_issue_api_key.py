"""`manage.py issue_api_key` prints the key and nothing else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.domain import keys
from accounts.models import ApiKey, Organisation, User
from accounts.states import ORGANISATION_SCOPES, PERSON_SCOPES
from tests.factories import people

pytestmark = pytest.mark.django_db


def issue(capsys: pytest.CaptureFixture[str], *arguments: str) -> ApiKey:
    call_command("issue_api_key", *arguments)
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "")
    key = keys.find(out.strip())
    assert key is not None
    return key


def test_a_person_without_organisation_gets_a_personal_key(customer: User, capsys: pytest.CaptureFixture[str]) -> None:
    key = issue(capsys, "Customer@Personas.example", "--name", "script")
    assert (key.person, key.name, set(key.scopes)) == (customer, "script", PERSON_SCOPES)


def test_the_only_organisation_is_the_holder(supplier: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    key = issue(capsys, "supplier@personas.example")
    assert (key.organisation, set(key.scopes)) == (supplier, ORGANISATION_SCOPES["supplier"])


def test_of_several_organisations_none_is_guessed(supplier: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    second = people.organisation(supplier.memberships.get().user)
    assert issue(capsys, "supplier@personas.example").person == supplier.memberships.get().user
    key = issue(capsys, "supplier@personas.example", "--organisation", str(second.public_id), "--scopes", "bids:read")
    assert (key.organisation, key.scopes) == (second, ["bids:read"])


def test_what_cannot_be_issued_is_said_in_a_sentence(supplier: Organisation, rival: Organisation) -> None:
    people.member(supplier, people.person("clerk@personas.example"), "bidder")
    refused = {
        ("nobody@personas.example",): "no active account",
        ("supplier@personas.example", "--organisation", str(rival.public_id)): "does not act",
        ("supplier@personas.example", "--organisation", str(uuid4())): "does not act",
        ("supplier@personas.example", "--organisation", "northlight"): "not the id",
        ("supplier@personas.example", "--scopes", "data:read"): "data:read",
        ("supplier@personas.example", "--scopes", ""): "no scope",
        ("clerk@personas.example",): "may not",
    }
    for arguments, sentence in refused.items():
        with pytest.raises(CommandError, match=sentence):
            call_command("issue_api_key", *arguments)
    assert ApiKey.objects.count() == 0
