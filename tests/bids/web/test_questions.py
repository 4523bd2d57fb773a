"""Questions on the pages of both sides: what each reads, what is asked and answered, what is refused."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Organisation, User
from accounts.policies import actor_of_person
from marketplace.mail.models import Mail
from rfps.delivery.models import Opportunity
from rfps.domain import asking, closing, sharing
from rfps.models import Question, Reply, Rfp
from tests.browsing import entered, press, text
from tests.factories import bids, datastore, delivery, people, questions
from tests.factories import rfps as make
from tests.factories.counting import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def rfp(customer: User) -> Rfp:
    return make.published(customer)


@pytest.fixture
def taken(rfp: Rfp, supplier: Organisation) -> Opportunity:
    """The supplier accepted the conditions."""
    return bids.opportunity(rfp, supplier)


@pytest.fixture
def hers(customer: User) -> Client:
    return entered(customer)


@pytest.fixture
def theirs(supplier: Organisation) -> Client:
    return seat(supplier)


def seat(organisation: Organisation, role: str = "") -> Client:
    user = people.person() if role else organisation.memberships.get(role="owner").user
    if role:
        people.member(organisation, user, role)
    return entered(user)


def at(rfp: Rfp, path: str = "") -> str:
    return f"/requests/{rfp.public_id}/{path}"


def here(opportunity: Opportunity, path: str = "") -> str:
    return f"/company/{opportunity.organisation.public_id}/requests/{opportunity.public_id}/{path}"


def test_asked_on_one_side_and_answered_on_the_other(hers: Client, theirs: Client, taken: Opportunity) -> None:
    assert "Nobody has asked anything yet. Companies can ask until" in text(hers, at(taken.rfp))
    sent = press(theirs, here(taken, "ask/"), here(taken), text="Is the meter indoors?")
    assert (sent.status_code, sent["Location"]) == (302, here(taken))
    page = text(theirs, here(taken))
    assert "Asked. We write to you when the customer answers." in page
    assert "not answered yet" in page
    question = Question.objects.get()
    page = text(hers, at(taken.rfp))
    assert "Is the meter indoors?" in page
    assert "Northlight" not in page
    sent = press(hers, at(taken.rfp, f"questions/{question.public_id}/"), at(taken.rfp), answer="In the hall.")
    assert (sent.status_code, sent["Location"]) == (302, at(taken.rfp))
    assert "Every company that fits reads your answer now." in text(hers, at(taken.rfp))
    page = text(theirs, here(taken))
    assert "In the hall." in page
    assert "asked by you" in page


def test_a_rival_reads_the_answer_and_nothing_that_waits(taken: Opportunity, rival: Organisation) -> None:
    other, browser = bids.opportunity(taken.rfp, rival), seat(rival)
    waiting = questions.on(taken.rfp, taken.organisation, "Is the meter indoors?")
    page = text(browser, here(other))
    assert "meter indoors" not in page
    assert "Questions and answers" in page
    questions.told(waiting, "In the hall.")
    page = text(browser, here(other))
    assert "In the hall." in page
    assert "asked by you" not in page
    assert "Northlight" not in page


def test_what_was_typed_stays_when_it_is_refused(
    hers: Client, theirs: Client, customer: User, taken: Opportunity
) -> None:
    datastore.secrets(customer)
    sent = press(theirs, here(taken, "ask/"), here(taken), text="Ring us on 0131 496 0182?")
    assert sent.status_code == 422
    page = sent.content.decode()
    assert "Leave out a phone number." in page
    assert "Ring us on 0131 496 0182?" in page
    question = questions.on(taken.rfp, taken.organisation)
    sent = press(hers, at(taken.rfp, f"questions/{question.public_id}/"), answer="At 14 Leith Walk.")
    assert sent.status_code == 422
    assert "Leave out your own name, street, birth date and contact" in sent.content.decode()
    assert not Reply.objects.exists()


def test_an_answer_is_corrected_and_the_first_one_stays_readable(
    hers: Client, theirs: Client, taken: Opportunity
) -> None:
    question = questions.on(taken.rfp, taken.organisation, answer="In the hall.")
    path = at(taken.rfp, f"questions/{question.public_id}/")
    assert "Correct an answer" in text(hers, path)
    assert press(hers, path, answer="In the cellar.").status_code == 302
    page = text(theirs, here(taken))
    assert page.index("In the cellar.") < page.index("What was said before") < page.index("In the hall.")


def test_a_note_that_nobody_asked_for(hers: Client, theirs: Client, taken: Opportunity) -> None:
    assert press(hers, at(taken.rfp, "questions/note/"), text="A lift?", answer="").status_code == 422
    assert press(hers, at(taken.rfp, "questions/note/"), text="A lift?", answer="No.").status_code == 302
    page = text(theirs, here(taken))
    assert "A lift?" in page
    assert "asked by you" not in page


def test_who_only_looks_reads_and_has_no_form(taken: Opportunity, customer: User, partner: User) -> None:
    sharing.share(taken.rfp, actor=actor_of_person(customer), sharing="help")
    question = questions.on(taken.rfp, taken.organisation)
    browser = entered(partner)
    page = text(browser, at(taken.rfp))
    assert "Is the meter indoors?" in page
    assert "Send to all companies" not in page
    text(browser, at(taken.rfp, f"questions/{question.public_id}/"), 404)
    viewer = seat(taken.organisation, "viewer")
    page = text(viewer, here(taken))
    assert "Is the meter indoors?" in page
    assert "Ask the customer" not in page
    assert viewer.get(here(taken, "ask/"))["Location"] == here(taken)


def test_before_the_conditions_answers_are_read_and_nothing_is_asked(taken: Opportunity, rival: Organisation) -> None:
    questions.on(taken.rfp, taken.organisation, answer="In the hall.")
    early, browser = bids.opportunity(taken.rfp, rival, accepted=False), seat(rival)
    page = text(browser, here(early))
    assert "In the hall." in page
    assert "Ask the customer" not in page
    assert press(browser, here(early, "ask/"), here(early), text="When?").status_code == 409


def test_questions_of_another_request_are_not_found(hers: Client, customer: User, taken: Opportunity) -> None:
    question = questions.on(taken.rfp, taken.organisation)
    other = make.published(customer)
    text(hers, at(other, f"questions/{question.public_id}/"), 404)


def test_closing_warns_of_what_is_not_answered_and_does_not_stop(hers: Client, taken: Opportunity) -> None:
    assert "is not answered" not in text(hers, at(taken.rfp, "close/"))
    question = questions.on(taken.rfp, taken.organisation)
    assert "A company’s question is not answered, and cannot be afterwards." in text(hers, at(taken.rfp, "close/"))
    assert press(hers, at(taken.rfp, "close/")).status_code == 302
    page = text(hers, at(taken.rfp))
    assert "Is the meter indoors?" in page
    assert "Send to all companies" not in page
    answer = hers.get(at(taken.rfp, f"questions/{question.public_id}/"))
    assert (answer.status_code, answer["Location"]) == (302, at(taken.rfp))


def test_home_leads_to_what_waits(hers: Client, taken: Opportunity) -> None:
    question = questions.on(taken.rfp, taken.organisation)
    page = text(hers, "/")
    assert "Answer a company’s question" in page
    assert f"{at(taken.rfp)}#questions" in page
    questions.on(taken.rfp, taken.organisation, "And the fuse box?")
    assert "Answer 2 questions from companies" in text(hers, "/")
    for each in Question.objects.all():
        questions.told(each, "Yes.")
    assert "questions from" not in text(hers, "/")
    assert question in Question.objects.filter(answered_at__isnull=False)


def test_the_link_in_the_mail_shows_what_is_answered(client: Client, taken: Opportunity, rival: Organisation) -> None:
    questions.on(taken.rfp, taken.organisation, answer="In the hall.")
    questions.on(taken.rfp, taken.organisation, "And the fuse box?")
    other = delivery.opportunity(taken.rfp, rival)
    page = text(client, f"/quick/{delivery.quick_link(other, rival.memberships.get().user)}/")
    assert "1 question and its answer" in page
    assert "In the hall." in page
    assert "fuse box" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_few_queries_however_much_was_asked(
    hers: Client, theirs: Client, taken: Opportunity, count: int
) -> None:
    for number in range(count):
        questions.on(taken.rfp, taken.organisation, f"Waits {number}?")
        questions.on(taken.rfp, taken.organisation, f"Answered {number}?", answer="Yes.")
    waiting = Question.objects.filter(answered_at=None).first()
    assert waiting
    make.moved_back(taken.rfp, days=6)
    pages = [(hers, at(taken.rfp)), (hers, at(taken.rfp, f"questions/{waiting.public_id}/"))]
    pages += [(hers, at(taken.rfp, "questions/note/")), (theirs, here(taken)), (theirs, here(taken, "ask/"))]
    for browser, path in pages:
        text(browser, path)
        with statements(12):
            text(browser, path)


def test_those_who_left_ask_and_read_nothing(taken: Opportunity, supplier: Organisation) -> None:
    questions.on(taken.rfp, supplier, answer="In the hall.")
    browser = seat(supplier, "bidder")
    assert "In the hall." in text(browser, here(taken))
    supplier.memberships.filter(role="bidder").delete()
    text(browser, here(taken), 404)
    assert browser.post(here(taken, "ask/"), {"text": "When?"}).status_code == 404
    Mail.objects.all().delete()
    questions.told(Question.objects.get(), "In the cellar.")
    assert [mail.recipient.email for mail in Mail.objects.all() if mail.recipient] == ["supplier@personas.example"]


def test_over_means_over(hers: Client, theirs: Client, customer: User, taken: Opportunity) -> None:
    questions.on(taken.rfp, taken.organisation, answer="In the hall.")
    closing.cancel(taken.rfp, actor=actor_of_person(customer))
    assert "In the hall." in text(theirs, here(taken))
    assert "Ask the customer" not in text(theirs, here(taken))
    assert "Correct this answer" not in text(hers, at(taken.rfp))
    assert hers.get(at(taken.rfp, "questions/note/"))["Location"] == at(taken.rfp)


def test_ten_questions_are_enough(theirs: Client, taken: Opportunity) -> None:
    for number in range(asking.QUESTIONS):
        assert "Ask the customer" in text(theirs, here(taken))
        questions.on(taken.rfp, taken.organisation, f"Question {number}?")
    assert "Ask the customer" not in text(theirs, here(taken))
