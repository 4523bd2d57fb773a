"""A draft may go from a guest to their account; a published request never changes hands."""

from django.db import migrations

REPLACE = """
CREATE OR REPLACE FUNCTION rfps_rfp_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."public_id" IS DISTINCT FROM OLD."public_id" OR NEW."sandbox" IS DISTINCT FROM OLD."sandbox"
     OR (NEW."owner_id" IS DISTINCT FROM OLD."owner_id" AND {fixed}) THEN
    RAISE EXCEPTION 'rfps_rfp: this row is immutable' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rfps", "0003_what_the_clock_did")]
    operations = [
        migrations.RunSQL(
            REPLACE.format(fixed="(OLD.published_at IS NOT NULL OR NEW.published_at IS NOT NULL)"),
            REPLACE.format(fixed="true"),
        ),
    ]
