"""Saved views of lists"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "shared",
            sa.Enum("private", "subtree", "all", name="sharing", native_enum=False, create_constraint=True, length=20),
            server_default="private",
            nullable=False,
        ),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "(shared = 'subtree') = (organization_id IS NOT NULL)", name=op.f("ck_saved_view_a_subtree_has_a_root")
        ),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_saved_view_organization_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_saved_view_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "table_name", "title", name=op.f("uq_saved_view_owner_id_table_name_title")),
    )
    op.create_index(op.f("ix_saved_view_organization_id"), "saved_view", ["organization_id"], unique=False)
    op.create_index(op.f("ix_saved_view_table_name"), "saved_view", ["table_name"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_saved_view_table_name"), table_name="saved_view")
    op.drop_index(op.f("ix_saved_view_organization_id"), table_name="saved_view")
    op.drop_table("saved_view")
