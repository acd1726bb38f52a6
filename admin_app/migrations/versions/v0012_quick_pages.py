"""What makes pages quick: indexes of attachments, unread messages and codes downwards, and a stamp of what changes seldom"""

import sqlalchemy as sa
from alembic import op

from admin_app.migrations import row_level

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LISTS = ("classifier", "classifier_item", "attribute", "saved_view")
# In the transaction of the change itself: whoever reads the new stamp reads the new lists. The function's owner writes it,
# whatever role the transaction is bound to. A restored or copied database keeps its stamp with its lists.
CHANGED = """
CREATE FUNCTION lists_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$ BEGIN
    UPDATE stamp SET value = gen_random_uuid() WHERE name = 'lists';
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "stamp",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stamp")),
    )
    op.execute("INSERT INTO stamp (name) VALUES ('lists')")
    op.execute(CHANGED)
    for table in LISTS:
        op.execute(
            f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION lists_changed()"
        )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_index("ix_message_unread", "message", ["recipient_id"], unique=False, postgresql_where=sa.text("read_at IS NULL"))
    op.create_index(
        "ix_organization_inn_down", "organization", [sa.text("inn DESC NULLS LAST"), sa.text("id DESC")], unique=False
    )
    row_level.make(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_organization_inn_down", table_name="organization")
    op.drop_index("ix_message_unread", table_name="message", postgresql_where=sa.text("read_at IS NULL"))
    op.drop_index(op.f("ix_membership_user_id"), table_name="membership")
    for table in LISTS:
        op.execute(f"DROP TRIGGER {table}_changed ON {table}")
    op.execute("DROP FUNCTION lists_changed()")
    op.drop_table("stamp")
