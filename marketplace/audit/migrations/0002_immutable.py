"""The change record stays as written."""

from django.db import migrations

from marketplace.kernel.triggers import forbid_changes


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        forbid_changes(
            "audit_auditrow", ["xid", "at", "actor_kind", "actor_id", "verb", "object_kind", "object_id", "details"]
        ),
        forbid_changes("audit_seal", ["chain", "number", "upto_xid", "upto_id", "row_count", "sha256"]),
    ]
