"""Finds contact details, and leaves quantities, dates and prices alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.datastore.domain.recognising import OwnIdentifier
from rfps.domain.scanning import faults, scan, valid_iban

NAME = OwnIdentifier("identity.full_name", "Morag Quill")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to morag.s@quill.example please", "email"),
        ("morag (at) quill (dot) example", "email"),
        ("see https://quill.example/x", "url"),
        ("see www.quill.example", "url"),
        ("it is on quill-kitchens.co.uk today", "url"),
        ("call 0131 496 0123", "phone"),
        ("call (0131) 496-0123.", "phone"),
        ("call 07700 900123", "phone"),
        ("+44 7700 900123", "phone"),
        ("+49 (0)30 901820", "phone"),
        ("0049 30 9018 2034", "phone"),
        ("dial 415-867-5309", "phone"),
        ("we live at EH1 1AA", "postcode"),
        ("near sw1a 1aa", "postcode"),
        ("D-10115 Berlin", "postcode"),
        ("K1A 0B1", "postcode"),
        ("pay to GB33BUKB20201555555555", "iban"),
        ("pay to DE89 3704 0044 0532 0130 00 now", "iban"),
        ("my car AB12 CDE", "plate"),
        ("B-AB 1234", "plate"),
        ("AB-123-CD", "plate"),
    ],
)
def test_contact_is_found(text: str, kind: str) -> None:
    assert [hit.kind for hit in scan(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "100 % renewable",
        "2 x 500 kWh, 3,412 kWh in 2029",
        "from 01.02.2030 10:30 to 2030-02-14",
        "between 01/02/2030 and 14/02/2030",
        "at most £1,400.00 or 1 400 000 HUF",
        "0.123456789 m",
        "model 2024-2025, 12 x 24 x 36 cm",
        "DDR5 4GB and M2 1TB",
        "e.g. a laptop, i.e. light",
        "A4 paper, EN 1090-2, ISO 9001:2015",
        "RAL 9010 and 230 V, IP44",
        "Kitchen.It is small",
        "GB33BUKB20201555555556",
        "at 5pm, 2nd floor, B2B",
        "24/7 support; 10-20 days",
    ],
)
def test_quantities_dates_and_prices_are_no_contact(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ask Morag\u00a0Quill", "own_identifier"),
        ("ask Morag Qu\u00adill", "own_identifier"),
        ("ask Mo\u200brag Quill", "own_identifier"),
        ("ask Ｍｏｒａｇ Quill", "own_identifier"),
        ("write to ｏｆｆｅｒｓ＠quill.example", "contact_in_text"),
        ("call 0131\u00a0496\u202f0123", "contact_in_text"),
        ("call +44\u2011131\u2013496\u20130123", "contact_in_text"),
        ("we live at EH1\u00a01AA", "contact_in_text"),
    ],
)
def test_signs_that_only_look_different_hide_nothing(text: str, code: str) -> None:
    assert [fault.code for fault in faults({"/need": text}, own=[NAME])] == [code]


def test_own_identifiers_are_found_in_any_spacing_and_case() -> None:
    own = [
        OwnIdentifier("identity.full_name", "Morag Sutherland-Quill"),
        OwnIdentifier("home.address", "12 Rose Street"),
        OwnIdentifier("identity.birth_date", "1980-02-03"),
    ]
    text = "For morag sutherland quill, 12, ROSE STREET; born 1980-02-03."
    assert [text[hit.start : hit.end] for hit in scan(text, own)] == [
        "morag sutherland quill",
        "12, ROSE STREET",
        "1980-02-03",
    ]


def test_own_identifiers_are_whole_words() -> None:
    own = [OwnIdentifier("home.address", "Rose"), OwnIdentifier("identity.full_name", "Quill")]
    assert scan("Roses in Quillmaking", own) == []


def test_one_word_of_a_name_may_be_meant_as_a_word() -> None:
    own = [OwnIdentifier("identity.full_name", "Green"), OwnIdentifier("identity.full_name", "Ann Green")]
    texts = {"/need": "green energy", "/title": "Green energy", "/lines/0/spec": "for Ann Green"}
    found = faults(texts, own=own, confirmed=["/need", "/lines/0/spec"])
    assert [(fault.pointer, fault.code) for fault in found] == [
        ("/title", "own_identifier"),
        ("/lines/0/spec", "own_identifier"),
    ]


def test_a_confirmed_find_may_leave_but_an_own_identifier_never() -> None:
    texts = {"/need": "Our kitchen is at EH1 1AA", "/title": "Kitchen for Morag Quill"}
    found = faults(texts, own=[NAME], confirmed=["/need", "/title"])
    assert [(fault.pointer, fault.code) for fault in found] == [("/title", "own_identifier")]


def test_every_text_and_both_kinds_are_told_at_once() -> None:
    texts = {"/need": "EH1 1AA or 0131 496 0123", "/title": "Morag Quill, m@rose.example"}
    found = faults(texts, own=[NAME])
    assert [(fault.pointer, fault.code) for fault in found] == [
        ("/need", "contact_in_text"),
        ("/title", "own_identifier"),
        ("/title", "contact_in_text"),
    ]
    assert "a phone number, a postcode" in found[0].message


@given(st.text(max_size=400))
def test_any_text_is_scanned_in_order(text: str) -> None:
    hits = scan(text, [NAME])
    assert hits == sorted(hits, key=lambda hit: (hit.start, hit.end))
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)


@given(
    st.from_regex(r"\A0[1-9]\d{2} [1-9]\d{2} \d{4}\Z"), st.text("abc ,;:", max_size=20), st.text("abc ,;:", max_size=20)
)
def test_a_phone_number_is_found_wherever_it_stands(number: str, before: str, after: str) -> None:
    assert [hit.kind for hit in scan(f"{before} {number} {after}")] == ["phone"]


@given(st.integers(1, 999_999), st.sampled_from(["kWh", "%", "£", "km", "days", "m²"]))
def test_a_quantity_with_its_unit_is_never_contact(quantity: int, unit: str) -> None:
    assert scan(f"about {quantity:,} {unit} and {quantity} {unit}") == []


@given(st.from_regex(r"\A[A-Z]{2}\d{2}[A-Z0-9]{11,30}\Z"))
def test_the_check_of_an_account_number_is_the_remainder_by_97(text: str) -> None:
    digits = "".join(str(int(sign, 36)) for sign in text[4:] + text[:4])
    assert valid_iban(text) == (int(digits) % 97 == 1)


def test_a_long_text_is_scanned_quickly() -> None:
    assert scan("a-a." * 5000 + "@" * 5000 + "+1 " * 3000) == []
