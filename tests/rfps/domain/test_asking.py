"""Questions and answers: who may, when, how many, what no text may hold, and who hears of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.policies import actor_of_member, actor_of_organisation, actor_of_person
from marketplace.audit.models import AuditRow
from marketplace.kernel.actors import Actor, ActorKind, Role
from marketplace.kernel.clock import database_now
from marketplace.kernel.errors import Conflict, DomainError, Invalid, NotAllowed
from marketplace.mail.models import Mail, Notice, NoticeSetting
from rfps.delivery.domain import answering, fanning
from rfps.delivery.models import Event, Match, Opportunity
from rfps.delivery.policies import visible_questions
from rfps.domain import asking, blocking, closing, sharing
from rfps.models import Question, Reply, Rfp
from rfps.states import Phase
from tests.factories import bids, datastore, people, questions
from tests.factories import rfps as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return make.published(customer)


@pytest.fixture
def taken(rfp: Rfp, supplier: Organisation) -> Opportunity:
    """The supplier accepted the conditions."""
    return bids.opportunity(rfp, supplier)


def asked(opportunity: Opportunity, text: str = "Is the meter indoors?", actor: Actor | None = None) -> Question:
    return asking.ask(opportunity, actor=actor or actor_of_organisation(opportunity.organisation), text=text)


def code_of(act: Callable[[], Any], kind: type[DomainError] = Conflict) -> str:
    with pytest.raises(kind) as refused:
        act()
    return refused.value.code


def faults_of(act: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        act()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_question_waits_and_the_customer_is_told_that_one_does(taken: Opportunity, customer: User) -> None:
    made = asked(taken, "  Is the meter indoors? ")
    assert (made.text, made.answered_at) == ("Is the meter indoors?", None)
    assert Notice.objects.get().kind == "question.asked"
    mail = Mail.objects.get(kind="question.asked")
    assert (mail.recipient, mail.subject) == (customer, "A company asks something")
    assert "meter" not in mail.body
    assert "Northlight" not in mail.body
    assert str(taken.rfp.public_id) in mail.body
    row = AuditRow.objects.get(verb="question.asked")
    assert (row.object_id, row.details) == (made.public_id, {"rfp": str(taken.rfp.public_id)})


def test_the_notice_keeps_to_the_pace_and_the_language_of_the_customer(taken: Opportunity, customer: User) -> None:
    NoticeSetting.objects.create(person=customer, pace="daily")
    asked(taken)
    assert not Mail.objects.filter(kind="question.asked").exists()
    assert Notice.objects.get().waits
    NoticeSetting.objects.update(pace="at_once")
    User.objects.filter(pk=customer.pk).update(locale="de")
    asked(taken, "Is it on the ground floor?")
    assert Mail.objects.get(kind="question.asked").subject == "Ein Unternehmen fragt etwas"


def test_the_answer_reaches_everybody_whom_the_request_fits(taken: Opportunity, rival: Organisation) -> None:
    other = bids.opportunity(taken.rfp, rival, accepted=False)
    questions.told(asked(taken), "In the hall.")
    event = Event.objects.get(type="rfp.question_answered")
    fanning.fan_out()
    assert set(Match.objects.filter(event=event).values_list("opportunity", flat=True)) == {taken.pk, other.pk}
    said = event.data["question"]
    assert (said["text"], said["answer"], set(said)) == (
        "Is the meter indoors?",
        "In the hall.",
        {"id", "text", "answer", "answered_at"},
    )
    assert event.data["title"] == "Electricity for a flat"
    assert "Northlight" not in str(event.data)


def test_companies_that_accepted_get_a_mail_each_in_their_language(taken: Opportunity, rival: Organisation) -> None:
    bids.opportunity(taken.rfp, rival)
    idle = people.organisation(name="Idle Ltd")
    bids.opportunity(taken.rfp, idle, accepted=False)
    people.member(rival, people.person("looks@people.example"), "viewer")
    User.objects.filter(email="rival@personas.example").update(locale="de")
    questions.told(asked(taken), "In the hall.")
    mails = Mail.objects.filter(kind="rfp.question_answered")
    assert {mail.recipient.email: mail.subject for mail in mails if mail.recipient} == {
        "supplier@personas.example": "Answered: Electricity for a flat",
        "rival@personas.example": "Beantwortet: Electricity for a flat",
    }
    for mail in mails:
        assert "Is the meter indoors?" in mail.body
        assert "In the hall." in mail.body
        assert "Northlight" not in mail.body
    assert f"/company/{rival.public_id}/requests/" in mails.get(recipient__email="rival@personas.example").body


def test_an_answer_is_corrected_by_a_further_one(taken: Opportunity) -> None:
    question = questions.told(asked(taken), "In the hall.")
    first = question.answered_at
    questions.told(question, "In the cellar; I looked.")
    assert [reply.text for reply in question.replies.all()] == ["In the hall.", "In the cellar; I looked."]
    assert question.answered_at == first
    told = [event.data["question"]["answer"] for event in Event.objects.filter(type="rfp.question_answered")]
    assert sorted(told) == ["In the cellar; I looked.", "In the hall."]
    assert Mail.objects.filter(subject__startswith="Answer corrected").count() == 1
    for number in range(3, asking.REPLIES + 1):
        questions.told(question, f"Correction {number}.")
    assert code_of(lambda: questions.told(question, "Once more.")) == "too_many_answers"


@pytest.mark.parametrize("row", ["question", "reply"])
def test_what_was_said_never_changes(row: str, taken: Opportunity) -> None:
    question = questions.told(asked(taken), "In the hall.")
    rows: Any = Question.objects if row == "question" else Reply.objects.filter(question=question)
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        rows.update(text="Something else")


def test_the_customers_own_note_is_told_like_an_answer(rfp: Rfp, customer: User, taken: Opportunity) -> None:
    actor = actor_of_person(customer)
    made = asking.note(rfp, actor=actor, text="Is there a lift?", answer="No, two flights of stairs.")
    assert (made.organisation, made.answered_at is not None) == (None, True)
    assert Event.objects.get(type="rfp.question_answered").data["question"]["text"] == "Is there a lift?"
    assert faults_of(lambda: asking.note(rfp, actor=actor, text=" ", answer="x" * 2001)) == [
        ("/text", "blank"),
        ("/answer", "too_long"),
    ]
    for _each in range(asking.NOTES - 1):
        asking.note(rfp, actor=actor, text="And?", answer="So.")
    assert code_of(lambda: asking.note(rfp, actor=actor, text="And?", answer="So.")) == "too_many_questions"


def test_only_who_speaks_for_the_supplier_asks(taken: Opportunity, supplier: Organisation, rival: Organisation) -> None:
    viewer, bidder, gone = people.person(), people.person(), people.person()
    people.member(supplier, viewer, "viewer")
    people.member(supplier, bidder, "bidder")
    assert asked(taken, actor=actor_of_member(bidder, supplier))
    link = Actor(ActorKind.LINK, organisation_id=supplier.pk, role=Role.BIDDER, opportunity_id=taken.pk)
    others = (actor_of_member(viewer, supplier), actor_of_organisation(rival), link, actor_of_person(gone))
    for actor in (*others, actor_of_person(taken.rfp.customer)):
        assert code_of(lambda actor=actor: asked(taken, actor=actor), NotAllowed) == "not_allowed"


def test_a_supplier_without_a_check_does_not_ask(taken: Opportunity, supplier: Organisation) -> None:
    supplier.checks.update(revoked_at=database_now())
    assert code_of(lambda: asked(taken), NotAllowed) == "not_checked"


def test_first_come_the_conditions(rfp: Rfp, supplier: Organisation, rival: Organisation) -> None:
    early = bids.opportunity(rfp, supplier, accepted=False)
    assert code_of(lambda: asked(early)) == "terms_not_accepted"
    answering.refuse_terms(early, actor=actor_of_organisation(supplier))
    assert code_of(lambda: asked(early)) == "terms_not_accepted"
    over = bids.opportunity(rfp, rival)
    answering.decline(over, actor=actor_of_organisation(rival))
    assert code_of(lambda: asked(over)) == "declined"


def test_a_blocked_supplier_is_not_heard(taken: Opportunity, supplier: Organisation, customer: User) -> None:
    blocking.block(supplier, actor=actor_of_person(customer))
    assert code_of(lambda: asked(taken), NotAllowed) == "not_taken"


@pytest.mark.parametrize("phase", [Phase.DECIDING, Phase.AWARDED, Phase.ENDED, Phase.CANCELLED, Phase.LAPSED])
def test_nobody_asks_and_nobody_answers_once_it_takes_no_offers(
    phase: Phase, customer: User, supplier: Organisation
) -> None:
    rfp, actor = make.in_phase(customer, phase), actor_of_person(customer)
    late, old = bids.opportunity(rfp, supplier), Question.objects.create(rfp=rfp, organisation=supplier, text="When?")
    assert code_of(lambda: asked(late)) == "wrong_phase"
    assert code_of(lambda: asking.answer(old, actor=actor, answer="Now.")) == "wrong_phase"
    assert code_of(lambda: asking.note(rfp, actor=actor, text="When?", answer="Now.")) == "wrong_phase"


def test_questions_end_a_day_before_offers_and_answers_do_not(taken: Opportunity, customer: User) -> None:
    waiting = asked(taken)
    make.moved_back(taken.rfp, days=9, hours=1)
    assert code_of(lambda: asked(taken)) == "questions_closed"
    assert questions.told(waiting, "In the hall.").answered_at
    closing.extend(make.again(taken.rfp), actor=actor_of_person(customer), closes_at=database_now() + timedelta(days=3))
    assert asked(taken, "Is it dry?")


def test_of_a_short_request_questions_end_at_half_time(customer: User, rfp: Rfp) -> None:
    assert rfp.closes_at is not None
    rfp.published_at = rfp.closes_at - timedelta(hours=6)
    assert asking.taken_until(rfp) == rfp.closes_at - timedelta(hours=3)
    rfp.published_at = rfp.closes_at - timedelta(days=6)
    assert asking.taken_until(rfp) == rfp.closes_at - timedelta(hours=24)


def test_each_supplier_asks_so_many(taken: Opportunity, rival: Organisation) -> None:
    for number in range(asking.QUESTIONS):
        asked(taken, f"Question {number}?")
    assert code_of(lambda: asked(taken)) == "too_many_questions"
    assert asked(bids.opportunity(taken.rfp, rival))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        (" \n ", "blank"),
        ("x" * 1001, "too_long"),
        ("Write to sales@northlight.example, please?", "contact_in_text"),
        ("Call us on 0131 496 0182?", "contact_in_text"),
        ("See www.northlight.example/tariff?", "contact_in_text"),
        ("Do you live in EH1 1AA?", "contact_in_text"),
        ("We at NORTHLIGHT  Energy wonder: which meter?", "own_identifier"),
    ],
)
def test_what_a_question_may_not_hold(taken: Opportunity, text: str, code: str) -> None:
    assert faults_of(lambda: asked(taken, text)) == [("/text", code)]
    assert not Question.objects.exists()


def test_a_refusal_never_tells_whether_a_guess_is_right(taken: Opportunity, customer: User) -> None:
    datastore.secrets(customer)
    for guess in ("Are you Morag Sutherland-Quill?", "Is it at 14 Leith Walk?"):
        assert asked(taken, guess)


def test_what_an_answer_may_not_hold(taken: Opportunity, customer: User) -> None:
    datastore.secrets(customer)
    waiting = asked(taken)
    for answer, code in {
        "I am Morag.": "own_identifier",
        "Ring me: 07700 900123.": "own_identifier",
        "My sister is on 020 7946 0018.": "contact_in_text",
        "": "blank",
        "x" * 2001: "too_long",
    }.items():
        assert ("/answer", code) in faults_of(lambda answer=answer: questions.told(waiting, answer)), answer
    assert not Reply.objects.exists()


def test_a_question_that_names_the_customer_is_answered_in_a_note(taken: Opportunity, customer: User) -> None:
    datastore.secrets(customer)
    guess = asked(taken, "Is it at 14 Leith Walk, the third one on the left?")
    assert faults_of(lambda: questions.told(guess, "No.")) == [("/answer", "own_identifier_in_question")]
    assert visible_questions(actor_of_organisation(taken.organisation)).get() == guess


def test_those_who_share_the_request_read_and_do_not_answer(
    customer: User, partner: User, supplier: Organisation
) -> None:
    rfp = make.published(customer)
    sharing.share(rfp, actor=actor_of_person(customer), sharing="decide")
    question = questions.on(rfp, supplier)
    assert visible_questions(actor_of_person(partner)).get() == question
    assert code_of(lambda: questions.told(question, "Yes.", by=partner), NotAllowed) == "not_allowed"


def test_who_reads_which_questions(
    taken: Opportunity, customer: User, rival: Organisation, outsider: Organisation
) -> None:
    bids.opportunity(taken.rfp, rival, accepted=False)
    open_, done = asked(taken, "One?"), questions.told(asked(taken, "Two?"), "Two.")
    hers = actor_of_person(customer)
    note = asking.note(taken.rfp, actor=hers, text="Three?", answer="Three.")
    link = Actor(ActorKind.LINK, organisation_id=rival.pk, role=Role.BIDDER, opportunity_id=taken.pk)

    def read(actor: Actor) -> set[Question]:
        return set(visible_questions(actor))

    assert read(hers) == read(actor_of_organisation(taken.organisation)) == {open_, done, note}
    assert read(actor_of_organisation(rival)) == read(link) == {done, note}
    assert read(actor_of_organisation(outsider)) == read(actor_of_person(people.person())) == set()
