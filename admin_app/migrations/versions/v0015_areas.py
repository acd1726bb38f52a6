"""The area of an organization: what an office's lists are read by in their own order, however large the region is"""

import sqlalchemy as sa
from alembic import op

from admin_app.migrations import row_level

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

AREA = "coalesce(substring(path from '^/[0-9]+/[0-9]+/'), path)"


def upgrade() -> None:
    column = sa.Column("area", sa.String(250, collation="C"), sa.Computed(AREA, persisted=True), nullable=False)
    op.add_column("organization", column)
    op.create_index("ix_organization_area", "organization", ["area", "sort_key", "id"], unique=False)
    row_level.make(op.get_bind())


def downgrade() -> None:
    row_level.drop(op.get_bind())
    op.drop_index("ix_organization_area", table_name="organization")
    op.drop_column("organization", "area")
