"""Changes made together and what they were made for; an organization made by mistake can go, its events stay without it"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PLACE = "fk_event_organization_id"
# Append-only still: all that may change is that the organization of an event is gone.
STAYS = """
CREATE TRIGGER event_append_only BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_unchanged BEFORE UPDATE ON event FOR EACH ROW
    WHEN (NEW.organization_id IS NOT NULL OR (to_jsonb(OLD) - 'organization_id') <> (to_jsonb(NEW) - 'organization_id'))
    EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.drop_constraint(PLACE, "event")
    op.create_foreign_key(PLACE, "event", "organization", ["organization_id"], ["id"], ondelete="SET NULL")
    op.execute("DROP TRIGGER event_append_only ON event")
    op.execute(STAYS)
    op.add_column("event", sa.Column("batch", sa.UUID(), nullable=True))
    op.add_column("event", sa.Column("origin", sa.String(length=60), server_default="", nullable=False))
    op.create_index(op.f("ix_event_batch"), "event", ["batch"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_event_batch"), table_name="event")
    op.drop_column("event", "origin")
    op.drop_column("event", "batch")
    op.execute("DROP TRIGGER event_append_only ON event")
    op.execute("DROP TRIGGER event_unchanged ON event")
    op.execute("CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    op.drop_constraint(PLACE, "event")
    op.create_foreign_key(PLACE, "event", "organization", ["organization_id"], ["id"])
