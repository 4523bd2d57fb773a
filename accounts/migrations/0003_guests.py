"""A guest is a person without an e-mail address, who cannot sign in and goes after a while."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_immutable")]
    operations = [
        migrations.AlterField(
            "user", "email", models.EmailField(max_length=254, unique=True, null=True, blank=True)
        ),
        migrations.AddField("user", "guest_until", models.DateTimeField(null=True, blank=True, editable=False)),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=Q(email__isnull=False, guest_until__isnull=True)
                | Q(
                    email__isnull=True,
                    guest_until__isnull=False,
                    is_active=False,
                    is_staff=False,
                    is_superuser=False,
                ),
                name="accounts_guest_has_no_address",
            ),
        ),
        migrations.AddIndex(
            "user",
            models.Index(fields=["guest_until"], name="accounts_guests", condition=Q(guest_until__isnull=False)),
        ),
    ]
