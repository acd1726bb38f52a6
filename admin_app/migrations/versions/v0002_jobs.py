"""The job queue, a job for every letter, and the counter of attempts"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Procrastinate's own tables (of the pinned release) live in a schema of their own, out of the way of ours. Its functions name
# them without the schema, so each gets its search path: they then work from any connection.
PINNED = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace AND prokind = 'f' LOOP
        EXECUTE 'ALTER FUNCTION ' || one || ' SET search_path = jobs, pg_temp';
    END LOOP;
END $$
"""
# The law of the outbox: a waiting letter has a job, in the same transaction, whoever wrote it.
LETTER_JOB = """
CREATE FUNCTION letter_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = jobs, pg_temp AS $$
BEGIN
    PERFORM procrastinate_defer_jobs_v1(ARRAY[
        ROW('default', 'modo:send_letter', 0, NULL, NULL, jsonb_build_object('letter_id', NEW.id), NULL)
    ]::procrastinate_job_to_defer_v1[]);
    RETURN NULL;
END $$;
CREATE TRIGGER letter_job AFTER INSERT ON letter FOR EACH ROW
    WHEN (NEW.state = 'waiting') EXECUTE FUNCTION letter_job();
CREATE TRIGGER letter_job_again AFTER UPDATE OF state ON letter FOR EACH ROW
    WHEN (NEW.state = 'waiting' AND OLD.state <> 'waiting') EXECUTE FUNCTION letter_job();
"""


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_key_at", "attempt", ["key", "at"], unique=False)
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs")
    driver: Any = op.get_bind().connection.driver_connection  # takes many statements at once, with '%' and ':' as they are
    driver.execute(SchemaManager.get_schema())
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute(PINNED)
    op.execute(LETTER_JOB)


def downgrade() -> None:
    op.execute("DROP TRIGGER letter_job ON letter")
    op.execute("DROP TRIGGER letter_job_again ON letter")
    op.execute("DROP FUNCTION letter_job")
    op.execute("DROP SCHEMA jobs CASCADE")
    op.drop_index("ix_attempt_key_at", table_name="attempt")
    op.drop_table("attempt")
