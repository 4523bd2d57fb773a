"""Terms, acceptances, grants and the log stay as written."""

from django.db import migrations

from marketplace.kernel.triggers import forbid_changes


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_initial")]
    operations = [
        forbid_changes("disclosure_terms", ["slug", "version", "title", "text", "machine", "sha256"]),
        forbid_changes("disclosure_termsacceptance", ["opportunity_id", "terms_id", "award_terms_id", "actor_id"]),
        forbid_changes(
            "disclosure_grant",
            ["public_id", "opportunity_id", "owner_id", "acceptance_id", "stage", "purpose", "fields", "supersedes_id"],
        ),
        forbid_changes(
            "disclosure_disclosureevent",
            ["xid", "at", "owner_id", "field", "value_version", "ciphertext_sha256", "actor_id", "stage", "outcome"],
        ),
    ]
