"""Changes made together and what they were made for"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("batch", sa.UUID(), nullable=True))
    op.add_column("event", sa.Column("origin", sa.String(length=60), server_default="", nullable=False))
    op.create_index(op.f("ix_event_batch"), "event", ["batch"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_event_batch"), table_name="event")
    op.drop_column("event", "origin")
    op.drop_column("event", "batch")
