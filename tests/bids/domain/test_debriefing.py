"""Those who were not chosen learn what the customer wanted to tell them, of their own offers, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.models import User
from accounts.policies import actor_of_member, actor_of_person
from bids.domain import awarding, debriefing
from bids.models import Bid, Contract, Debrief
from bids.policies import visible_debriefs
from marketplace.kernel.actors import Actor
from marketplace.kernel.errors import Conflict, Invalid, NotAllowed
from marketplace.mail.models import Mail
from rfps.models import Rfp
from tests.factories import offers, people
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(customer: User) -> tuple[Rfp, list[Bid]]:
    """The first of six was chosen; the sixth lacks what it must have."""
    rfp, made = offers.compared(customer, 6)
    awarding.award(rfp, actor=actor_of_person(customer), bid=made[0])
    return make.again(rfp), made


def seat(bid: Bid) -> Actor:
    return actor_of_member(bid.organisation.memberships.get(role="owner").user, bid.organisation)


def told(bid: Bid) -> list[str]:
    return debriefing.told_of(Bid.objects.get(pk=bid.pk).opportunity, actor=seat(bid))


def ids(rfp: Rfp) -> dict[str, str]:
    return {title: key for key, title in debriefing.titles_of(rfp).items()}


def tell(rfp: Rfp, customer: User, *titles: str) -> int:
    return debriefing.debrief(rfp, actor=actor_of_person(customer), criteria=[ids(rfp)[title] for title in titles])


def test_nothing_is_told_unless_the_customer_wants_it(decided: tuple[Rfp, list[Bid]]) -> None:
    _rfp, made = decided
    assert told(made[1]) == []
    assert not Mail.objects.filter(kind="bid.debriefed").exists()


def test_their_place_alone(decided: tuple[Rfp, list[Bid]], customer: User) -> None:
    rfp, made = decided
    assert tell(rfp, customer) == 5
    assert told(made[1]) == [f"Yours came in place {Debrief.objects.get(bid=made[1]).rank} of 6."]
    assert told(made[5]) == ["Your offer stood outside the ranking: it lacks something that it had to have."]
    assert told(made[0]) == []


def test_and_on_what_was_picked(decided: tuple[Rfp, list[Bid]], customer: User) -> None:
    rfp, made = decided
    tell(rfp, customer, "Price", "Notice period")
    (said,) = told(made[1])
    assert said.endswith("Notice period: place 4.") or "Notice period: last." in said
    (best,) = told(made[2])
    assert "Notice period: first." in best
    tell(rfp, customer, "Price")
    assert "Notice period" not in told(made[2])[0]


def test_own_stars_and_own_titles_are_never_told(decided: tuple[Rfp, list[Bid]], customer: User) -> None:
    rfp, made = decided
    assert set(ids(rfp)) == {"Price", "Notice period"}
    rating = rfp.current.criteria.get(kind="rating")  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        debriefing.debrief(rfp, actor=actor_of_person(customer), criteria=[str(rating.public_id)])
    tell(rfp, customer, "Price", "Notice period")
    words = " ".join([*told(made[1]), *Mail.objects.values_list("body", flat=True)])
    words = re.sub(r"http\S+", "", words)  # ids hold any number
    for private in ("Price for the year", "Your own trust", "60", "£"):
        assert private not in words


def test_each_reads_of_its_own_offer_and_of_no_other(decided: tuple[Rfp, list[Bid]], customer: User) -> None:
    rfp, made = decided
    tell(rfp, customer, "Price")
    for bid in made[1:]:
        assert [row.bid for row in visible_debriefs(seat(bid))] == [bid]
    assert not visible_debriefs(seat(made[0])).exists()
    assert not visible_debriefs(actor_of_person(people.person())).exists()
    names = {bid.organisation.name for bid in made}
    for letter in Mail.objects.filter(kind="bid.debriefed"):
        assert not any(name in letter.body for name in names)


def test_the_mail_says_exactly_what_the_page_says_in_the_readers_language(
    decided: tuple[Rfp, list[Bid]], customer: User
) -> None:
    rfp, made = decided
    reader = made[2].organisation.memberships.get(role="owner").user
    made[2].organisation.memberships.create(user=people.person(), role="viewer")
    tell(rfp, customer, "Notice period")
    letter = Mail.objects.get(kind="bid.debriefed", recipient=reader)
    assert told(made[2])[0] in letter.body
    assert Mail.objects.filter(kind="bid.debriefed").count() == 5
    tell(rfp, customer, "Notice period")
    assert Mail.objects.filter(kind="bid.debriefed").count() == 5
    User.objects.filter(pk=reader.pk).update(locale="de")
    tell(rfp, customer, "Price", "Notice period")
    german = Mail.objects.filter(kind="bid.debriefed", recipient=reader).latest("pk")
    assert german.subject.startswith("Ein anderes Angebot wurde gewählt")
    assert "Notice period: Erster" in german.body


def test_what_was_told_is_silent_when_the_choice_falls_through(decided: tuple[Rfp, list[Bid]], customer: User) -> None:
    rfp, made = decided
    tell(rfp, customer, "Price")
    awarding.decline(Contract.objects.get(rfp=rfp), actor=seat(made[0]), reason="No time")
    assert told(made[1]) == []
    with pytest.raises(Conflict):
        tell(make.again(rfp), customer)


def test_only_who_chose_tells(decided: tuple[Rfp, list[Bid]], partner: User) -> None:
    rfp, made = decided
    others: list[Any] = [actor_of_person(partner), actor_of_person(people.person()), seat(made[1])]
    for actor in others:
        with pytest.raises(NotAllowed):
            debriefing.debrief(rfp, actor=actor, criteria=[])
        assert debriefing.debriefing(rfp, actor=actor) is None
