"""Further fields of organizations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attribute",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("help", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "choice",
                "choices",
                "text",
                "number",
                "date",
                "flag",
                name="attributekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("classifier_id", sa.Integer(), nullable=True),
        sa.Column("required_types", sa.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("in_list", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("in_filter", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "(kind IN ('choice', 'choices')) = (classifier_id IS NOT NULL)", name=op.f("ck_attribute_a_choice_has_a_list")
        ),
        sa.CheckConstraint("code ~ '^[a-z][a-z0-9_]*$'", name=op.f("ck_attribute_code_is_a_name")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name=op.f("ck_attribute_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(["classifier_id"], ["classifier.id"], name=op.f("fk_attribute_classifier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribute")),
        sa.UniqueConstraint("code", name=op.f("uq_attribute_code")),
    )
    op.create_index(op.f("ix_attribute_classifier_id"), "attribute", ["classifier_id"], unique=False)
    op.add_column(
        "organization",
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index(
        "ix_organization_extra",
        "organization",
        ["extra"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"extra": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index(
        "ix_organization_extra", table_name="organization", postgresql_using="gin", postgresql_ops={"extra": "jsonb_path_ops"}
    )
    op.drop_column("organization", "extra")
    op.drop_index(op.f("ix_attribute_classifier_id"), table_name="attribute")
    op.drop_table("attribute")
