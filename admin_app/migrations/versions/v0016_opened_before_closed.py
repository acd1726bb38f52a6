"""No organization closes before it opens. Rows that say so already stay as they are until somebody edits them"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = "ck_organization_closes_after_it_opens"
LAW = "closed_on IS NULL OR opened_on IS NULL OR opened_on <= closed_on"


def upgrade() -> None:
    op.execute(f"ALTER TABLE organization ADD CONSTRAINT {NAME} CHECK ({LAW}) NOT VALID")
    proof = f"ALTER TABLE organization VALIDATE CONSTRAINT {NAME}"
    op.execute(f"DO $$ BEGIN {proof}; EXCEPTION WHEN check_violation THEN NULL; END $$")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "organization", type_="check")
