"""Indexes of who is closed and of who opened when: how many are at work below a node is counted in indexes alone"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    closed = sa.text("closed_on IS NOT NULL")
    op.create_index("ix_organization_closed", "organization", ["path", "closed_on"], unique=False, postgresql_where=closed)
    op.create_index(op.f("ix_organization_opened_on"), "organization", ["opened_on"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_organization_opened_on"), table_name="organization")
    op.drop_index("ix_organization_closed", table_name="organization")
