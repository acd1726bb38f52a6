"""Accounts are not locked: attempts are counted and slowed down instead, so the column that nothing wrote goes"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop it."""
    op.drop_column("user", "locked_until")


def downgrade() -> None:
    """Bring it back, empty as it was."""
    op.add_column("user", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
