"""Migration operations that keep rows as they were written."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.migrations import RunSQL


def forbid_changes(table: str, columns: Sequence[str]) -> RunSQL:
    """Refuse every UPDATE that changes one of `columns`: the database's side of "immutable"."""
    name = f"{table}_immutable"
    test = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in columns)
    create = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF {test} THEN
            RAISE EXCEPTION '{table}: this row is immutable' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();
    """
    return RunSQL(create, f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")
