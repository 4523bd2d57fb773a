"""A submitted version of a bid, with its lines, charges and answers, never changes."""

from django.db import migrations

CREATE = """
CREATE FUNCTION bids_version_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.submitted_at IS NOT NULL THEN
    RAISE EXCEPTION 'bids_bidversion: a submitted version is immutable'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER bids_version_immutable BEFORE UPDATE OR DELETE ON bids_bidversion
  FOR EACH ROW EXECUTE FUNCTION bids_version_immutable();
CREATE FUNCTION bids_part_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM bids_bidversion
             WHERE id IN (COALESCE(OLD.version_id, NEW.version_id), COALESCE(NEW.version_id, OLD.version_id))
               AND submitted_at IS NOT NULL) THEN
    RAISE EXCEPTION '%: part of a submitted version', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
"""
PARTS = ["bids_lineprice", "bids_charge", "bids_answer"]


class Migration(migrations.Migration):
    dependencies = [("bids", "0001_initial")]
    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP TRIGGER bids_version_immutable ON bids_bidversion; DROP FUNCTION bids_version_immutable();"
            "DROP FUNCTION bids_part_immutable();",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_immutable BEFORE INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION bids_part_immutable();",
                f"DROP TRIGGER {table}_immutable ON {table};",
            )
            for table in PARTS
        ),
    ]
