"""Questions as a page shows them, read in the same statement as the rows they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, Func, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from marketplace.kernel.actors import Actor
from marketplace.kernel.fields import ClockTimestamp
from rfps.delivery.policies import visible_questions
from rfps.domain import asking
from rfps.models import Question, Reply, Rfp

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """One question; `asked_at` is None where it would tell of another supplier. The newest answer is the last one."""

    question: UUID
    text: str
    mine: bool
    asked_at: datetime | None
    said: tuple[Said, ...]

    @property
    def newest(self) -> Said | None:
        return self.said[-1] if self.said else None

    @property
    def earlier(self) -> tuple[Said, ...]:
        return self.said[:-1]


def with_questions(rows: QuerySet[M], *, actor: Actor, rfp: str = "pk") -> QuerySet[M]:
    """Rows with what the actor may hear about the request that `rfp` names, for heard() and may_ask_now()."""
    said = Reply.objects.filter(question=OuterRef("pk")).order_by("number")
    questions = visible_questions(actor).filter(rfp=OuterRef(rfp)).order_by("-pk")
    told = {"question": F("public_id"), "text": F("text"), "by": F("organisation"), "at": F("created_at")}
    each = ArraySubquery(said.values_list(JSONObject(text=F("text"), at=F("created_at"))))
    found = ArraySubquery(questions.values_list(JSONObject(**told, said=Func(each, function="to_json"))))
    return rows.annotate(told=found, read_at=ClockTimestamp())  # type: ignore[return-value]  # the same rows, with more


def with_unanswered(rows: QuerySet[M], *, rfp: str = "pk") -> QuerySet[M]:
    """Rows with the number of questions on the request that wait, as `unanswered`."""
    waiting = Question.objects.filter(rfp=OuterRef(rfp), answered_at=None).order_by().values("rfp")
    number = Subquery(waiting.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return rows.annotate(unanswered=Coalesce(number, 0))  # type: ignore[return-value]  # the same rows, with more


def heard(row: Any, *, actor: Actor) -> list[Heard]:
    """Of a row of with_questions(): what waits first, the oldest first; then what is answered, the newest first."""
    found = [_heard(each, actor) for each in row.told]
    return [*reversed([each for each in found if not each.said]), *(each for each in found if each.said)]


def may_ask_now(row: Any, rfp: Rfp, heard: Sequence[Heard]) -> bool:
    """Whether the time for questions runs and the supplier has some left; of an open request and its taker."""
    return bool(row.read_at < asking.taken_until(rfp)) and sum(each.mine for each in heard) < asking.QUESTIONS


def _heard(row: dict[str, Any], actor: Actor) -> Heard:
    mine = row["by"] == actor.organisation_id
    return Heard(
        question=UUID(row["question"]),
        text=row["text"],
        mine=mine,
        asked_at=datetime.fromisoformat(row["at"]) if mine or actor.is_person else None,
        said=tuple(Said(each["text"], datetime.fromisoformat(each["at"])) for each in row["said"]),
    )
