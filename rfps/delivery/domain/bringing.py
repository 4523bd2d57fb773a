"""One statement that brings an event to a run of suppliers: opportunities, matches, links and mails together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from rfps.delivery.domain.emitting import current_epoch
from rfps.delivery.domain.matching import CANDIDATES, FITS, Sql, checked, facts_of, facts_row
from rfps.delivery.domain.wording import Letter, letters_of
from rfps.delivery.models import Event
from rfps.delivery.states import EventType

# Rows of `candidate` are (event_id, rfp_id, organisation_id, subscription, instant). Ids of new opportunities are drawn
# in `chunk`, so that nothing but letters is joined back. What another transaction wrote a moment ago is not seen: that
# can only be rematching with the same event, and then both the opportunity and the match are there already; so letters
# are of what `opened` made. Each has a link of its own: two random UUIDs, 244 bits, of which the link keeps a hash, and
# the mail the text until it is sent.
WRITE = """
, chunk AS MATERIALIZED (
  SELECT c.event_id, c.rfp_id, c.organisation_id, c.subscriptions, c.instant, o.id IS NULL AS is_new,
         coalesce(o.id, nextval(pg_get_serial_sequence('delivery_opportunity', 'id'))) AS opportunity_id,
         coalesce(o.public_id, gen_random_uuid()) AS public_id
  FROM (
    SELECT event_id, rfp_id, organisation_id, bool_or(instant) AS instant,
           coalesce(array_agg(DISTINCT subscription) FILTER (WHERE subscription IS NOT NULL), '{{}}') AS subscriptions
    FROM candidate GROUP BY event_id, rfp_id, organisation_id ORDER BY organisation_id, event_id LIMIT {limit}
  ) c LEFT JOIN delivery_opportunity o ON o.rfp_id = c.rfp_id AND o.organisation_id = c.organisation_id
), opened AS (
  INSERT INTO delivery_opportunity (id, public_id, rfp_id, organisation_id, decline_reason, refuse_reason)
  SELECT opportunity_id, public_id, rfp_id, organisation_id, '', '' FROM chunk WHERE is_new
  ON CONFLICT (rfp_id, organisation_id) DO NOTHING RETURNING id
), matched AS (
  INSERT INTO delivery_match (event_id, organisation_id, opportunity_id, subscriptions, epoch)
  SELECT event_id, organisation_id, opportunity_id, subscriptions, {epoch} FROM chunk ORDER BY event_id
  ON CONFLICT (event_id, organisation_id) DO NOTHING
), addressed AS MATERIALIZED (
  SELECT chunk.opportunity_id, chunk.public_id, m.user_id, letter.subject, letter.body,
         replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') AS token
  FROM chunk JOIN opened ON opened.id = chunk.opportunity_id
  JOIN accounts_membership m ON m.organisation_id = chunk.organisation_id AND m.role IN ('owner', 'bidder')
  JOIN accounts_user u ON u.id = m.user_id
  JOIN letter ON letter.event_id = chunk.event_id AND letter.language = {language}
  WHERE chunk.instant
), linked AS (
  INSERT INTO delivery_quicklink (public_id, opportunity_id, person_id, sha256)
  SELECT gen_random_uuid(), opportunity_id, user_id, encode(sha256(token::bytea), 'hex') FROM addressed
), mailed AS (
  INSERT INTO mail_mail (public_id, recipient_id, kind, subject, body, secret, dedupe_key, attempts, lease_no, error)
  SELECT gen_random_uuid(), user_id, 'rfp.published', subject, body, token,
         'rfp.published:' || public_id || ':' || user_id, 0, 0, ''
  FROM addressed
)
SELECT count(*), max(organisation_id) FROM chunk
"""


# The language of ours that a person's locale asks for, as marketplace.kernel.language.supported has it.
LANGUAGE = """CASE WHEN split_part(lower(u.locale), '-', 1) = ANY(%s) THEN split_part(lower(u.locale), '-', 1)
    ELSE %s END"""


def bring(event: Event, *, after: int, upto: int, limit: int) -> tuple[int, int]:
    """Bring the event to the next `limit` suppliers with ids in (after, upto]; how many, and the last of them."""
    candidate, params = _candidates(event, after, upto)
    count, last = write(candidate, params, letters_of(event), limit=limit)
    return count, last


def write(candidate: str, params: list[Any], letters: list[Letter], *, limit: int) -> tuple[int, int]:
    """Run the statement over the rows that `candidate` selects; (rows of `chunk`, last supplier id).

    Mails go out for the events that have letters, to each reader the one in their language.
    """
    rows = ", ".join(["(NULL::bigint, '', '', '')", *["(%s, %s, %s, %s)"] * len(letters)])
    values = [part for each in letters for part in (each.event_id, each.language, each.subject, each.body)]
    ours = [code for code, _name in settings.LANGUAGES]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH letter (event_id, language, subject, body) AS (VALUES {rows}), candidate AS ({candidate})"
            + WRITE.format(limit=int(limit), epoch=current_epoch(), language=LANGUAGE),
            [*values, *params, ours, settings.LANGUAGE_CODE],
        )
        count, last = cursor.fetchone()
    return count, last or 0


def _candidates(event: Event, after: int, upto: int) -> Sql:
    """Fitting subscriptions, and for all but the first event of a request the suppliers it fitted before."""
    selects: list[str] = []
    params: list[Any] = []
    if event.matches_subscriptions:
        row, facts = facts_row(facts_of(event))
        allowed, given = checked("s.organisation_id")
        selects.append(
            f"""SELECT %s::bigint AS event_id, %s::bigint AS rfp_id, s.organisation_id, s.id AS subscription,
                s.mail = 'instant' AS instant
            FROM {row} {CANDIDATES}
            WHERE i.organisation_id > %s AND i.organisation_id <= %s AND {FITS}
              AND s.organisation_id <> ALL(%s::bigint[]) AND {allowed}"""  # noqa: S608
        )
        params += [event.pk, event.rfp_id, *facts, after, upto, event.excluded_organisations, *given]
    if event.type != EventType.RFP_PUBLISHED or not selects:
        selects.append(
            """SELECT %s::bigint AS event_id, rfp_id, organisation_id, NULL::bigint AS subscription, FALSE AS instant
            FROM delivery_opportunity WHERE rfp_id = %s AND organisation_id > %s AND organisation_id <= %s"""
        )
        params += [event.pk, event.rfp_id, after, upto]
    return " UNION ALL ".join(selects), params
