"""What `manage.py check --deploy` asks of a deployment besides Django's own questions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

SAID = (
    "OPERATOR_NAME",
    "OPERATOR_LEGAL_FORM",
    "OPERATOR_ADDRESS",
    "OPERATOR_INCOME",
    "FUNDING_URL",
    "COMPLAINTS_EMAIL",
)


@register(deploy=True)
def check_operator(**_selection: Any) -> list[Error]:
    """People are asked for their data by somebody who says who they are."""
    empty = [name for name in SAID if not getattr(settings, name).strip()]
    found = [Error(f"{name} is empty: /about/ says who runs this.", id="beckon.E001") for name in empty]
    try:
        validate_email(settings.COMPLAINTS_EMAIL or "later@named.example")
    except ValidationError:
        found.append(Error("COMPLAINTS_EMAIL is no e-mail address.", id="beckon.E002"))
    return found
