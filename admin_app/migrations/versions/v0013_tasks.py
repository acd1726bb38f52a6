"""Changes of many rows in the background"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("bulk", "undo", name="taskkind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("table_name", sa.String(length=40), server_default="", nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "looking",
                "ready",
                "running",
                "done",
                "failed",
                "cancelled",
                name="taskstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="looking",
            nullable=False,
        ),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("batch", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_task_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_owner_id"), "task", ["owner_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_task_owner_id"), table_name="task")
    op.drop_table("task")
