"""What companies ask about a request, answered by those to whom it belongs; and notes that nobody asked for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bids.web.loading import judged, trail
from marketplace.idempotency.pressing import once
from marketplace.kernel.actors import Actor
from marketplace.kernel.forms import DomainForm, attempt
from marketplace.kernel.pages import person_page
from rfps.delivery.policies import visible_questions
from rfps.domain import asking, hearing
from rfps.domain.asking import MAX_ANSWER, MAX_QUESTION
from rfps.domain.hearing import Heard
from rfps.models import Rfp
from rfps.states import Phase


class AnswerForm(DomainForm):
    """An answer to everybody."""

    sees = {"answer": "S0"}

    answer = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy("Leave out your name, your address and how to reach you."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_ANSWER,
    )


class NoteForm(AnswerForm):
    """A question that companies may have, with its answer."""

    sees = {"text": "S0", "answer": "S0"}
    field_order = ("text", "answer")

    text = forms.CharField(
        label=gettext_lazy("What companies may wonder"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MAX_QUESTION,
    )


@person_page
@once
def question(request: HttpRequest, id: UUID, question: UUID) -> HttpResponse:  # noqa: A002 - the path's own word
    """One question with its answers, and the place for the next one."""
    actor, rfp = judged(request, id, heard=True)
    asked = _named(rfp, actor, question)
    if rfp.phase != Phase.OPEN:
        return _too_late(request, id)
    form, row = AnswerForm.of(request), visible_questions(actor).select_related("rfp__customer")
    tried = attempt(form, lambda body: asking.answer(row.get(public_id=question), actor=actor, answer=body["answer"]))
    if tried.done:
        messages.success(request, _("Every company that fits reads your answer now."))
        return redirect("request", id)
    context = {"form": form, "rfp": rfp, "asked": asked, "zone": rfp.time_zone, "trail": trail(rfp)}
    return render(request, "bids/question.html", context, status=form.status)


@person_page
@once
def note(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    """Something for all companies that nobody asked here."""
    actor, rfp = judged(request, id)
    if rfp.phase != Phase.OPEN:
        return _too_late(request, id)
    form = NoteForm.of(request)
    if attempt(form, lambda body: asking.note(rfp, actor=actor, **body)).done:
        messages.success(request, _("Every company that fits reads your note now."))
        return redirect("request", id)
    return render(request, "bids/question.html", {"form": form, "rfp": rfp, "trail": trail(rfp)}, status=form.status)


def to_answer(heard: Sequence[Heard]) -> list[tuple[Heard, AnswerForm]]:
    """Each question that waits, with a form of its own."""
    return [(each, AnswerForm(auto_id=f"{each.question}-%s")) for each in heard if not each.said]


def _named(rfp: Rfp, actor: Actor, question: UUID) -> Heard:
    found = next((each for each in hearing.heard(rfp, actor=actor) if each.question == question), None)
    if found is None:
        raise Http404
    return found


def _too_late(request: HttpRequest, id: UUID) -> HttpResponse:  # noqa: A002
    messages.warning(request, _("That is not possible any more. This is how it stands now."))
    return redirect("request", id)
