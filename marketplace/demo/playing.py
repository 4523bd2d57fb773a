"""Plays the story: what the customer keeps, asks and decides, and what suppliers answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.datastore import catalogue
from accounts.datastore.domain import keeping
from accounts.datastore.domain.owning import owner_of_facts
from accounts.models import Organisation, User
from accounts.policies import actor_of_organisation, actor_of_person
from bids.domain import advising, approving, awarding, bidding, entering, evaluating
from bids.models import Bid
from marketplace.demo.story import LISTENERS, STORIES, VALUES, Offer, Story
from marketplace.kernel.actors import Actor
from marketplace.kernel.clock import database_now
from rfps.delivery.domain import answering, fanning, subscribing
from rfps.delivery.domain.wishing import Wish
from rfps.delivery.models import Opportunity, Subscription
from rfps.disclosure.domain import accepting
from rfps.domain import asking, closing, drafting, publishing, sharing
from rfps.models import Requirement, Rfp, RfpVersion
from rfps.states import AnswerKind, CriterionKind, EndReason, Sharing

DAY = timedelta(days=1)


def play(customer: User) -> None:
    """Everything that happened before a visitor came."""
    actor = actor_of_person(customer)
    for field, value in VALUES.items():
        owner = owner_of_facts(customer, catalogue.field(field).belongs_to)
        keeping.add(owner, actor=actor, field=field, value=value)
    listening = [_listen(name) for name in LISTENERS]
    for story in STORIES:
        _tell(story, actor_of_person(User.objects.get(email=story.asker)))
    for actor, subscription in listening:
        subscribing.unsubscribe(subscription, actor=actor)


def _listen(name: str) -> tuple[Actor, Subscription]:
    """What the company hears now stays with it; the visitor who plays it says anew what it wants to hear about."""
    actor = actor_of_organisation(Organisation.objects.get(name=name))
    return actor, subscribing.subscribe(actor=actor, wish=Wish(name="Energy", categories=["energy"], webhook=False))


def _tell(story: Story, actor: Actor) -> None:
    rfp = drafting.draft(actor=actor, body=_asked(story))
    if story.ending == "draft":
        return
    publishing.publish(rfp, actor=actor)
    fanning.fan_out()
    bids = [_offer(offer, rfp) for offer in story.offers]
    for supplier, text, said in story.questions:
        _ask(supplier, text, said, rfp, actor)
    if story.current:
        entering.keep_current(rfp, actor=actor, body=story.current)
    if story.elsewhere:
        entering.enter(rfp, actor=actor, body=story.elsewhere)
    _go_on(story, rfp, bids, actor)
    _judge(story, rfp, bids, actor)
    _share(story, rfp, bids, actor)


def _asked(story: Story) -> dict[str, Any]:
    return {
        "kind": "rfp",
        "title": story.title,
        "need": story.need,
        "category": story.category,
        "area": {"country": "GB", "postcode": "EH1 1AA"},
        "currency": "GBP",
        "owner": "household" if story.household else "person",
        "closes_at": (database_now() + story.closes_in_days * DAY).isoformat(),
    }


def _offer(offer: Offer, rfp: Rfp) -> Bid:
    """Open the request, accept its terms, and submit the offer, or keep it as a draft."""
    supplier = Organisation.objects.get(name=offer.supplier)
    actor = actor_of_organisation(supplier)
    opportunity = Opportunity.objects.get(rfp=rfp, organisation=supplier)
    answering.open_(opportunity, actor=actor)
    rfp.refresh_from_db()
    assert rfp.current is not None
    accepting.accept(opportunity, actor=actor, terms=rfp.current.terms)
    return bidding.draft(opportunity, actor=actor, body=_bid_body(offer, rfp, rfp.current))


def _ask(supplier: str, text: str, said: str, rfp: Rfp, customer: Actor) -> None:
    asker = Organisation.objects.get(name=supplier)
    opportunity = Opportunity.objects.select_related("rfp", "organisation").get(rfp=rfp, organisation=asker)
    asked = asking.ask(opportunity, actor=actor_of_organisation(asker), text=text)
    if said:
        asking.answer(asked, actor=customer, answer=said)


def _bid_body(offer: Offer, rfp: Rfp, asked: RfpVersion) -> dict[str, Any]:
    said = {at: value if isinstance(value, dict) else {"value": value} for at, value in offer.answers}
    return {
        "rfp": str(rfp.public_id),
        "version": asked.number,
        "option": 1,
        "title": offer.title,
        "currency": asked.currency,
        "vat_rate": "0.20",
        "vat_included": True,
        **offer.terms,
        "lines": [
            {"line": str(line.public_id), "unit_price": price, "quantity": f"{line.quantity.normalize():f}"}
            if price is not None
            else {"line": str(line.public_id), "offered": False}
            for line, price in zip(asked.lines.all(), offer.prices, strict=True)
        ],
        "charges": list(offer.charges),
        "answers": [
            {"requirement": str(each.public_id), **said.get(each.position, {"value": _fitting(each)})}
            for each in asked.requirements.all()
            if each.answer != AnswerKind.DOCUMENT
        ],
        "valid_until": (database_now() + 60 * DAY).date().isoformat(),
        "note": offer.note,
        "submit": not offer.draft,
    }


def _fitting(requirement: Requirement) -> Any:
    """An answer that meets the requirement."""
    wanted = requirement.constraint
    match requirement.answer:
        case AnswerKind.YES_NO:
            return wanted.get("equals", True)
        case AnswerKind.NUMBER:
            return wanted.get("max", wanted.get("min", wanted.get("equals", 12)))
        case AnswerKind.CHOICE:
            return wanted.get("equals", (wanted.get("in") or requirement.choices)[0])
        case AnswerKind.DATE:
            return wanted.get("max") or wanted.get("min") or (database_now() + 30 * DAY).date().isoformat()
    return "As you ask."


def _go_on(story: Story, rfp: Rfp, bids: list[Bid], actor: Actor) -> None:
    match story.ending:
        case "closed":
            closing.close(rfp, actor=actor)
        case "awarded":
            closing.close(rfp, actor=actor)
            contract = awarding.award(rfp, actor=actor, bid=bids[0])
            awarding.confirm(contract, actor=actor_of_organisation(bids[0].organisation))
        case "chosen":
            closing.close(rfp, actor=actor)
            awarding.award(rfp, actor=actor, bid=bids[0])
        case "ended":
            closing.close(rfp, actor=actor)
            closing.end(rfp, actor=actor, reason=EndReason.BOUGHT_ELSEWHERE)
        case "cancelled":
            closing.cancel(rfp, actor=actor, reason="We share a car with the neighbours now.")
        case "lapsed":
            _let_pass(rfp)


def _judge(story: Story, rfp: Rfp, bids: list[Bid], actor: Actor) -> None:
    """What the customer thinks of the offers: stars from 0 to 5, and a word."""
    if not (story.trust or story.notes):
        return
    assert rfp.current is not None
    trust = rfp.current.criteria.get(kind=CriterionKind.RATING)
    ratings = [
        {"bid": str(bid.public_id), "criterion": str(trust.public_id), "value": value}
        for bid, value in zip(bids, story.trust, strict=False)
        if value is not None
    ]
    notes = [{"bid": str(bids[at].public_id), "text": text} for at, text in story.notes]
    evaluating.evaluate(rfp, actor=actor, body={"ratings": ratings, "notes": notes})


def _share(story: Story, rfp: Rfp, bids: list[Bid], actor: Actor) -> None:
    """With whom the customer lives; where they decide together, the customer has said yes to the first offer."""
    if not story.sharing:
        return
    sharing.share(rfp, actor=actor, sharing=story.sharing)
    if story.word:
        advising.comment(rfp, actor=actor, text=story.word)
    if story.sharing == Sharing.DECIDE:
        approving.approve(rfp, actor=actor, bid=bids[0])


def _let_pass(rfp: Rfp) -> None:
    """Move the request's dates into the past: only time makes a request lapse."""
    now = database_now()
    Rfp.objects.filter(pk=rfp.pk).update(
        published_at=now - 40 * DAY, closes_at=now - 30 * DAY, decides_by=now - 16 * DAY
    )
