"""Row-level security: the second line of the row rules"""

from alembic import op

from admin_app.migrations import row_level

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    row_level.make(op.get_bind())


def downgrade() -> None:
    row_level.drop(op.get_bind())
