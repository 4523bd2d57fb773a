"""Where a person is signed in: known by kind of browser alone, and ended by nobody but them."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore

from accounts.domain import sitting
from accounts.models import SignIn, User
from accounts.policies import actor_of_person, visible_sign_ins
from marketplace.audit.models import AuditRow
from marketplace.kernel.errors import NotAllowed
from tests.factories import people

pytestmark = pytest.mark.django_db
AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": ("Firefox", "Linux"),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36": (
        "Chrome", "Windows"),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140": ("Edge", "Windows"),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1": (
        "Safari", "iPhone"),
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36": ("Chrome", "Android"),
    "curl/8.0": ("", ""),
    "": ("", ""),
    "x" * 10_000: ("", ""),
}  # fmt: skip


def session() -> str:
    store = SessionStore()
    store.save()
    assert store.session_key
    return store.session_key


def sign_in(user: User, agent: str = "") -> SignIn:
    key = session()
    assert sitting.note(user, session_key=key, agent=agent)
    return SignIn.objects.get(session=key)


@pytest.mark.parametrize(("agent", "said"), AGENTS.items(), ids=range(len(AGENTS)))
def test_a_browser_is_kept_by_its_kind_alone(customer: User, agent: str, said: tuple[str, str]) -> None:
    row = sign_in(customer, agent)
    assert (row.browser, row.system) == said


def test_a_session_has_one_row_and_goes_with_it(customer: User) -> None:
    row = sign_in(customer)
    assert sitting.note(customer, session_key=row.session_id, agent="Firefox")
    assert SignIn.objects.get().browser == "Firefox"
    SessionStore(row.session_id).delete()
    assert not SignIn.objects.exists()


def test_a_session_that_ended_meanwhile_is_not_noted(customer: User) -> None:
    assert not sitting.note(customer, session_key="gone", agent="")


def test_one_is_ended_and_recorded(customer: User) -> None:
    row, other = sign_in(customer), sign_in(customer)
    sitting.end(row, actor=actor_of_person(customer))
    assert list(visible_sign_ins(actor_of_person(customer))) == [other]
    assert AuditRow.objects.filter(verb="session.ended").count() == 1


def test_all_others_are_ended_and_nobody_elses(customer: User) -> None:
    here, theirs = sign_in(customer), sign_in(people.person())
    sign_in(customer)
    assert sitting.end_others(actor=actor_of_person(customer), keep=here.session_id) == 1
    assert set(SignIn.objects.all()) == {here, theirs}


def test_neither_a_stranger_nor_a_key_may(customer: User) -> None:
    row = sign_in(customer)
    for actor in (actor_of_person(people.person()), actor_of_person(customer, scopes=["rfps:write"])):
        with pytest.raises(NotAllowed):
            sitting.end(row, actor=actor)
        assert not visible_sign_ins(actor).exists()
    with pytest.raises(NotAllowed):
        sitting.end_others(actor=actor_of_person(customer, scopes=["rfps:write"]), keep="")
