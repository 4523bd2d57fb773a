"""What a company wants to hear about, in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.datastore.places import cell
from marketplace.kernel import speaking
from rfps.catalogue import Category, all_categories, category, exists
from rfps.delivery.domain.wishing import Wish
from rfps.delivery.states import AreaKind
from rfps.delivery.web.forms import KINDS, MAILS
from rfps.states import RfpKind


@dataclass(frozen=True, slots=True)
class Branch:
    """A group of categories of the form's tree, and the chosen ones in it."""

    top: Category
    rows: list[tuple[Category, bool, str]]  # with the words by which it is found
    chosen: int


def tree(chosen: Collection[str]) -> list[Branch]:
    """Every category below its group, the group itself first."""
    branches: dict[str, list[Category]] = {}
    for each in all_categories():
        branches.setdefault(each.id.partition("/")[0], []).append(each)
    return [
        Branch(
            rows[0], [(row, row.id in chosen, _found_by(row)) for row in rows], sum(row.id in chosen for row in rows)
        )
        for rows in branches.values()
    ]


def _found_by(each: Category) -> str:
    return " ".join((_(each.label), *each.synonyms, _(", ".join(each.synonyms)) if each.synonyms else "")).lower()


def title(wish: Wish) -> str:
    """Its name, else what it is about."""
    return wish.name or what(wish)


def what(wish: Wish) -> str:
    """The categories."""
    return ", ".join(_(category(each).label) for each in wish.categories if exists(each))


def where(wish: Wish) -> str:
    """The area."""
    match wish.area_kind:
        case AreaKind.COUNTRY:
            return speaking.country(wish.country)
        case AreaKind.REMOTE:
            return _("only what is done from afar")
        case AreaKind.RADIUS:
            said = {"km": speaking.number(wish.radius_km or 0), "place": around(wish)}
            return _("%(km)s km around %(place)s") % said
    return _("anywhere")


def around(wish: Wish) -> str:
    """The place that a radius is around; empty without one."""
    if wish.lat is None or wish.lon is None:
        return ""
    return cell(wish.lat, wish.lon, wish.country or "GB").label


def rest(wish: Wish) -> list[str]:
    """Everything else that it says, one thing a phrase."""
    said = [_budget(wish), _words(_("with %(words)s"), wish.keywords)]
    said += [_words(_("never with %(words)s"), wish.excluded_keywords)]
    said += [_words(_("can also: %(words)s"), wish.capabilities)]
    if set(wish.kinds) != set(RfpKind.values):
        said += [str(KINDS[RfpKind(kind)]) for kind in wish.kinds if kind in RfpKind.values]
    return [phrase for phrase in (*said, _("mail: %(how)s") % {"how": MAILS[wish.mail]}) if phrase]


def _words(sentence: str, words: list[str]) -> str:
    return sentence % {"words": ", ".join(words)} if words else ""


def _budget(wish: Wish) -> str:
    low, high = (
        speaking.money(amount, wish.budget_currency) if amount is not None else ""
        for amount in (wish.budget_min, wish.budget_max)
    )
    if low and high:
        return _("worth %(low)s to %(high)s") % {"low": low, "high": high}
    return (
        _("worth at least %(low)s") % {"low": low}
        if low
        else _("worth at most %(high)s") % {"high": high}
        if high
        else ""
    )
