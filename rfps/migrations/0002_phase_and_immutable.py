"""The phase function, and what never changes once published."""

from django.db import migrations

from marketplace.kernel.triggers import forbid_changes

CREATE_PHASE = """
CREATE FUNCTION rfps_phase(
  cancelled_at timestamptz, ended_at timestamptz, awarded_at timestamptz, published_at timestamptz,
  closed_early_at timestamptz, closes_at timestamptz, decides_by timestamptz
) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT
CASE
  WHEN cancelled_at IS NOT NULL THEN 'cancelled'
  WHEN ended_at IS NOT NULL THEN 'ended'
  WHEN awarded_at IS NOT NULL THEN 'awarded'
  WHEN published_at IS NULL THEN 'draft'
  WHEN closed_early_at IS NULL AND clock_timestamp() < closes_at THEN 'open'
  WHEN clock_timestamp() < decides_by + interval '7 days' THEN 'deciding'
  ELSE 'lapsed'
END $$
"""
VERSIONED = {
    "rfps_rfpversion": [
        "public_id", "rfp_id", "number", "title", "need", "category", "country", "remote", "cell_label", "cell_lat",
        "cell_lon", "sealed_area", "budget_amount", "budget_disclosure", "budget_binding", "currency",
        "horizon_months", "valid_for_days", "capabilities", "terms", "terms_version", "terms_sha256", "announced",
        "sha256",
    ],
    "rfps_lineitem": ["public_id", "version_id", "position", "title", "quantity", "unit", "spec"],
    "rfps_requirement": [
        "public_id", "version_id", "position", "text", "level", "answer", "unit", "choices", "constraint", "evidence",
    ],
    "rfps_criterion": [
        "public_id", "version_id", "position", "kind", "title", "weight", "best", "worst", "scores", "requirement_id",
        "line_id",
    ],
    "rfps_requestedfield": ["version_id", "field", "stage"],
}


class Migration(migrations.Migration):
    dependencies = [("rfps", "0001_initial")]
    operations = [
        migrations.RunSQL(CREATE_PHASE, "DROP FUNCTION rfps_phase"),
        forbid_changes("rfps_rfp", ["public_id", "owner_id", "sandbox"]),
        *(forbid_changes(table, columns) for table, columns in VERSIONED.items()),
    ]
