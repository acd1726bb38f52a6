"""Further fields of organizations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# An item that a further field of some organization holds, and a field that some organization has filled in, are in use like
# those that a foreign key names. The functions see all rows, whoever deletes.
IN_USE = (
    """
    CREATE FUNCTION attribute_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND (OLD.code, OLD.kind, OLD.classifier_id) IS NOT DISTINCT FROM
            (NEW.code, NEW.kind, NEW.classifier_id) THEN RETURN NEW; END IF;
        IF EXISTS (SELECT FROM organization WHERE jsonb_exists(extra, OLD.code)) THEN
            RAISE foreign_key_violation USING MESSAGE = 'the field is filled in', TABLE = 'organization';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION classifier_item_stays() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
        IF EXISTS (SELECT FROM attribute WHERE OLD.id = ANY (required_types)) THEN
            RAISE foreign_key_violation USING MESSAGE = 'a field is required for the type', TABLE = 'attribute';
        END IF;
        IF EXISTS (
            SELECT FROM attribute a JOIN organization o ON o.extra @> jsonb_build_object(
                a.code, CASE a.kind WHEN 'choice' THEN to_jsonb(OLD.id) ELSE jsonb_build_array(OLD.id) END
            ) WHERE a.classifier_id = OLD.classifier_id
        ) THEN
            RAISE foreign_key_violation USING MESSAGE = 'the item is chosen', TABLE = 'organization';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER attribute_stays BEFORE DELETE OR UPDATE OF code, kind, classifier_id ON attribute
    FOR EACH ROW EXECUTE FUNCTION attribute_stays()
    """,
    """
    CREATE TRIGGER classifier_item_stays BEFORE DELETE ON classifier_item
    FOR EACH ROW EXECUTE FUNCTION classifier_item_stays()
    """,
)


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
    for statement in IN_USE:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER classifier_item_stays ON classifier_item")
    op.execute("DROP FUNCTION classifier_item_stays()")
    op.drop_index(
        "ix_organization_extra", table_name="organization", postgresql_using="gin", postgresql_ops={"extra": "jsonb_path_ops"}
    )
    op.drop_column("organization", "extra")
    op.drop_index(op.f("ix_attribute_classifier_id"), table_name="attribute")
    op.drop_table("attribute")
    op.execute("DROP FUNCTION attribute_stays()")
