"""Pages and mails speak to people: words of the code and the API stay out of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
FOR_DEVELOPERS = TEMPLATES / "drf_spectacular"
CODE = re.compile(
    r'{{.*?}}|{#.*?#}|{%\s*(?!translate|trans|blocktranslate|blocktrans|include)\w.*?%}|"[\w/]+\.html"', re.DOTALL
)
BANNED = re.compile(r"\b(RFPs?|RFIs?|S[0-4]|award\w*|grant\w*|attest\w*|pareto|dq-1)\b", re.IGNORECASE)


def written() -> list[Path]:
    found = [path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"}]
    return sorted(path for path in found if FOR_DEVELOPERS not in path.parents)


@pytest.mark.parametrize("path", written(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_template_uses_the_words_of_people(path: Path) -> None:
    assert BANNED.findall(CODE.sub(" ", path.read_text())) == []


def test_the_words_are_found() -> None:
    text = '<p>{% translate "Your RFP was awarded" %} {{ rfp.award }} {% url "rfps" %}</p>'
    assert BANNED.findall(CODE.sub(" ", text)) == ["RFP", "awarded"]
