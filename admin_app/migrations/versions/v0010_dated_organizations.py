"""What organizations were, and who followed whom"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from admin_app.migrations import row_level

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organization_fact",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("planned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("since IS NOT NULL OR NOT planned", name=op.f("ck_organization_fact_a_plan_has_a_day")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_fact_organization_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["planned_by_id"], ["user.id"], name=op.f("fk_organization_fact_planned_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_fact")),
        sa.UniqueConstraint(
            "organization_id",
            "field",
            "since",
            name=op.f("uq_organization_fact_organization_id_field_since"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_organization_fact_field", "organization_fact", ["field", "organization_id", "since"], unique=False)
    op.create_index(
        "ix_organization_fact_planned", "organization_fact", ["since"], unique=False, postgresql_where=sa.text("planned")
    )
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("predecessor_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "joined",
                "merged",
                "divided",
                "spun_off",
                "duplicate",
                name="successionkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("predecessor_id <> successor_id", name=op.f("ck_succession_nobody_follows_itself")),
        sa.ForeignKeyConstraint(["predecessor_id"], ["organization.id"], name=op.f("fk_succession_predecessor_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["organization.id"], name=op.f("fk_succession_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession")),
        sa.UniqueConstraint("predecessor_id", "successor_id", name=op.f("uq_succession_predecessor_id_successor_id")),
    )
    op.create_index(op.f("ix_succession_successor_id"), "succession", ["successor_id"], unique=False)
    op.add_column("organization", sa.Column("opened_on", sa.Date(), nullable=True))
    row_level.make(op.get_bind())


def downgrade() -> None:
    op.drop_column("organization", "opened_on")
    op.drop_index(op.f("ix_succession_successor_id"), table_name="succession")
    op.drop_table("succession")
    op.drop_index("ix_organization_fact_planned", table_name="organization_fact", postgresql_where=sa.text("planned"))
    op.drop_index("ix_organization_fact_field", table_name="organization_fact")
    op.drop_table("organization_fact")
