"""Plants the demo's people and organisations through the functions that every door calls."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress

from accounts.domain import checking, organising, sharing
from accounts.models import CheckRequest, Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from accounts.states import CheckKind, OrganisationKind
from marketplace.demo.cast import LOGINS, NEIGHBOURS, NEWCOMERS, ORGANISATIONS, SUPPLIERS, Login, Player
from marketplace.kernel.actors import SYSTEM
from marketplace.kernel.clock import database_now
from rfps.delivery.domain import subscribing


def plant_people(password: str) -> None:
    """Logins with confirmed addresses, one household, and every organisation of the cast, checked."""
    people = {login.email: person(login, password) for login in LOGINS}
    customer, partner = people["customer@demo.example"], people["partner@demo.example"]
    home = sharing.create(customer, actor=actor_of_person(customer), name="14 Quarry Lane")
    sharing.join(home, partner, actor=SYSTEM)
    operator = people["operator@demo.example"]
    for player in (*ORGANISATIONS, *SUPPLIERS, *NEWCOMERS):
        owner = people.get(player.email) or person(Login(player.email, player.name, ""), None)
        organisation(player, owner, operator)
    _let_wait()
    for neighbour in NEIGHBOURS:
        person(neighbour, None)


def person(login: Login, password: str | None) -> User:
    """A person whose address is confirmed; without a password nobody signs in as them."""
    user = User.objects.create_user(
        login.email, password, name=login.name, is_staff=login.staff, is_superuser=login.staff
    )
    EmailAddress.objects.create(user=user, email=login.email, verified=True, primary=True)
    return user


def organisation(player: Player, owner: User, operator: User) -> Organisation:
    """The organisation with what it says of itself, its checks, and what it wants to hear about."""
    made = organising.found(
        owner, actor=actor_of_person(owner), kind=player.kind, name=player.name, legal_name=player.legal_name
    )
    actor = actor_of_organisation(made)
    organising.describe(
        made,
        actor=actor,
        name=player.name,
        legal_name=player.legal_name,
        description=player.description,
        capabilities=player.capabilities,
    )
    _check(made, player, operator)
    for wish in player.subscriptions:
        subscribing.subscribe(actor=actor, wish=wish)
    return made


def _check(made: Organisation, player: Player, operator: User) -> None:
    """A check for a year where it is a supplier that has one; what it asks for; and how it is suspended."""
    if made.kind == OrganisationKind.SUPPLIER and player.checked:
        today = database_now().date()
        checking.check(
            made,
            actor=actor_of_person(operator),
            kind=CheckKind.IDENTITY,
            valid_from_on=today,
            valid_until_on=today + timedelta(days=365),
            checked_by=operator,
            evidence="Register of companies, read for the demo",
        )
    for kind, note in player.asks:
        checking.ask(made, actor=actor_of_organisation(made), kind=kind, note=note)
    if player.suspended:
        checking.suspend(made, actor=actor_of_person(operator))


def _let_wait() -> None:
    """Move what was asked for into the past, the first the farthest: only time makes a check wait."""
    for days, asked in enumerate(CheckRequest.objects.order_by("-pk")):
        since = asked.created_at - timedelta(days=days, hours=3)
        CheckRequest.objects.filter(pk=asked.pk).update(created_at=since)
