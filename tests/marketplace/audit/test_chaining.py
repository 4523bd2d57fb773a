"""Whoever changes, removes or slips in a sealed row is found."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import StringIO
from time import monotonic, sleep
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from marketplace.audit import chaining
from marketplace.audit.chaining import CHAINS, Chain
from marketplace.audit.models import AuditRow, Seal
from marketplace.audit.recording import record
from marketplace.audit.tasks import seal as seal_task
from marketplace.kernel.actors import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
AUDIT = CHAINS["audit"]


def note(count: int) -> None:
    """Rows of one transaction, so that all of them can be sealed or none."""
    with transaction.atomic():
        for _ in range(count):
            record("test.noted", actor=SYSTEM, kind="test", subject=uuid4(), n=count)


def seal(chain: Chain = AUDIT) -> int:
    """The next link, as soon as no transaction of the server itself (autovacuum's) holds it up."""
    until = monotonic() + 30
    while monotonic() < until:
        if count := chaining.seal(chain):
            return count
        sleep(0.05)
    return 0


@pytest.fixture
def tamper() -> Iterator[None]:
    """Somebody with the database at hand has switched the trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrow DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditrow ENABLE TRIGGER USER")


def execute(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def sealed_rows(count: int) -> int:
    """So many rows sealed, in as many links as it takes."""
    done = 0
    while done < count and (more := seal()):
        done += more
    return done


def verify() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def sealed(*counts: int) -> list[int]:
    """Links of so many rows each; the ids of all rows."""
    for count in counts:
        note(count)
        assert seal() == count
    return list(AuditRow.objects.order_by("id").values_list("pk", flat=True))


def test_links_cover_every_row_once() -> None:
    sealed(3, 2)
    assert list(Seal.objects.order_by("number").values_list("number", "row_count")) == [(1, 3), (2, 2)]
    assert (chaining.seal(AUDIT), chaining.verify(AUDIT).rows) == (0, 5)
    assert "audit: 5 rows in 2 links, intact; 0 rows not sealed yet." in verify().splitlines()


def test_the_tail_is_told() -> None:
    sealed(3)
    note(2)
    report = chaining.verify(AUDIT)
    assert (report.rows, report.tail, report.tail_since) == (3, 2, AuditRow.objects.order_by("-id")[1].at)
    assert verify().count("2 rows not sealed yet, the oldest from") == 1


def test_the_clock_seals_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed(1)
    note(5)
    monkeypatch.setitem(chaining._rows.__kwdefaults__, "limit", 2)
    assert seal() == 2
    seal_task()
    assert list(Seal.objects.order_by("number").values_list("row_count", flat=True)) == [1, 2, 2, 1]
    assert chaining.verify(AUDIT).broken is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_auditrow SET verb = 'test.other' WHERE id = %s",
        "UPDATE audit_auditrow SET details = '{\"n\": 4}' WHERE id = %s",
        "UPDATE audit_auditrow SET at = at + interval '1 microsecond' WHERE id = %s",
        "UPDATE audit_auditrow SET actor_id = gen_random_uuid() WHERE id = %s",
    ],
)
def test_a_changed_row_is_found(tamper: None, change: str) -> None:
    ids = sealed(2, 2, 2)
    execute(change, ids[3])
    report = chaining.verify(AUDIT)
    assert (report.links, report.rows) == (1, 2)
    with pytest.raises(CommandError, match=r"audit: link 2 .* does not fit its rows"):
        verify()


def test_a_removed_row_is_found() -> None:
    ids = sealed(2, 2)
    execute("DELETE FROM audit_auditrow WHERE id = %s", ids[0])
    with pytest.raises(CommandError, match=r"link 1 .* covers 2 rows and 1 are there"):
        verify()


def test_a_row_slipped_in_is_found() -> None:
    sealed(2, 2)
    first = AuditRow.objects.order_by("id")[0]
    execute(
        "INSERT INTO audit_auditrow (xid, at, actor_kind, actor_id, verb, object_kind, object_id, details) "
        "SELECT xid, at, actor_kind, actor_id, verb, object_kind, object_id, details FROM audit_auditrow WHERE id = %s",
        first.pk,
    )
    with pytest.raises(CommandError, match="covers 2 rows and 3 are there"):
        verify()


def test_a_removed_link_is_found() -> None:
    sealed(1, 1, 1)
    Seal.objects.filter(number=2).delete()
    with pytest.raises(CommandError, match="audit: link 2 is missing"):
        verify()


def test_swapped_rows_and_a_forged_link_are_found(tamper: None) -> None:
    ids = sealed(2, 2)
    execute("UPDATE audit_auditrow SET verb = 'test.other' WHERE id = %s", ids[0])
    rows = chaining._rows(AUDIT, None, "id <= %s", [ids[1]])
    execute("ALTER TABLE audit_seal DISABLE TRIGGER USER")
    execute("UPDATE audit_seal SET sha256 = %s WHERE number = 1", chaining.link(chaining.START, rows))
    execute("ALTER TABLE audit_seal ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="audit: link 2"):
        verify()


def test_a_late_commit_is_never_skipped() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            note(1)
            begun.set()
            go_on.wait(timeout=30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(timeout=30)
    note(2)
    assert chaining.seal(AUDIT) == 0
    go_on.set()
    thread.join(timeout=30)
    assert (sealed_rows(3), chaining.verify(AUDIT).broken) == (3, None)


def test_two_sealers_make_one_chain() -> None:
    note(3)
    held, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            assert seal() == 3
            held.set()
            go_on.wait(timeout=30)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(timeout=30)
    assert chaining.seal(AUDIT) == 0
    go_on.set()
    thread.join(timeout=30)
    assert list(Seal.objects.values_list("number", "row_count")) == [(1, 3)]


def restored() -> None:
    """Five rows whose transactions have ids of the cluster before the restore, two of them sealed there."""
    note(2)
    seal()
    note(3)
    unsealed = AuditRow.objects.order_by("-id")[:3]
    execute("UPDATE audit_auditrow SET xid = '900000000000' WHERE id = ANY(%s)", [row.pk for row in unsealed])
    call_command("bump_epoch", stdout=StringIO())


@pytest.mark.usefixtures("tamper")
def test_chain_goes_on_after_a_restore() -> None:
    restored()  # which notes itself
    note(2)
    assert sealed_rows(3) == 3
    report = chaining.verify(AUDIT)
    assert (report.broken, report.rows, report.tail) == (None, 8, 0)


@pytest.mark.usefixtures("tamper")
@pytest.mark.parametrize("position", [0, 4, 6])
def test_change_before_and_after_a_restore_is_found(position: int) -> None:
    restored()
    note(2)
    seal()
    changed = AuditRow.objects.order_by("id")[position].pk
    execute("UPDATE audit_auditrow SET verb = 'test.other' WHERE id = %s", changed)
    assert chaining.verify(AUDIT).broken is not None
