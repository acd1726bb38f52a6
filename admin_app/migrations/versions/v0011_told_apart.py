"""Organizations that look alike and are not the same"""

import sqlalchemy as sa
from alembic import op

from admin_app.migrations import row_level

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_apart",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_told_apart_a_pair_is_kept_once")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_told_apart_by_id")),
        sa.ForeignKeyConstraint(["first_id"], ["organization.id"], name=op.f("fk_told_apart_first_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second_id"], ["organization.id"], name=op.f("fk_told_apart_second_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_told_apart")),
    )
    op.create_index(op.f("ix_told_apart_second_id"), "told_apart", ["second_id"], unique=False)
    row_level.make(op.get_bind())


def downgrade() -> None:
    op.drop_index(op.f("ix_told_apart_second_id"), table_name="told_apart")
    op.drop_table("told_apart")
