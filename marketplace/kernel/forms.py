"""Forms whose cleaned data is a domain function's body, and whose faults are the domain's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Generic, Self, TypeVar

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel import speaking
from marketplace.kernel.errors import Conflict, DomainError, Fault, Invalid, TooMany
from marketplace.kernel.money import MAX_AMOUNT, minor_unit
from marketplace.kernel.pages import typed

T = TypeVar("T")


class DomainForm(forms.Form):
    """A form that puts the domain's faults beside their fields.

    `pointers` names the field for a pointer, `*` for any one step, `{0}` for what it was:
    {"/lines/*/title": "lines-{0}-title"}. Without a line there, /a/b belongs to the field a-b, else to a, else to
    the summary above the form. `sees` names the stage from which a field is seen.
    """

    pointers: ClassVar[Mapping[str, str]] = {}
    sees: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.status = 200
        for name, stage in self.sees.items():
            self.fields[name].sees = stage  # type: ignore[attr-defined]  # read by components/field.html

    @classmethod
    def of(cls, request: HttpRequest, **options: Any) -> Self:
        """Bound to what was posted; else fresh, with what was typed before the session ended."""
        if request.method == "POST":
            return cls(request.POST, request.FILES, **options)
        form = cls(**options)
        if (kept := typed(request)) is not None:
            for name, field in form.fields.items():
                form.initial[name] = field.widget.value_from_datadict(kept, {}, form.add_prefix(name))
        return form

    def add_faults(self, error: Invalid) -> None:
        """Every fault beside its field; what has none in the summary."""
        for fault in error.faults or [Fault("", error.code, error.message)]:
            name = self.field_of(fault.pointer)
            if name is None or not self.has_error(name, fault.code):
                self.add_error(name, forms.ValidationError(fault.message, code=fault.code))

    def add_new_faults(self, error: Invalid) -> None:
        """Those of the domain whose fields say nothing yet: what cannot be read is not also missing."""
        fresh = [one for one in error.faults if not ((name := self.field_of(one.pointer)) and self.has_error(name))]
        if fresh:
            self.add_faults(Invalid(fresh))

    def field_of(self, pointer: str) -> str | None:
        """The field that a pointer means, None for the form as a whole."""
        return next((name for name in self._candidates(pointer) if name in self.fields), None)

    def _candidates(self, pointer: str) -> Iterator[str]:
        for pattern, name in self.pointers.items():
            if found := re.fullmatch(re.escape(pattern).replace(r"\*", "([^/]+)"), pointer):
                yield name.format(*found.groups())
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        yield from ("-".join(steps[:end]) for end in range(len(steps), 0, -1))


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """How a verb went: `done` with its `result`, or the faults are in the form."""

    done: bool
    result: T | None = None


def attempt(
    form: DomainForm, verb: Callable[[dict[str, Any]], T], *, also: tuple[type[DomainError], ...] = ()
) -> Attempt[T]:
    """Call the verb with the cleaned data; its Invalid, Conflict and TooMany become the form's, and `form.status`.

    `also` names refusals that would be pages of their own, where the form is worth more than that.
    """
    spoken: tuple[type[DomainError], ...] = (Conflict, TooMany, *also)
    if form.is_valid():
        try:
            with transaction.atomic():
                return Attempt(True, verb(form.cleaned_data))
        except Invalid as error:
            form.add_faults(error)
        except spoken as error:
            form.add_error(None, forms.ValidationError(error.message, code=error.code))
            form.status = error.status
    if form.is_bound and form.status == 200:
        form.status = Invalid.status
    return Attempt(False)


class NumberField(forms.Field):
    """A decimal as people write it: 1.234,56, 1,234.56, 1 234.56. `unit` stands behind it."""

    widget = forms.TextInput
    default_error_messages = {
        "not_a_number": _("Write a number, for example %(example)s."),
        "ambiguous": _("This can be read as %(small)s or as %(large)s. Write %(large)s for the larger one."),
        "too_many_decimals": _("At most %(decimals)s decimals, please."),
        "too_small": _("At least %(least)s, please."),
        "too_large": _("At most %(most)s, please."),
    }

    def __init__(
        self,
        *,
        decimals: int = 6,
        unit: str = "",
        least: Decimal | int | None = None,
        most: Decimal | int = MAX_AMOUNT,
        **kwargs: Any,
    ) -> None:
        self.decimals, self.unit, self.least, self.most = decimals, unit, least, Decimal(most)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        return speaking.typed(Decimal(value)) if isinstance(value, Decimal | int) else value

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return self._in_bounds(speaking.read_number(text, decimals=self.decimals))
        except speaking.Unreadable as error:
            raise self._refusal(error.code, text) from error

    def _in_bounds(self, amount: Decimal) -> Decimal:
        exponent = amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            raise self._refusal("too_many_decimals")
        if self.least is not None and amount < self.least:
            raise self._refusal("too_small")
        if amount > self.most or amount < -MAX_AMOUNT:
            raise self._refusal("too_large")
        return amount

    def _refusal(self, code: str, text: str = "") -> forms.ValidationError:
        said: dict[str, Any] = {"decimals": self.decimals, "most": speaking.number(self.most)}
        said["least"] = speaking.number(self.least or 0)
        said["example"] = speaking.number(Decimal("1234.5") if self.decimals else Decimal(1234))
        digits = re.sub(r"[^\d.,]", "", text)
        if code == "ambiguous":
            large = Decimal(re.sub(r"\D", "", digits))
            said |= {"large": speaking.typed(large), "small": speaking.typed(large / 1000)}
        return forms.ValidationError(self.error_messages[code], code=code, params=said)


class MoneyField(NumberField):
    """An amount in `currency`, with that currency's decimals."""

    def __init__(self, *, currency: str, decimals: int | None = None, **kwargs: Any) -> None:
        self.currency = currency
        places = minor_unit(currency) if decimals is None else decimals
        super().__init__(decimals=places, unit=kwargs.pop("unit", currency), **kwargs)


class DateField(forms.DateField):
    """A day, by the browser's own calendar or typed as 31.12.2030, 31/12/2030 or 2030-12-31."""

    default_error_messages = {"invalid": _("Write a day, for example 31.12.2030.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"])
        super().__init__(**kwargs)


class ChoiceField(forms.ChoiceField):
    """One of a few, in rows."""

    widget = forms.RadioSelect


class YesNo(forms.RadioSelect):
    """Few short answers in one line."""


class YesNoField(forms.TypedChoiceField):
    """Yes or no; with `unsure` also "I don't know", which is None as no answer is."""

    widget = YesNo

    def __init__(self, *, unsure: bool = False, **kwargs: Any) -> None:
        choices = [("yes", _("Yes")), ("no", _("No"))] + ([("unsure", _("I don’t know"))] if unsure else [])
        kwargs.setdefault("coerce", {"yes": True, "no": False, "unsure": None}.get)
        super().__init__(choices=choices, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
