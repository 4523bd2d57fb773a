"""Plants the demo's people and story, once."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from marketplace.demo.planting import plant_people
from marketplace.demo.playing import play


class Command(BaseCommand):
    help = "Plant the demo's data, once. The password of its logins comes from DEMO_PASSWORD."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if not password:
            raise CommandError("DEMO_PASSWORD is not set: `make demo` sets it.")
        if User.objects.filter(email="customer@demo.example").exists():
            return
        plant_people(password)
        play(User.objects.get(email="customer@demo.example"))
