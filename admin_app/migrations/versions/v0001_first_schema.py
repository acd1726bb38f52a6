"""The first schema"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


UPPER = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "абвгдеежзийклмнопрстуфхцчшщъыьэюяеabcdefghijklmnopqrstuvwxyz"
SORT_KEY = f"""
CREATE FUNCTION sort_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT RETURN
    regexp_replace(
        regexp_replace(translate(name, '{UPPER}«»"', '{LOWER}'), '(\\d+)', '00000000\\1', 'g'),
        '\\d*(\\d{{8}})(?!\\d)', '\\1', 'g') COLLATE "C";
"""
PATHS = """
CREATE FUNCTION organization_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above text;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := '/' || NEW.id || '/';
        RETURN NEW;
    END IF;
    SELECT path INTO STRICT above FROM organization WHERE id = NEW.parent_id FOR SHARE;
    IF position('/' || NEW.id || '/' IN above) > 0 THEN
        RAISE EXCEPTION 'an organization cannot be below itself' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_organization_not_below_itself';
    END IF;
    NEW.path := above || NEW.id || '/';
    RETURN NEW;
END $$;
CREATE TRIGGER organization_path BEFORE INSERT OR UPDATE OF parent_id, path ON organization
    FOR EACH ROW EXECUTE FUNCTION organization_path();
CREATE FUNCTION organization_children() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE organization SET parent_id = parent_id WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER organization_children AFTER UPDATE OF parent_id, path ON organization
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION organization_children();
"""
LAWS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ck_' || TG_TABLE_NAME || '_append_only';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshot_append_only BEFORE UPDATE ON report_snapshot FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER published_is_immutable BEFORE UPDATE OF document, digest, form_id, number ON form_version FOR EACH ROW
    WHEN (OLD.state <> 'draft' AND (OLD.document, OLD.digest, OLD.form_id, OLD.number)
        IS DISTINCT FROM (NEW.document, NEW.digest, NEW.form_id, NEW.number)) EXECUTE FUNCTION refuse_change();
"""
ROLES = "INSERT INTO role (name) VALUES ('organization'), ('supervisor'), ('central'), ('support'), ('auditor'), ('admin')"


def upgrade() -> None:
    op.execute(SORT_KEY)
    op.create_table(
        "classifier",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier")),
        sa.UniqueConstraint("code", name=op.f("uq_classifier_code")),
    )
    op.create_table(
        "form",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("okud", sa.String(length=10), server_default="", nullable=False),
        sa.Column(
            "periodicity",
            sa.Enum(
                "school_year",
                "year",
                "half_year",
                "quarter",
                "month",
                name="periodkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint("code", name=op.f("uq_form_code")),
    )
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("recipient", sa.String(length=250), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "sent", "failed", name="letterstate", native_enum=False, create_constraint=True, length=20),
            server_default="waiting",
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
    )
    op.create_index("ix_letter_waiting", "letter", ["id"], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "period",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "school_year",
                "year",
                "half_year",
                "quarter",
                "month",
                name="periodkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_period_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("kind", "starts_on", name=op.f("uq_period_kind_starts_on")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "organization",
                "supervisor",
                "central",
                "support",
                "auditor",
                "admin",
                name="rolename",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=250), nullable=False),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("patronymic", sa.String(length=100), server_default="", nullable=False),
        sa.Column(
            "sort_key",
            sa.String(length=600, collation="C"),
            sa.Computed("sort_key(surname || ' ' || name || ' ' || patronymic)", persisted=True),
            nullable=False,
        ),
        sa.Column("position", sa.String(length=250), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("locale", sa.String(length=2), server_default="ru", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_index(op.f("ix_user_sort_key"), "user", ["sort_key"], unique=False)
    op.create_index(op.f("ix_user_surname"), "user", ["surname"], unique=False)
    op.create_index("uq_user_email", "user", [sa.literal_column("lower(email)")], unique=True)
    op.create_index("uq_user_username", "user", [sa.literal_column("lower(username)")], unique=True)
    op.create_table(
        "classifier_item",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("classifier_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to",
            name=op.f("ck_classifier_item_ends_after_it_starts"),
        ),
        sa.ForeignKeyConstraint(["classifier_id"], ["classifier.id"], name=op.f("fk_classifier_item_classifier_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["classifier_item.id"], name=op.f("fk_classifier_item_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classifier_item")),
        sa.UniqueConstraint("classifier_id", "code", name=op.f("uq_classifier_item_classifier_id_code")),
    )
    op.create_index(op.f("ix_classifier_item_parent_id"), "classifier_item", ["parent_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("address", sa.String(length=45), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_consent_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_user_id"), "consent", ["user_id"], unique=False)
    op.create_table(
        "form_version",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=250), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "retired", name="versionstate", native_enum=False, create_constraint=True, length=20),
            server_default="draft",
            nullable=False,
        ),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name=op.f("ck_form_version_published_has_a_time")),
        sa.ForeignKeyConstraint(["form_id"], ["form.id"], name=op.f("fk_form_version_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_version")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_form_version_form_id_number")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=45), server_default="", nullable=False),
        sa.Column("agent", sa.String(length=250), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=250), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["user.id"], name=op.f("fk_message_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(op.f("ix_message_recipient_id"), "message", ["recipient_id"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("form_version_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("filing_levels", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{organization}'"), nullable=False),
        sa.Column("type_ids", sa.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("review_levels", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{municipality}'"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(filing_levels) > 0", name=op.f("ck_campaign_somebody_files")),
        sa.CheckConstraint("cardinality(review_levels) > 0", name=op.f("ck_campaign_somebody_reviews")),
        sa.ForeignKeyConstraint(["form_version_id"], ["form_version.id"], name=op.f("fk_campaign_form_version_id")),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_campaign_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("form_version_id", "period_id", name=op.f("uq_campaign_form_version_id_period_id")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "region",
                "municipality",
                "organization",
                "branch",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("path", sa.String(length=250, collation="C"), server_default=sa.FetchedValue(), nullable=False),
        sa.Column("short_name", sa.String(length=250), nullable=False),
        sa.Column(
            "sort_key", sa.String(length=600, collation="C"), sa.Computed("sort_key(short_name)", persisted=True), nullable=False
        ),
        sa.Column("full_name", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("site", sa.String(length=250), nullable=True),
        sa.Column("phone", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=250), nullable=True),
        sa.Column("inn", sa.String(length=12), nullable=True),
        sa.Column("kpp", sa.String(length=9), nullable=True),
        sa.Column("ogrn", sa.String(length=15), nullable=True),
        sa.Column("okpo", sa.String(length=14), nullable=True),
        sa.Column("oktmo", sa.String(length=11), nullable=True),
        sa.Column("head_name", sa.String(length=250), nullable=True),
        sa.Column("head_position", sa.String(length=250), nullable=True),
        sa.Column("type_id", sa.Integer(), nullable=True),
        sa.Column("legal_form_id", sa.Integer(), nullable=True),
        sa.Column("legal_position_id", sa.Integer(), nullable=True),
        sa.Column("settlement_type_id", sa.Integer(), nullable=True),
        sa.Column("structural_level_id", sa.Integer(), nullable=True),
        sa.Column("okved_main_id", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (level = 'region')", name=op.f("ck_organization_only_the_region_has_no_superior")
        ),
        sa.CheckConstraint(
            "inn IS NULL OR inn ~ '^([0-9]{10}|[0-9]{12})$'", name=op.f("ck_organization_inn_has_10_or_12_digits")
        ),
        sa.CheckConstraint("kpp IS NULL OR kpp ~ '^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$'", name=op.f("ck_organization_kpp_has_9_signs")),
        sa.CheckConstraint(
            "ogrn IS NULL OR ogrn ~ '^([0-9]{13}|[0-9]{15})$'", name=op.f("ck_organization_ogrn_has_13_or_15_digits")
        ),
        sa.CheckConstraint(
            "okpo IS NULL OR okpo ~ '^([0-9]{8}|[0-9]{10}|[0-9]{14})$'", name=op.f("ck_organization_okpo_has_8_10_or_14_digits")
        ),
        sa.CheckConstraint(
            "oktmo IS NULL OR oktmo ~ '^([0-9]{8}|[0-9]{11})$'", name=op.f("ck_organization_oktmo_has_8_or_11_digits")
        ),
        sa.ForeignKeyConstraint(["legal_form_id"], ["classifier_item.id"], name=op.f("fk_organization_legal_form_id")),
        sa.ForeignKeyConstraint(["legal_position_id"], ["classifier_item.id"], name=op.f("fk_organization_legal_position_id")),
        sa.ForeignKeyConstraint(["okved_main_id"], ["classifier_item.id"], name=op.f("fk_organization_okved_main_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id")),
        sa.ForeignKeyConstraint(["settlement_type_id"], ["classifier_item.id"], name=op.f("fk_organization_settlement_type_id")),
        sa.ForeignKeyConstraint(
            ["structural_level_id"], ["classifier_item.id"], name=op.f("fk_organization_structural_level_id")
        ),
        sa.ForeignKeyConstraint(["type_id"], ["classifier_item.id"], name=op.f("fk_organization_type_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    op.create_index(op.f("ix_organization_inn"), "organization", ["inn"], unique=False)
    op.create_index(op.f("ix_organization_legal_form_id"), "organization", ["legal_form_id"], unique=False)
    op.create_index(op.f("ix_organization_legal_position_id"), "organization", ["legal_position_id"], unique=False)
    op.create_index(op.f("ix_organization_okved_main_id"), "organization", ["okved_main_id"], unique=False)
    op.create_index(op.f("ix_organization_parent_id"), "organization", ["parent_id"], unique=False)
    op.create_index("ix_organization_path", "organization", ["path"], unique=False)
    op.create_index(op.f("ix_organization_settlement_type_id"), "organization", ["settlement_type_id"], unique=False)
    op.create_index(op.f("ix_organization_short_name"), "organization", ["short_name"], unique=False)
    op.create_index(op.f("ix_organization_sort_key"), "organization", ["sort_key"], unique=False)
    op.create_index(op.f("ix_organization_structural_level_id"), "organization", ["structural_level_id"], unique=False)
    op.create_index(op.f("ix_organization_type_id"), "organization", ["type_id"], unique=False)
    op.create_index(
        "uq_organization_inn_kpp", "organization", ["inn", "kpp"], unique=True, postgresql_where=sa.text("level = 'organization'")
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=250), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("subject_type", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=500), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_event_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_actor_id"), "event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_event_at"), "event", ["at"], unique=False)
    op.create_index(op.f("ix_event_kind"), "event", ["kind"], unique=False)
    op.create_index(op.f("ix_event_organization_id"), "event", ["organization_id"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject_type", "subject_id", "id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_membership_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user.id"], name=op.f("fk_membership_made_by_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_membership_organization_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_membership_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_organization_id"), "membership", ["organization_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        ["user_id", "organization_id", "role_id"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "organization_okved",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["classifier_item.id"], name=op.f("fk_organization_okved_item_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_organization_okved_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", "item_id", name=op.f("pk_organization_okved")),
    )
    op.create_index(op.f("ix_organization_okved_item_id"), "organization_okved", ["item_id"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "empty",
                "draft",
                "submitted",
                "accepted",
                "rejected",
                "returned",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="empty",
            nullable=False,
        ),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checked_revision", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), server_default="0", nullable=False),
        sa.Column("queries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("filled", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'submitted') = (reviewer_id IS NOT NULL)", name=op.f("ck_report_under_review_has_a_reviewer")
        ),
        sa.CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name=op.f("ck_report_accepted_has_a_time")),
        sa.CheckConstraint("state <> 'empty' OR revision = 0", name=op.f("ck_report_empty_has_no_revision")),
        sa.CheckConstraint("state NOT IN ('rejected', 'returned') OR reason <> ''", name=op.f("ck_report_a_return_has_a_reason")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_report_accepted_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_report_campaign_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_report_organization_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["organization.id"], name=op.f("fk_report_reviewer_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user.id"], name=op.f("fk_report_submitted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("campaign_id", "organization_id", name=op.f("uq_report_campaign_id_organization_id")),
    )
    op.create_index(op.f("ix_report_organization_id"), "report", ["organization_id"], unique=False)
    op.create_index(
        "ix_report_reviewer_id", "report", ["reviewer_id"], unique=False, postgresql_where=sa.text("reviewer_id IS NOT NULL")
    )
    op.create_index(op.f("ix_report_state"), "report", ["state"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=250), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_attachment_author_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_attachment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_report_id"), "attachment", ["report_id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("cell", sa.String(length=120), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=250), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_comment_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(op.f("ix_comment_report_id"), "comment", ["report_id"], unique=False)
    op.create_table(
        "explanation",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_explanation_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_explanation_user_id")),
        sa.PrimaryKeyConstraint("report_id", "check_id", name=op.f("pk_explanation")),
    )
    op.create_table(
        "report_revision",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("user_name", sa.String(length=250), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("delta", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_revision_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_report_revision_user_id")),
        sa.PrimaryKeyConstraint("report_id", "number", name=op.f("pk_report_revision")),
        sa.UniqueConstraint("report_id", "key", name=op.f("uq_report_revision_report_id_key")),
    )
    op.create_table(
        "report_section",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_section_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "code", name=op.f("pk_report_section")),
    )
    op.create_table(
        "report_snapshot",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "empty",
                "draft",
                "submitted",
                "accepted",
                "rejected",
                "returned",
                name="reportstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sections", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_snapshot_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_snapshot")),
    )
    op.create_index(op.f("ix_report_snapshot_report_id"), "report_snapshot", ["report_id"], unique=False)
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "edit_card",
                "delete_organization",
                "return_report",
                "attach_user",
                "remove_user",
                "add_organization",
                name="requestkind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "granted",
                "refused",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="open",
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name=op.f("ck_request_decided_has_a_time")
        ),
        sa.CheckConstraint("state <> 'refused' OR answer <> ''", name=op.f("ck_request_a_refusal_has_a_reason")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_request_author_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_request_decided_by_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organization.id"], name=op.f("fk_request_organization_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_request_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    op.create_index(op.f("ix_request_author_id"), "request", ["author_id"], unique=False)
    op.create_index(op.f("ix_request_organization_id"), "request", ["organization_id"], unique=False)
    op.create_index(op.f("ix_request_state"), "request", ["state"], unique=False)
    op.execute(PATHS)
    op.execute(LAWS)
    op.execute(ROLES)


def downgrade() -> None:
    op.drop_index(op.f("ix_request_state"), table_name="request")
    op.drop_index(op.f("ix_request_organization_id"), table_name="request")
    op.drop_index(op.f("ix_request_author_id"), table_name="request")
    op.drop_table("request")
    op.drop_index(op.f("ix_report_snapshot_report_id"), table_name="report_snapshot")
    op.drop_table("report_snapshot")
    op.drop_table("report_section")
    op.drop_table("report_revision")
    op.drop_table("explanation")
    op.drop_index(op.f("ix_comment_report_id"), table_name="comment")
    op.drop_table("comment")
    op.drop_index(op.f("ix_attachment_report_id"), table_name="attachment")
    op.drop_table("attachment")
    op.drop_index(op.f("ix_report_state"), table_name="report")
    op.drop_index("ix_report_reviewer_id", table_name="report", postgresql_where=sa.text("reviewer_id IS NOT NULL"))
    op.drop_index(op.f("ix_report_organization_id"), table_name="report")
    op.drop_table("report")
    op.drop_index(op.f("ix_organization_okved_item_id"), table_name="organization_okved")
    op.drop_table("organization_okved")
    op.drop_index("uq_membership_current", table_name="membership", postgresql_where=sa.text("valid_to IS NULL"))
    op.drop_index(op.f("ix_membership_organization_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_event_subject", table_name="event")
    op.drop_index(op.f("ix_event_organization_id"), table_name="event")
    op.drop_index(op.f("ix_event_kind"), table_name="event")
    op.drop_index(op.f("ix_event_at"), table_name="event")
    op.drop_index(op.f("ix_event_actor_id"), table_name="event")
    op.drop_table("event")
    op.drop_index("uq_organization_inn_kpp", table_name="organization", postgresql_where=sa.text("level = 'organization'"))
    op.drop_index(op.f("ix_organization_type_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_structural_level_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_sort_key"), table_name="organization")
    op.drop_index(op.f("ix_organization_short_name"), table_name="organization")
    op.drop_index(op.f("ix_organization_settlement_type_id"), table_name="organization")
    op.drop_index("ix_organization_path", table_name="organization")
    op.drop_index(op.f("ix_organization_parent_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_okved_main_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_legal_position_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_legal_form_id"), table_name="organization")
    op.drop_index(op.f("ix_organization_inn"), table_name="organization")
    op.drop_table("organization")
    op.drop_table("campaign")
    op.drop_index(op.f("ix_message_recipient_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_login_session_user_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_table("form_version")
    op.drop_index(op.f("ix_consent_user_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_index(op.f("ix_classifier_item_parent_id"), table_name="classifier_item")
    op.drop_table("classifier_item")
    op.drop_index("uq_user_username", table_name="user")
    op.drop_index("uq_user_email", table_name="user")
    op.drop_index(op.f("ix_user_surname"), table_name="user")
    op.drop_index(op.f("ix_user_sort_key"), table_name="user")
    op.drop_table("user")
    op.drop_table("role")
    op.drop_table("period")
    op.drop_index("ix_letter_waiting", table_name="letter", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_table("letter")
    op.drop_table("form")
    op.drop_table("classifier")
    op.execute("DROP FUNCTION organization_path, organization_children, refuse_change, sort_key")
