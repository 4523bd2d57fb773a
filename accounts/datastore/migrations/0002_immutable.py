"""A version of a value never changes."""

from django.db import migrations

from marketplace.kernel.triggers import forbid_changes


class Migration(migrations.Migration):
    dependencies = [("datastore", "0001_initial")]
    operations = [
        forbid_changes(
            "datastore_fieldvalue",
            ["public_id", "owner_id", "item_id", "field", "version", "ciphertext", "observed_at", "source"],
        ),
    ]
