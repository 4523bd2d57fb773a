"""`{% load comparison %}`: the cells of the table of offers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from bids.domain.rowing import Cell, State
from bids.domain.tabling import Head

register = template.Library()


@register.simple_tag
def cells(row: Iterable[tuple[Cell, Head]]) -> SafeString:
    """The row's cells. There are thousands of them, and a template's loop takes ten times as long."""
    words = escape(_("(misses a must-have)"))
    missed = f'<span class="away"> {words}</span>'
    return mark_safe("".join(_cell(cell, head.column, missed) for cell, head in row))  # noqa: S308  all is escaped


def _cell(cell: Cell, column: str, missed: str) -> str:
    detail = f"<small>{escape(cell.detail)}</small>" if cell.detail else ""
    said = escape(cell.text) + (missed if cell.state == State.FAILED else "") + detail
    return f'<td class="{column} {cell.state.value}">{said}</td>'
