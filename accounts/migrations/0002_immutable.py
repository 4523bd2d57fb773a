"""Kind and sandbox of an organisation never change."""

from django.db import migrations

from marketplace.kernel.triggers import forbid_changes


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        forbid_changes("accounts_organisation", ["public_id", "kind", "sandbox"]),
    ]
