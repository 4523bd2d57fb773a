"""What the person was told, and how soon they want mail of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain import noticing
from accounts.models import User
from accounts.policies import actor_of_person, visible_notices
from marketplace.idempotency.pressing import once
from marketplace.kernel.forms import ChoiceField, DomainForm, attempt
from marketplace.kernel.listing import cut
from marketplace.kernel.pages import button_of, person_page
from marketplace.mail.states import Pace
from rfps.policies import visible_rfps

PACES = [
    (Pace.NEEDS_ME, gettext_lazy("Only when something needs me")),
    (Pace.DAILY, gettext_lazy("Once a day, all together in the morning")),
    (Pace.AT_ONCE, gettext_lazy("At once, each by itself")),
]


class PaceForm(DomainForm):
    """How soon mail comes."""

    pace = ChoiceField(label=gettext_lazy("When do you want mail?"), choices=PACES)


@person_page
@once
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first, each leading to its request; below, the pace of mails."""
    assert isinstance(request.user, User)
    user, actor = request.user, actor_of_person(request.user)
    form = PaceForm.of(request, initial={"pace": noticing.pace_of(user)})
    if attempt(form, lambda body: noticing.choose_pace(user, actor=actor, pace=body["pace"])).done:
        messages.success(request, _("Kept. That is how we write to you from now on."))
        return redirect("notices")
    page = cut(request, visible_notices(actor), "-pk")
    about = visible_rfps(actor).filter(public_id__in={row.rfp for row in page.rows})
    titles = dict(about.values_list("public_id", "current__title"))
    told = [(row, titles.get(row.rfp) or "") for row in page.rows]
    unread = any(row.read_at is None for row in page.rows)
    return render(
        request, "notices.html", {"page": page, "told": told, "unread": unread, "form": form}, status=form.status
    )


@button_of("notices")
@person_page
@once
def read_all(request: HttpRequest) -> HttpResponse:
    """Nothing is new any more."""
    assert isinstance(request.user, User)
    noticing.read(actor=actor_of_person(request.user))
    return redirect("notices")
