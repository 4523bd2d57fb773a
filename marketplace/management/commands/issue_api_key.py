"""Prints a new API key of a person or of their organisation, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.domain import keys
from accounts.models import Organisation, User
from accounts.policies import actor_of_member, actor_of_person
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import DomainError, Invalid


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="a person who has an account")
        parser.add_argument(
            "--organisation", metavar="ID", help="the organisation's id; default: the only one, else the person"
        )
        parser.add_argument("--scopes", help="scopes with spaces between; default: all that the holder may use")
        parser.add_argument("--name", default="", help="what the key is called in lists")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise CommandError("There is no active account with this e-mail address.")
        scopes = None if options["scopes"] is None else options["scopes"].split()
        try:
            holder, actor = holder_of(user, options["organisation"])
            _key, text = keys.issue(holder, actor=actor, scopes=scopes, name=options["name"])
        except Invalid as error:
            raise CommandError(" ".join(fault.message for fault in error.faults)) from error
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(text)


def holder_of(user: User, organisation_id: str | None) -> tuple[User | Organisation, Actor]:
    """Whose key it will be, and the person in the role that issues it."""
    own = Organisation.objects.filter(memberships__user=user)
    if organisation_id is None:
        found = list(own[:2])
        if len(found) != 1:
            return user, actor_of_person(user)
    else:
        found = list(own.filter(public_id=_uuid(organisation_id)))
        if not found:
            raise CommandError("This person does not act for an organisation with this id.")
    return found[0], actor_of_member(user, found[0])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CommandError("This is not the id of an organisation.") from error
