"""Completes the body of a request: what the person did not say comes from the template and from what they keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.datastore import catalogue as fields
from accounts.datastore import places
from accounts.datastore.domain.keeping import read
from accounts.datastore.models import FieldValue
from rfps import templates
from rfps.domain import composing
from rfps.domain.checking import as_instant
from rfps.domain.composing import Body
from rfps.states import BudgetDisclosure, RfpKind
from rfps.templates import Template

TERMS = "PDC-INTENT"
DECIDES_AFTER_DAYS = 14
POSTCODE, COUNTRY = "home.postcode", "home.country"
# ISO 4217 by ISO 3166, for the currency that people of a place reckon in.
EURO = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK AD MC SM VA ME XK"
CURRENCY_OF = dict.fromkeys(EURO.split(), "EUR") | {
    "GB": "GBP", "GG": "GBP", "IM": "GBP", "JE": "GBP", "US": "USD", "PR": "USD", "EC": "USD", "CH": "CHF", "LI": "CHF",
    "CA": "CAD", "AU": "AUD", "NZ": "NZD", "IN": "INR", "JP": "JPY", "CN": "CNY", "DK": "DKK", "NO": "NOK", "SE": "SEK",
    "PL": "PLN", "CZ": "CZK", "HU": "HUF", "RO": "RON", "TR": "TRY", "UA": "UAH", "BR": "BRL", "MX": "MXN", "ZA": "ZAR",
    "KR": "KRW", "SG": "SGD", "HK": "HKD", "IL": "ILS", "AE": "AED", "DZ": "DZD", "LK": "LKR", "PA": "PAB", "IS": "ISK",
}  # fmt: skip


def complete(given: Body, values: Mapping[str, Any]) -> Body:
    """`given` with every default: the template's, and where it is silent, what the values say. Pure."""
    body = _blank() | given
    body["area"] = given.get("area") or home_area(values)
    body["currency"] = given.get("currency") or CURRENCY_OF.get(_country(body["area"], values) or "")
    template = template_of(given)
    if template is not None:
        body |= _defaults(template, given, values, body["currency"]) | given
    if body["budget"]:
        body["budget"] = {"disclosure": BudgetDisclosure.HIDDEN.value, "binding": False, **body["budget"]}
        body["budget"]["currency"] = body["currency"]
    if body["closes_at"] and not body["decides_by"]:
        days = template.decides_after_days if template else DECIDES_AFTER_DAYS
        body["decides_by"] = as_instant(datetime.fromisoformat(body["closes_at"]) + timedelta(days=days))
    return body


def template_of(given: Body) -> Template | None:
    """The template of the body's category, if it has one yet."""
    return templates.for_category(given["category"]) if given.get("category") else None


def keys_of(bodies: Sequence[Body]) -> set[str]:
    """The fields that the bodies' templates and areas read, and those that the bodies ask for."""
    keys = {POSTCODE, COUNTRY}
    for given in bodies:
        keys |= {row["field"] for row in given.get("fields", ())}
        if template := template_of(given):
            keys |= template.keys | {one.field for one in template.fields}
    return keys


def in_clear(live: Mapping[str, FieldValue]) -> dict[str, Any]:
    """What the person keeps, for the person themself."""
    return {key: read(value) for key, value in live.items()}


def home_area(values: Mapping[str, Any]) -> Body | None:
    """The area of the person's own postcode, if it is known where that is."""
    postcode, country = values.get(POSTCODE), values.get(COUNTRY)
    if not postcode:
        return None
    # Without a country only the British form leaves no doubt.
    country = country or ("GB" if fields.ladders.GB_POSTCODE.fullmatch(postcode.strip()) else None)
    placed = country is not None and places.locate(country, postcode) is not None
    return {"country": country, "postcode": postcode} if placed else None


def _country(area: Mapping[str, Any] | None, values: Mapping[str, Any]) -> str | None:
    return (area or {}).get("country") or values.get(COUNTRY) or (home_area(values) or {}).get("country")


def _blank() -> Body:
    body: Body = dict.fromkeys(composing.MEMBERS)
    lists = dict.fromkeys(("lines", "requirements", "criteria", "fields", "capabilities", "confirmed"), ())
    body |= {name: list(rows) for name, rows in lists.items()}
    body |= {"kind": RfpKind.RFP.value, "title": "", "need": "", "owner": "person", "sandbox": False, "answers": {}}
    return body | {"sealing": "sealed", "blind": False, "places": 8, "options": 3, "valid_for_days": 30, "terms": TERMS}


def _defaults(template: Template, given: Body, values: Mapping[str, Any], currency: str | None) -> Body:
    answers = {**values, **given.get("answers", {})}
    if given.get("budget"):
        answers[templates.BUDGET] = given["budget"]["amount"]
    # What pointed at the template's rows points nowhere once the person wrote those rows.
    own, asks = {"lines", "requirements"} & set(given), given.get("kind") == RfpKind.RFI
    found, faults = composing.check(template.defaults(answers, currency or "", own=own, prices=not asks))
    # A number far outside what a template was made for can spoil a member, which then is missing.
    spoiled = {fault.pointer.split("/")[1] for fault in faults} | {"currency"}
    found = {name: value for name, value in found.items() if name not in spoiled}
    return found | ({"lines": []} if asks else {})
