"""Finds what would give a person away in a text: contact details, number plates, and what is theirs alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.datastore import places
from accounts.datastore.domain.recognising import NAMES, OwnIdentifier
from marketplace.kernel.errors import Fault

OWN = "own"
# One word of a name may be a word of the language ("Green"): a person may say that it is meant so.
OWN_WORD = "own_word"

EMAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[a-z]{2,})+", re.I)
URL = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+"
    r"|\b(?:[a-z0-9-]{1,63}\.){1,5}(?:com|org|net|info|io|uk|eu|de|fr|nl|es|ie|pl|app|dev|biz|scot)\b(?:/\S*)?",
    re.I,
)
# Dates and times are taken out first: "01.02.2030 10:30" is no phone number.
DATE = re.compile(
    r"\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{1,2}-\d{1,2}-\d{4})(?:[ T]+\d{1,2}(?::\d{2}){0,2})?\b"
)
PHONE = re.compile(
    r"(?<![\w.,])(?:"
    r"(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){8,14}"  # international, E.164
    r"|\(?0[1-9](?:[ ()/-]{0,2}\d){7,10}"  # national with its leading 0
    r"|\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}"  # North America
    r")(?![\w]|[.,]\d)"
)
GB_POSTCODE = re.compile(r"\b([A-Z]{1,2})(\d[A-Z\d]?) ?(\d[ABD-HJLNP-UW-Z]{2})\b", re.I | re.A)
OTHER_POSTCODE = re.compile(
    r"\b(?:D|A|F|B|L|CH|DK|NL|PL|ES|IT)-\d{4,5}\b|\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b"  # with country; Canada
)
MEMORY_SIZE = re.compile(r"\d[TG]B$", re.I)  # "M2 1TB" is a disk more often than a house in Manchester
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b", re.I | re.A)
PLATE = re.compile(
    r"\b[A-HJ-PR-Y]{2}\d{2} ?[A-HJ-PR-Z]{3}\b"  # Great Britain since 2001
    r"|\b[A-ZÄÖÜ]{1,3}-[A-ZÄÖÜ]{1,2} [1-9]\d{0,3}[EH]?\b"  # Germany
    r"|\b[A-HJ-NP-TV-Z]{2}-\d{3}-[A-HJ-NP-TV-Z]{2}\b"  # France
)
PLAIN = {"Zs": " ", "Pd": "-"}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: its kind and where it stands in the text."""

    kind: str
    start: int
    end: int


def scan(text: str, own: Iterable[OwnIdentifier] = ()) -> list[Hit]:
    """Every e-mail address, web address, phone number, postcode, IBAN, plate and own identifier, in text order."""
    found = [hit for wanted in own for hit in _own_hits(wanted, text)]
    for kind, spans in FINDERS.items():
        found += [
            Hit(kind, *span)
            for span in spans(text)
            if not any(hit.start < span[1] and span[0] < hit.end for hit in found)
        ]
    return sorted(found, key=lambda hit: (hit.start, hit.end))


def faults(
    texts: Mapping[str, str], *, own: Iterable[OwnIdentifier] = (), confirmed: Iterable[str] = ()
) -> list[Fault]:
    """What keeps these texts (by JSON pointer) from leaving. A person may confirm a find, but never their own."""
    identifiers, kept = list(own), set(confirmed)
    return [
        fault for pointer, text in texts.items() for fault in _faults(pointer, scan(plain(text), identifiers), kept)
    ]


def plain(text: str) -> str:
    """The text as it reads: pasted ones come with wide letters, soft hyphens, no-break spaces and other dashes."""
    visible = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return "".join(PLAIN.get(unicodedata.category(sign), sign) for sign in visible)


def valid_iban(text: str) -> bool:
    """ISO 13616: the remainder of the rearranged number divided by 97 is 1."""
    code = text.replace(" ", "").upper()
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def _faults(pointer: str, hits: list[Hit], confirmed: set[str]) -> Iterator[Fault]:
    kinds = {hit.kind for hit in hits}
    if OWN in kinds or (OWN_WORD in kinds and pointer not in confirmed):
        yield Fault(pointer, "own_identifier", _("This text holds your own name, street, birth date or contact."))
    others = sorted(kinds - {OWN, OWN_WORD})
    if others and pointer not in confirmed:
        what = ", ".join(labels()[kind] for kind in others)
        message = _("This text seems to hold %(what)s. Remove it, or confirm that it may be seen.")
        yield Fault(pointer, "contact_in_text", message % {"what": what})


def labels() -> dict[str, str]:
    """What people call each kind of find."""
    return {
        "email": _("an e-mail address"),
        "url": _("a web address"),
        "iban": _("an account number"),
        "phone": _("a phone number"),
        "postcode": _("a postcode"),
        "plate": _("a number plate"),
    }


def _own_hits(wanted: OwnIdentifier, text: str) -> Iterator[Hit]:
    words = re.findall(r"\w+", plain(wanted.needle))
    if not words:
        return
    # Any punctuation or spacing between the words, so that "Rose St. 12" is found as "Rose St 12".
    pattern = r"(?<!\w)" + r"[\W_]{0,3}".join(re.escape(word) for word in words) + r"(?!\w)"
    kind = OWN_WORD if len(words) == 1 and wanted.field in NAMES else OWN
    yield from (Hit(kind, *match.span()) for match in re.finditer(pattern, text, re.I))


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (match.span() for match in pattern.finditer(text))


def _phones(text: str) -> Iterator[tuple[int, int]]:
    return _matches(PHONE)(DATE.sub(lambda match: "x" * len(match[0]), text))


def _postcodes(text: str) -> Iterator[tuple[int, int]]:
    for match in GB_POSTCODE.finditer(text):
        if places.locate("GB", match[1]) and not MEMORY_SIZE.search(match[0]):
            yield match.span()
    yield from _matches(OTHER_POSTCODE)(text)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in IBAN.finditer(text):
        # Words after the number look like more of it: the longest head that checks is the number.
        for end in range(match.end(), match.start() + 14, -1):
            whole = end == match.end() or text[end] == " "
            if whole and text[end - 1] != " " and valid_iban(text[match.start() : end]):
                yield match.start(), end
                break


FINDERS: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {
    "email": _matches(EMAIL),
    "url": _matches(URL),
    "iban": _ibans,
    "phone": _phones,
    "plate": _matches(PLATE),
    "postcode": _postcodes,
}
