"""One effect a key, whatever is sent how often."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.response import Response

from accounts.models import Household
from marketplace.idempotency.models import StoredAnswer
from marketplace.idempotency.replaying import answer_once, fingerprint, prune
from marketplace.kernel.api.problems import problem_response
from marketplace.kernel.errors import Conflict, Invalid, TooMany
from tests.racing import race

PRINT = fingerprint("POST", "/api/v1/x/", b"{}")


def refusal(error: Exception) -> Response:
    response = problem_response(error, None)
    if response is None:
        raise error
    return response


def founding(name: str) -> Callable[[], Response]:
    def answer() -> Response:
        return Response({"id": Household.objects.create(name=name).pk}, 201, headers={"ETag": '"a"'})

    return answer


@pytest.mark.django_db
def test_same_key_and_body_replays_status_body_and_tag() -> None:
    who = uuid.uuid4()
    first = answer_once(who, "k", PRINT, founding("once"), refusal)
    again = answer_once(who, "k", PRINT, founding("twice"), refusal)
    assert (again.status_code, again.data, again["ETag"]) == (201, first.data, '"a"')
    assert again["Idempotent-Replayed"] == "true"
    assert Household.objects.count() == 1


@pytest.mark.django_db
def test_same_key_and_another_body_is_refused() -> None:
    who = uuid.uuid4()
    answer_once(who, "k", PRINT, founding("once"), refusal)
    with pytest.raises(Invalid) as caught:
        answer_once(who, "k", fingerprint("POST", "/api/v1/x/", b"[]"), founding("other"), refusal)
    assert caught.value.code == "idempotency_key_reused"
    assert Household.objects.count() == 1


@pytest.mark.django_db
def test_key_of_another_principal_is_another_key() -> None:
    answer_once(uuid.uuid4(), "k", PRINT, founding("mine"), refusal)
    answer_once(uuid.uuid4(), "k", PRINT, founding("theirs"), refusal)
    assert Household.objects.count() == 2


@pytest.mark.django_db
def test_refusal_is_replayed_and_leaves_nothing() -> None:
    def refuse() -> Response:
        Household.objects.create(name="half")
        raise Conflict("Not now.", code="wrong_state")

    who = uuid.uuid4()
    first = answer_once(who, "k", PRINT, refuse, refusal)
    again = answer_once(who, "k", PRINT, founding("late"), refusal)
    assert (first.status_code, again.status_code, again.data["code"]) == (409, 409, "wrong_state")
    assert Household.objects.count() == 0


@pytest.mark.django_db
def test_too_often_is_never_stored() -> None:
    def refuse() -> Response:
        raise TooMany("Too often.", retry_after=60)

    who = uuid.uuid4()
    refused = answer_once(who, "k", PRINT, refuse, refusal)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert answer_once(who, "k", PRINT, founding("then"), refusal).status_code == 201


@pytest.mark.django_db
def test_crash_is_never_stored() -> None:
    def crash() -> Response:
        raise ZeroDivisionError

    who = uuid.uuid4()
    with pytest.raises(ZeroDivisionError):
        answer_once(who, "k", PRINT, crash, refusal)
    assert answer_once(who, "k", PRINT, founding("then"), refusal).status_code == 201


@pytest.mark.django_db
def test_stored_answer_is_sealed() -> None:
    answer_once(uuid.uuid4(), "k", PRINT, lambda: Response({"secret": "Quillwright Close"}), refusal)
    assert b"Quillwright" not in bytes(StoredAnswer.objects.get().sealed_answer)


@pytest.mark.django_db
def test_answers_go_after_a_day() -> None:
    who = uuid.uuid4()
    answer_once(who, "k", PRINT, founding("old"), refusal)
    StoredAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert answer_once(who, "k", PRINT, founding("new"), refusal).status_code == 201
    StoredAnswer.objects.update(at=timezone.now() - timedelta(hours=25))
    assert (prune(), StoredAnswer.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_have_one_effect() -> None:
    who = uuid.uuid4()
    outcomes = race(lambda: answer_once(who, "k", PRINT, founding("one"), refusal).status_code, times=50)
    assert Household.objects.count() == 1
    assert len(outcomes) == 50
    assert {each if each == 201 else type(each) for each in outcomes} <= {201, Conflict}
