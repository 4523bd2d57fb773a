"""Questions on a request: the customer's side, a supplier's side, and one question for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet, prefetch_related_objects
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.idempotency.views import ApiView
from marketplace.kernel.actors import Actor
from marketplace.kernel.api.fields import StrictSerializer, TextField
from marketplace.kernel.api.paging import page
from marketplace.kernel.api.tags import tag
from rfps.api import describing as shape
from rfps.api.opportunities import OpportunityView
from rfps.api.views import RfpView
from rfps.delivery.policies import visible_questions
from rfps.domain import asking
from rfps.domain.asking import MAX_ANSWER, MAX_QUESTION
from rfps.domain.checking import as_instant
from rfps.models import Question, Reply, Rfp


class Asking(StrictSerializer):
    """What a supplier asks; no contact and no company's name."""

    text = TextField(max_length=MAX_QUESTION)


class Answering(StrictSerializer):
    """What every supplier that the request fits will read."""

    answer = TextField(max_length=MAX_ANSWER)


class Note(Asking, Answering):
    """Something that nobody asked here, with its answer."""


class ReplyAnswer(s.Serializer[Any]):
    """An answer that a later one corrected."""

    answer = s.CharField()
    answered_at = s.DateTimeField()


class QuestionAnswer(s.Serializer[Any]):
    """A question. `answer` is the newest; the ones that it corrects stand in `earlier`."""

    id = s.UUIDField()
    rfp = s.UUIDField()
    text = s.CharField()
    mine = s.BooleanField(help_text="Asked by who reads this: nobody else is told who asked.")
    asked_at = s.DateTimeField(allow_null=True, help_text="Null for a supplier that did not ask it.")
    answer = s.CharField(allow_null=True)
    answered_at = s.DateTimeField(allow_null=True)
    earlier = ReplyAnswer(many=True)


class QuestionPage(shape.Page):
    """A page of questions."""

    data = QuestionAnswer(many=True)  # type: ignore[assignment]


ASK = OpenApiExample("A question", {"text": "Is the meter indoors?"}, request_only=True)
TELL = OpenApiExample("An answer", {"answer": "In the hall, at eye level."}, request_only=True)
NOTE = OpenApiExample("A note", {"text": "Is there a lift?", "answer": "No, two flights of stairs."}, request_only=True)


class OpportunityQuestions(OpportunityView):
    """A supplier's own questions, and every one that is answered."""

    tagged = True

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return list_tag(self.asked(self.load(id).rfp))

    def asked(self, rfp: Rfp) -> QuerySet[Question]:
        return visible_questions(self.actor).filter(rfp=rfp)

    @extend_schema(
        summary="List answered questions and your own, newest first", parameters=shape.PAGE, responses=QuestionPage
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002 - the path's own word
        return _listed(self, self.asked(self.load(id).rfp))

    @extend_schema(
        summary="Ask the customer",
        description="After accepting the terms, until `questions_until`. Every supplier that the request fits reads "
        "the answer with the question, and nobody is told who asked. 409 `terms_not_accepted`, `declined`, "
        "`wrong_phase`, `questions_closed`, `too_many_questions`; 403 `not_taken` from a supplier that the customer "
        "blocked.",
        request=Asking,
        responses={201: QuestionAnswer},
        examples=[ASK],
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.load(id)
        return _show(self, asking.ask(found, actor=self.actor, **self.read(Asking)), 201)


class RfpQuestions(RfpView):
    """All questions on a request."""

    tagged = True

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return list_tag(self.asked(self.load(id)))

    def asked(self, rfp: Rfp) -> QuerySet[Question]:
        return visible_questions(self.actor).filter(rfp=rfp)

    @extend_schema(
        summary="List the questions on a request, newest first", parameters=shape.PAGE, responses=QuestionPage
    )
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return _listed(self, self.asked(self.load(id)))

    @extend_schema(
        summary="Answer what nobody asked here",
        description="A note of your own, told to every supplier as an answered question is.",
        request=Note,
        responses={201: QuestionAnswer},
        examples=[NOTE],
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return _show(self, asking.note(self.load(id), actor=self.actor, **self.read(Note)), 201)


class QuestionDetail(ApiView):
    """One question, for both sides."""

    scope = ("rfps", "opportunities")

    def current_tag(self, id: UUID) -> str:  # noqa: A002
        return question_tag(self.load(id))

    def load(self, id: UUID) -> Question:  # noqa: A002
        """The question."""
        return self.one(visible_questions(self.actor).select_related("rfp__customer"), public_id=id)

    @extend_schema(summary="Read a question", responses=QuestionAnswer)
    def get(self, request: Request, id: UUID) -> Response:  # noqa: A002
        return _show(self, self.load(id))


class QuestionReply(ApiView):
    """The customer's answer."""

    scope = "rfps"

    @extend_schema(
        summary="Answer a question, or correct its answer",
        description="Every supplier that the request fits is told. An answer is never taken back; a further one "
        "corrects it, up to four times, and the earlier ones stay readable.",
        request=Answering,
        responses=QuestionAnswer,
        examples=[TELL],
    )
    def post(self, request: Request, id: UUID) -> Response:  # noqa: A002
        found = self.one(visible_questions(self.actor).select_related("rfp__customer"), public_id=id)
        return _show(self, asking.answer(found, actor=self.actor, **self.read(Answering)))


def questions_json(rows: Sequence[Question], actor: Actor) -> list[dict[str, Any]]:
    """Several questions with as many queries as one."""
    prefetch_related_objects(list(rows), "replies")
    return [_question(row, list(row.replies.all()), actor) for row in rows]


def question_tag(question: Question) -> str:
    """Changes with every answer."""
    return tag(question.public_id, question.replies.count())


def list_tag(rows: QuerySet[Question]) -> str:
    """Changes with every question and answer that the reader may see."""
    seen = rows.order_by().aggregate(asked=Count("pk", distinct=True), last=Max("pk"), told=Count("replies"))
    return tag(seen["asked"], seen["last"], seen["told"])


def _listed(view: ApiView, rows: QuerySet[Question]) -> Response:
    """A page under the tag of the whole list."""
    shown = page(view.request, rows.select_related("rfp"), lambda found: questions_json(found, view.actor))
    return view.resource(shown.data, list_tag(rows))


def _show(view: ApiView, question: Question, status: int = 200) -> Response:
    return view.resource(questions_json([question], view.actor)[0], question_tag(question), status)


def _question(row: Question, replies: list[Reply], actor: Actor) -> dict[str, Any]:
    mine, told = row.organisation_id == actor.organisation_id, [_reply(reply) for reply in replies]
    return {
        "id": str(row.public_id),
        "rfp": str(row.rfp.public_id),
        "text": row.text,
        "mine": mine,
        "asked_at": as_instant(row.created_at) if mine or actor.is_person else None,
        **(told[-1] if told else {"answer": None, "answered_at": None}),
        "earlier": told[:-1],
    }


def _reply(reply: Reply) -> dict[str, str]:
    return {"answer": reply.text, "answered_at": as_instant(reply.created_at)}
