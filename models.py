"""The schema of MODO: every table, its words for people, and how its rows belong to organizations.

Chapters: words, scopes, kinds of columns · vocabularies · classification · organizations · people · forms, periods, campaigns ·
reports · talk: messages, letters, requests, the log · work in the registries: views of lists, imports, tasks.

Data only: no behaviour, no imports of ours. What a column is, is said once, here:

- ``doc=`` is the help text under its field; ``info=words(label, …)`` its label and its places on the generated screens
  (``list``, ``search``, ``filter``, ``section``, ``widget``, ``check``, ``hidden``, ``readonly``, ``only``: the other field
  and its values with which this one is given, any value if none is named; ``undated``: nobody asks what it was last year);
- a vocabulary's column is said by its annotation alone: ``Mapped[ReportState]``;
- ``__label__`` names one row, ``__labels__`` the list, ``__title__`` the attribute that stands for a row in pickers;
- ``__scope__`` says how a row belongs to organizations; ``admin_app.reporting.scope`` turns it into SQL.
  A model without a scope is seen by nobody.

``sort_key`` columns hold the row's name as it sorts in Russian (the SQL function of that name: lower case, ё as е, numbers
padded), because the embedded PostgreSQL has no ICU; ``search_key`` columns all words and digits by which a row is found (the
fields that it ``covers``). Times are UTC with zone. Every CHECK constraint is a law of the domain, named after it.
"""

import enum
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Enum,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# ── Words, scopes, kinds of columns ──────────────────────────────────────────────────────────────────────────────────


def words(label: LazyString, **places: Any) -> dict[str, Any]:
    """What a column says about itself: its label and its places on the generated screens."""
    return {"label": label, **places}


SECTIONS: dict[str, LazyString] = {  # the headings of ``section=``
    "names": _("Names"),
    "tree": _("Place in the tree"),
    "contacts": _("Contacts"),
    "head": _("Head"),
    "codes": _("Codes"),
    "classification": _("Classification"),
}


@dataclass(frozen=True)
class Tree:
    """The row is a node of the organization tree itself."""


@dataclass(frozen=True)
class Under:
    """The row belongs to the organization named by this foreign key."""

    key: str


@dataclass(frozen=True)
class Own:
    """The row belongs to the user named by this foreign key."""

    key: str


@dataclass(frozen=True)
class Through:
    """The row belongs where the row named by this foreign key belongs."""

    key: str
    model: str


@dataclass(frozen=True)
class With:
    """The row is seen with any row of ``model`` whose foreign key ``key`` names it (a user, with its memberships)."""

    key: str
    model: str


@dataclass(frozen=True)
class Everyone:
    """Every signed-in person may read it."""


@dataclass(frozen=True)
class Nobody:
    """The system's own: no screen reads it, verbs do so unscoped and say why."""


Scope = Tree | Under | Own | Through | With | Everyone | Nobody


class Titled(enum.StrEnum):
    """A vocabulary whose members carry their words: ``NAME = "value", _("Words")``."""

    title: LazyString

    def __new__(cls, value: str, title: LazyString) -> "Titled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.title = title
        return member


def vocabulary(kind: type[enum.Enum], length: int = 20) -> Enum:
    """How a vocabulary is kept: as its short value, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        length=length,
        create_constraint=True,
        values_callable=lambda members: [member.value for member in members],
    )


Id = Annotated[int, mapped_column(Identity(), primary_key=True)]
Short = Annotated[str, mapped_column(String(40))]
Name = Annotated[str, mapped_column(String(250))]
Long = Annotated[str, mapped_column(Text)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Json = Annotated[dict[str, Any], mapped_column(JSONB, server_default=text("'{}'"))]
OrganizationId = Annotated[int, mapped_column(ForeignKey("organization.id"))]
PersonId = Annotated[int, mapped_column(ForeignKey("user.id"))]


class Base(DeclarativeBase):
    """Every table: constraint names by one convention, so that migrations can name what they drop."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {Titled: vocabulary(enum.Enum)}
    __scope__: ClassVar[tuple[Scope, ...]] = ()
    __label__: ClassVar[LazyString]
    __labels__: ClassVar[LazyString]
    __title__: ClassVar[str] = "id"


# ── Vocabularies ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Level(Titled):
    """Where in the tree an organization stands."""

    REGION = "region", _("Region")
    MUNICIPALITY = "municipality", _("Municipal office")
    ORGANIZATION = "organization", _("Organization")
    BRANCH = "branch", _("Branch")


class RoleName(Titled):
    """What a membership lets a person be at an organization and below it."""

    ORGANIZATION = "organization", _("Organization user")
    SUPERVISOR = "supervisor", _("Supervising operator")
    CENTRAL = "central", _("Central operator")
    SUPPORT = "support", _("Support")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")


class ReportState(Titled):
    """The life of a report; only ``reporting.workflow`` writes it."""

    EMPTY = "empty", _("Not filled in")
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Under review by the superior organization")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    RETURNED = "returned", _("Returned for editing")


class VersionState(Titled):
    """A form version is written, then published for good, then retired from new campaigns."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class PeriodKind(Titled):
    """How long a period is."""

    SCHOOL_YEAR = "school_year", _("School year")
    YEAR = "year", _("Year")
    HALF_YEAR = "half_year", _("Half-year")
    QUARTER = "quarter", _("Quarter")
    MONTH = "month", _("Month")


class RequestKind(Titled):
    """What a person may ask for."""

    EDIT_CARD = "edit_card", _("Edit the title data of an organization")
    DELETE_ORGANIZATION = "delete_organization", _("Delete an organization from the monitoring")
    RETURN_REPORT = "return_report", _("Return a report for editing")
    ATTACH_USER = "attach_user", _("Attach a user to an organization")
    REMOVE_USER = "remove_user", _("Remove a user from the system")
    ADD_ORGANIZATION = "add_organization", _("Add an organization")


class RequestState(Titled):
    """The life of a request."""

    OPEN = "open", _("Under consideration")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class LetterState(Titled):
    """The life of a letter in the outbox."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class AttributeKind(Titled):
    """What a further classification field holds."""

    CHOICE = "choice", _("One item of a list")
    CHOICES = "choices", _("Several items of a list")
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    FLAG = "flag", _("Yes or no")


class SuccessionKind(Titled):
    """How one organization came to follow another."""

    JOINED = "joined", _("Joined to another")
    MERGED = "merged", _("Merged into a new one")
    DIVIDED = "divided", _("Divided")
    SPUN_OFF = "spun_off", _("Spun off")
    DUPLICATE = "duplicate", _("The same organization entered twice")


class Sharing(Titled):
    """Who else finds a saved view among theirs."""

    PRIVATE = "private", _("Only me")
    SUBTREE = "subtree", _("My part of the organizations")
    ALL = "all", _("Everybody")


class ImportState(Titled):
    """The life of an import."""

    MAPPING = "mapping", _("Columns are matched")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Checked")
    RUNNING = "running", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    REVERSED = "reversed", _("Taken back")


class TaskKind(Titled):
    """What a person has asked to be done to many rows."""

    BULK = "bulk", _("Change of many rows")
    UNDO = "undo", _("Undo of changes")


class TaskState(Titled):
    """The life of a task."""

    LOOKING = "looking", _("Being looked through")
    READY = "ready", _("Waits for your decision")
    RUNNING = "running", _("Being done")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class RowOutcome(Titled):
    """What an import makes of one line of the file."""

    NEW = "new", _("Added")
    CHANGE = "change", _("Changed")
    SAME = "same", _("Nothing to change")
    ERROR = "error", _("With a mistake")
    SKIP = "skip", _("Left out")


# ── Classification: lists that a central operator edits ──────────────────────────────────────────────────────────────


class Classifier(Base):
    """A reference list (types of organization, ОКВЭД…)."""

    __tablename__ = "classifier"
    __scope__ = (Everyone(),)
    __label__ = _("Classifier")
    __labels__ = _("Classifiers")
    __title__ = "title"

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(
        unique=True,
        doc=_("A short Latin name by which imports and forms find the list."),
        info=words(_("Code"), list=True, search=True),
    )
    title: Mapped[Name] = mapped_column(info=words(_("Title"), list=True, search=True))
    note: Mapped[Long] = mapped_column(server_default="", info=words(_("Note")))

    items: Mapped[list["ClassifierItem"]] = relationship(back_populates="classifier", passive_deletes="all")


class ClassifierItem(Base):
    """One position of a reference list; in use, it can end but not vanish."""

    __tablename__ = "classifier_item"
    __scope__ = (Everyone(),)
    __label__ = _("Classifier item")
    __labels__ = _("Classifier items")
    __title__ = "title"
    __table_args__ = (
        UniqueConstraint("classifier_id", "code"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    classifier_id: Mapped[int] = mapped_column(ForeignKey("classifier.id"), info=words(_("Classifier"), list=True, filter=True))
    code: Mapped[Short] = mapped_column(info=words(_("Code"), list=True, search=True))
    title: Mapped[Name] = mapped_column(info=words(_("Title"), list=True, search=True))
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("classifier_item.id"), index=True, info=words(_("Part of"), list=True)
    )
    position: Mapped[int] = mapped_column(server_default="0", info=words(_("Order")))
    valid_from: Mapped[date | None] = mapped_column(info=words(_("Valid from")))
    valid_to: Mapped[date | None] = mapped_column(info=words(_("Valid to"), list=True))

    classifier: Mapped[Classifier] = relationship(back_populates="items")
    parent: Mapped["ClassifierItem | None"] = relationship(remote_side="ClassifierItem.id")


def classified(code: str, label: LazyString, help: LazyString | None = None, **places: Any) -> Mapped[int | None]:
    """A classification field: a reference to an item of the list ``code``."""
    return mapped_column(
        ForeignKey("classifier_item.id"),
        index=True,
        doc=help,
        info=words(label, classifier=code, filter=True, section="classification", **places),
    )


class Attribute(Base):
    """A further classification field of organizations, added by a central operator at run time.

    Its values lie in ``Organization.extra`` under ``code``: an item's id, a list of ids, a text, a number, an ISO date, a flag.
    """

    __tablename__ = "attribute"
    __scope__ = (Everyone(),)
    __label__ = _("Further field")
    __labels__ = _("Further fields")
    __title__ = "title"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z0-9_]*$'", name="code_is_a_name"),
        CheckConstraint("(kind IN ('choice', 'choices')) = (classifier_id IS NOT NULL)", name="a_choice_has_a_list"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(
        unique=True,
        doc=_("A short Latin name by which imports and exports find the field; it stays as it is."),
        info=words(_("Code"), list=True, search=True),
    )
    title: Mapped[Name] = mapped_column(info=words(_("Title"), list=True, search=True))
    help: Mapped[Long] = mapped_column(server_default="", info=words(_("Help text")))
    kind: Mapped[AttributeKind] = mapped_column(info=words(_("Kind"), list=True, filter=True))
    classifier_id: Mapped[int | None] = mapped_column(
        ForeignKey("classifier.id"), index=True, info=words(_("List of items"), list=True)
    )
    required_types: Mapped[list[int]] = mapped_column(
        ARRAY(Integer),
        server_default="{}",
        doc=_("Organizations of these types must fill the field in; none: it may stay empty."),
        info=words(_("Required for the types"), classifier="organization_type"),
    )
    valid_from: Mapped[date | None] = mapped_column(info=words(_("Valid from"), list=True))
    valid_to: Mapped[date | None] = mapped_column(info=words(_("Valid to"), list=True))
    in_list: Mapped[bool] = mapped_column(server_default="false", info=words(_("A column of the list")))
    in_filter: Mapped[bool] = mapped_column(server_default="true", info=words(_("A filter of the list")))
    position: Mapped[int] = mapped_column(server_default="0", info=words(_("Order")))

    classifier: Mapped[Classifier | None] = relationship()


organization_okved = Table(
    "organization_okved",
    Base.metadata,
    Column("organization_id", ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True),
    Column("item_id", ForeignKey("classifier_item.id"), primary_key=True, index=True),
)


# ── Organizations ────────────────────────────────────────────────────────────────────────────────────────────────────


class Organization(Base):
    """A node of the tree: region > municipal office > organization > branch.

    ``path`` is ``/<id>/<id>/…/`` from the root to the node itself, written by a trigger whenever ``parent_id`` is. ``area`` is
    its part down to the municipality: all below an office have one, so that PostgreSQL reads their list in its own order.
    """

    __tablename__ = "organization"
    __scope__ = (Tree(),)
    __label__ = _("Organization")
    __labels__ = _("Organizations")
    __title__ = "short_name"
    __table_args__ = (
        CheckConstraint("(parent_id IS NULL) = (level = 'region')", name="only_the_region_has_no_superior"),
        CheckConstraint("closed_on IS NULL OR opened_on IS NULL OR opened_on <= closed_on", name="closes_after_it_opens"),
        CheckConstraint("inn IS NULL OR inn ~ '^([0-9]{10}|[0-9]{12})$'", name="inn_has_10_or_12_digits"),
        CheckConstraint("ogrn IS NULL OR ogrn ~ '^([0-9]{13}|[0-9]{15})$'", name="ogrn_has_13_or_15_digits"),
        CheckConstraint("okpo IS NULL OR okpo ~ '^([0-9]{8}|[0-9]{10}|[0-9]{14})$'", name="okpo_has_8_10_or_14_digits"),
        CheckConstraint("kpp IS NULL OR kpp ~ '^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$'", name="kpp_has_9_signs"),
        CheckConstraint("oktmo IS NULL OR oktmo ~ '^([0-9]{8}|[0-9]{11})$'", name="oktmo_has_8_or_11_digits"),
        Index("ix_organization_path", "path"),
        Index("ix_organization_area", "area", "sort_key", "id"),
        Index("ix_organization_closed", "path", "closed_on", postgresql_where=text("closed_on IS NOT NULL")),
        Index("uq_organization_inn_kpp", "inn", "kpp", unique=True, postgresql_where=text("level = 'organization'")),
        Index("ix_organization_extra", "extra", postgresql_using="gin", postgresql_ops={"extra": "jsonb_path_ops"}),
        Index("ix_organization_search", text("search_grams(search_key)"), postgresql_using="gin"),
        Index("ix_organization_inn_down", text("inn DESC NULLS LAST"), text("id DESC")),
    )

    id: Mapped[Id]
    parent_id: Mapped[OrganizationId | None] = mapped_column(
        index=True,
        doc=_("Who reviews the reports of this organization."),
        info=words(
            _("Superior organization"),
            list=True,
            filter=True,
            section="tree",
            only=("level", ("municipality", "organization", "branch")),
        ),
    )
    level: Mapped[Level] = mapped_column(info=words(_("Place in the tree"), list=True, filter=True, section="tree"))
    path: Mapped[str] = mapped_column(
        String(250, collation="C"),
        server_default=FetchedValue(),
        server_onupdate=FetchedValue(),
        info=words(_("Path"), hidden=True),
    )
    area: Mapped[str] = mapped_column(
        String(250, collation="C"),
        Computed("coalesce(substring(path from '^/[0-9]+/[0-9]+/'), path)", persisted=True),
        deferred=True,
        info=words(_("Area"), hidden=True),
    )
    short_name: Mapped[Name] = mapped_column(index=True, info=words(_("Short name"), list=True, search=True, section="names"))
    sort_key: Mapped[str] = mapped_column(
        String(600, collation="C"),
        Computed("sort_key(short_name)", persisted=True),
        index=True,
        info=words(_("Sort key"), hidden=True),
    )
    search_key: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed(
            "search_key(short_name || ' ' || full_name || ' ' || coalesce(address, '') || ' ' || coalesce(email, '') || ' '"
            " || coalesce(head_name, ''), coalesce(phone, '') || ';' || coalesce(inn, '') || ';' || coalesce(kpp, '') || ';'"
            " || coalesce(ogrn, '') || ';' || coalesce(okpo, ''))",
            persisted=True,
        ),
        deferred=True,
        info=words(
            _("Search key"),
            hidden=True,
            covers=("short_name", "full_name", "address", "email", "head_name", "phone", "inn", "kpp", "ogrn", "okpo"),
        ),
    )
    full_name: Mapped[str] = mapped_column(String(500), info=words(_("Full name"), search=True, section="names"))
    address: Mapped[str | None] = mapped_column(String(500), info=words(_("Address"), search=True, section="contacts"))
    site: Mapped[str | None] = mapped_column(String(250), info=words(_("Site"), section="contacts", check="site", undated=True))
    phone: Mapped[str | None] = mapped_column(
        String(100), info=words(_("Phone"), list=True, search=True, section="contacts", check="phone", undated=True)
    )
    email: Mapped[str | None] = mapped_column(
        String(250), info=words(_("E-mail"), search=True, section="contacts", check="email", undated=True)
    )
    inn: Mapped[str | None] = mapped_column(
        String(12),
        index=True,
        doc=_("10 digits for a legal entity, 12 for an entrepreneur; the last ones are check digits."),
        info=words(_("INN"), list=True, search=True, section="codes", check="inn"),
    )
    kpp: Mapped[str | None] = mapped_column(String(9), info=words(_("KPP"), search=True, section="codes", check="kpp"))
    ogrn: Mapped[str | None] = mapped_column(String(15), info=words(_("OGRN"), search=True, section="codes", check="ogrn"))
    okpo: Mapped[str | None] = mapped_column(String(14), info=words(_("OKPO code"), search=True, section="codes", check="okpo"))
    oktmo: Mapped[str | None] = mapped_column(
        String(11), info=words(_("OKTMO code"), filter=True, section="codes", check="oktmo")
    )
    head_name: Mapped[str | None] = mapped_column(
        String(250), info=words(_("Full name of the head"), search=True, section="head")
    )
    head_position: Mapped[str | None] = mapped_column(String(250), info=words(_("Position of the head"), section="head"))
    type_id: Mapped[int | None] = classified("organization_type", _("Organization type"), list=True)
    legal_form_id: Mapped[int | None] = classified("legal_form", _("Organizational-legal form"))
    legal_position_id: Mapped[int | None] = classified("legal_position", _("Legal position"))
    settlement_type_id: Mapped[int | None] = classified("settlement_type", _("Settlement type"), list=True)
    structural_level_id: Mapped[int | None] = classified("structural_level", _("Structural level"))
    okved_main_id: Mapped[int | None] = classified("okved", _("OKVED, main activity"))
    opened_on: Mapped[date | None] = mapped_column(
        index=True,
        doc=_("The day on which it began to work, if that is known; before it the organization files no reports."),
        info=words(_("Works since"), filter=True, section="tree", undated=True),
    )
    closed_on: Mapped[date | None] = mapped_column(
        doc=_("From this date the organization files no reports; its past reports stay."),
        info=words(_("Closed on"), filter=True, section="tree", undated=True),
    )
    extra: Mapped[Json] = mapped_column(info=words(_("Further fields"), hidden=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("Registered"), readonly=True))
    updated_at: Mapped[Now] = mapped_column(onupdate=func.now(), info=words(_("Changed"), readonly=True))

    parent: Mapped["Organization | None"] = relationship(remote_side="Organization.id", back_populates="children")
    children: Mapped[list["Organization"]] = relationship(back_populates="parent", passive_deletes="all")
    type: Mapped[ClassifierItem | None] = relationship(foreign_keys=[type_id])
    legal_form: Mapped[ClassifierItem | None] = relationship(foreign_keys=[legal_form_id])
    legal_position: Mapped[ClassifierItem | None] = relationship(foreign_keys=[legal_position_id])
    settlement_type: Mapped[ClassifierItem | None] = relationship(foreign_keys=[settlement_type_id])
    structural_level: Mapped[ClassifierItem | None] = relationship(foreign_keys=[structural_level_id])
    okved_main: Mapped[ClassifierItem | None] = relationship(foreign_keys=[okved_main_id])
    okved_additional: Mapped[list[ClassifierItem]] = relationship(
        secondary=organization_okved,
        info=words(_("OKVED, additional activities"), classifier="okved", section="classification", only=("okved_main_id", ())),
    )
    memberships: Mapped[list["Membership"]] = relationship(back_populates="organization", passive_deletes="all")


class OrganizationFact(Base):
    """What a field of an organization was from a day on. `Organization` itself is what holds today.

    A field that has never changed has no row here. One that has changed has a row without a day for what it was from the
    beginning, and one for each day on which it changed: stretches that cannot overlap. ``planned`` rows are still to come.
    """

    __tablename__ = "organization_fact"
    __scope__ = (Under("organization_id"),)
    __label__ = _("Dated value")
    __labels__ = _("Dated values")
    __table_args__ = (
        UniqueConstraint("organization_id", "field", "since", postgresql_nulls_not_distinct=True),
        CheckConstraint("since IS NOT NULL OR NOT planned", name="a_plan_has_a_day"),
        Index("ix_organization_fact_field", "field", "organization_id", "since"),
        Index("ix_organization_fact_planned", "since", postgresql_where=text("planned")),
    )

    id: Mapped[Id]
    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), info=words(_("Organization"), readonly=True)
    )
    field: Mapped[str] = mapped_column(String(60), info=words(_("Field"), readonly=True))
    since: Mapped[date | None] = mapped_column(info=words(_("Since"), readonly=True))
    value: Mapped[Any] = mapped_column(JSONB, nullable=False, info=words(_("Value"), readonly=True))
    planned: Mapped[bool] = mapped_column(server_default="false", info=words(_("Planned"), readonly=True))
    planned_by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Planned by"), readonly=True))
    refused: Mapped[Long] = mapped_column(
        server_default="",
        doc=_("Why a plan could not be carried out on its day."),
        info=words(_("Refused because"), readonly=True),
    )

    planned_by: Mapped["User | None"] = relationship()


class Succession(Base):
    """One organization follows another: reorganized on a day, or found to be the same one entered twice."""

    __tablename__ = "succession"
    __scope__ = (Under("predecessor_id"), Under("successor_id"))
    __label__ = _("Reorganization")
    __labels__ = _("Reorganizations")
    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id"),
        CheckConstraint("predecessor_id <> successor_id", name="nobody_follows_itself"),
    )

    id: Mapped[Id]
    predecessor_id: Mapped[OrganizationId] = mapped_column(info=words(_("Predecessor"), readonly=True))
    successor_id: Mapped[OrganizationId] = mapped_column(index=True, info=words(_("Successor"), readonly=True))
    kind: Mapped[SuccessionKind] = mapped_column(info=words(_("Kind"), readonly=True))
    day: Mapped[date] = mapped_column(info=words(_("Since"), readonly=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("Created"), readonly=True))

    predecessor: Mapped[Organization] = relationship(foreign_keys=[predecessor_id])
    successor: Mapped[Organization] = relationship(foreign_keys=[successor_id])


class ToldApart(Base):
    """Two organizations that look alike and are not the same: somebody has looked, nobody is asked again."""

    __tablename__ = "told_apart"
    __scope__ = (Under("first_id"), Under("second_id"))
    __label__ = _("Pair of different organizations")
    __labels__ = _("Pairs of different organizations")
    __table_args__ = (CheckConstraint("first_id < second_id", name="a_pair_is_kept_once"),)

    first_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True, info=words(_("Organization"), readonly=True)
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=words(_("The other organization"), readonly=True),
    )
    by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Who"), readonly=True))
    at: Mapped[Now] = mapped_column(info=words(_("When"), readonly=True))

    first: Mapped[Organization] = relationship(foreign_keys=[first_id])
    second: Mapped[Organization] = relationship(foreign_keys=[second_id])
    by: Mapped["User | None"] = relationship()


# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Role(Base, RoleMixin):
    """One of the six roles; what each may do is the table in ``reporting.guard``."""

    __tablename__ = "role"
    __scope__ = (Everyone(),)
    __label__ = _("Role")
    __labels__ = _("Roles")
    __title__ = "name"

    id: Mapped[Id]
    name: Mapped[RoleName] = mapped_column(unique=True, info=words(_("Role"), list=True))
    description: Mapped[Long] = mapped_column(server_default="", info=words(_("Description"), list=True))


class User(Base, UserMixin):
    """A person's account. Until a membership attaches it to an organization it sees its own cabinet only."""

    __tablename__ = "user"
    __scope__ = (Own("id"), With("user_id", "Membership"))
    __label__ = _("User")
    __labels__ = _("Users")
    __title__ = "full_name"
    __table_args__ = (
        Index("uq_user_username", func.lower(text("username")), unique=True),
        Index("uq_user_email", func.lower(text("email")), unique=True),
        Index("ix_user_search", text("search_grams(search_key)"), postgresql_using="gin"),
    )

    id: Mapped[Id]
    surname: Mapped[str] = mapped_column(String(100), index=True, info=words(_("Surname"), list=True, search=True))
    name: Mapped[str] = mapped_column(String(100), info=words(_("Given name"), list=True, search=True))
    patronymic: Mapped[str] = mapped_column(String(100), server_default="", info=words(_("Patronymic"), list=True))
    username: Mapped[str] = mapped_column(String(64), info=words(_("Login"), list=True, search=True))
    email: Mapped[str] = mapped_column(String(250), info=words(_("E-mail"), list=True, search=True, check="email"))
    sort_key: Mapped[str] = mapped_column(
        String(600, collation="C"),
        Computed("sort_key(surname || ' ' || name || ' ' || patronymic)", persisted=True),
        index=True,
        info=words(_("Sort key"), hidden=True),
    )
    search_key: Mapped[str] = mapped_column(
        Text(collation="C"),
        Computed(
            "search_key(surname || ' ' || name || ' ' || patronymic || ' ' || username || ' ' || email, phone)", persisted=True
        ),
        deferred=True,
        info=words(_("Search key"), hidden=True, covers=("surname", "name", "patronymic", "username", "email", "phone")),
    )
    position: Mapped[str] = mapped_column(String(250), server_default="", info=words(_("Position")))
    phone: Mapped[str] = mapped_column(
        String(40), server_default="", info=words(_("Phone"), list=True, search=True, check="phone")
    )
    locale: Mapped[str] = mapped_column(String(2), server_default="ru", info=words(_("Language")))
    active: Mapped[bool] = mapped_column(
        server_default=text("true"),
        doc=_("A switched-off account cannot sign in; nothing of its past is lost."),
        info=words(_("May sign in"), list=True, filter=True),
    )
    confirmed_at: Mapped[Moment | None] = mapped_column(info=words(_("Activated"), list=True, readonly=True))
    password: Mapped[str | None] = mapped_column(String(255), info=words(_("Password"), hidden=True))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, info=words(_("Session key"), hidden=True))
    failed_logins: Mapped[int] = mapped_column(server_default="0", info=words(_("Failed sign-ins"), hidden=True))
    last_login_at: Mapped[Moment | None] = mapped_column(  # type: ignore[assignment]  # the mixin forgets None
        info=words(_("Last sign-in"), list=True, readonly=True)
    )
    created_at: Mapped[Now] = mapped_column(info=words(_("Registered"), list=True, readonly=True))

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", foreign_keys="Membership.user_id", passive_deletes="all"
    )
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # list is invariant
        secondary="membership", primaryjoin="User.id == Membership.user_id", viewonly=True
    )


class Membership(Base):
    """Attaches a person to an organization in a role, from a date and perhaps to a date."""

    __tablename__ = "membership"
    __scope__ = (Own("user_id"), Under("organization_id"))
    __label__ = _("Attachment")
    __labels__ = _("Attachments of users to organizations")
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_starts"),
        Index(
            "uq_membership_current",
            "user_id",
            "organization_id",
            "role_id",
            unique=True,
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("User"), list=True, filter=True))
    organization_id: Mapped[OrganizationId] = mapped_column(index=True, info=words(_("Organization"), list=True, filter=True))
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), info=words(_("Role"), list=True, filter=True))
    valid_from: Mapped[date] = mapped_column(server_default=func.current_date(), info=words(_("Valid from"), list=True))
    valid_to: Mapped[date | None] = mapped_column(
        doc=_("The last day of the attachment; empty while it lasts."), info=words(_("Valid to"), list=True)
    )
    made_by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Attached by"), readonly=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("Attached"), readonly=True))

    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship(back_populates="memberships")
    role: Mapped[Role] = relationship()
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])


class Consent(Base):
    """That a person agreed to the processing of personal data: to which text, when, from where."""

    __tablename__ = "consent"
    __scope__ = (Own("user_id"),)
    __label__ = _("Consent")
    __labels__ = _("Consents to personal data processing")

    id: Mapped[Id]
    user_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("User"), list=True))
    version: Mapped[Short] = mapped_column(info=words(_("Text version"), list=True))
    text_sha256: Mapped[str] = mapped_column(String(64), info=words(_("Text checksum")))
    given_at: Mapped[Now] = mapped_column(info=words(_("Given"), list=True))
    address: Mapped[str] = mapped_column(String(45), server_default="", info=words(_("Network address")))


class LoginSession(Base):
    """A signed-in browser. Ending the row ends the session, whatever cookie somebody has kept."""

    __tablename__ = "login_session"
    __scope__ = (Nobody(),)
    __label__ = _("Sign-in session")
    __labels__ = _("Sign-in sessions")

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True, default=uuid.uuid4)
    user_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("User")))
    started_at: Mapped[Now] = mapped_column(info=words(_("Started")))
    seen_at: Mapped[Now] = mapped_column(info=words(_("Last seen")))
    ended_at: Mapped[Moment | None] = mapped_column(info=words(_("Ended")))
    address: Mapped[str] = mapped_column(String(45), server_default="", info=words(_("Network address")))
    agent: Mapped[str] = mapped_column(String(250), server_default="", info=words(_("Browser")))


class Attempt(Base):
    """One failed sign-in, or one letter asked for by a stranger: what throttling counts. ``key`` says of whom, hashed."""

    __tablename__ = "attempt"
    __scope__ = (Nobody(),)
    __label__ = _("Attempt")
    __labels__ = _("Attempts")
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(80), info=words(_("Key"), hidden=True))
    at: Mapped[Now] = mapped_column(info=words(_("When")))


# ── Forms, periods, campaigns ────────────────────────────────────────────────────────────────────────────────────────


class Form(Base):
    """A reporting form, through all its versions."""

    __tablename__ = "form"
    __scope__ = (Everyone(),)
    __label__ = _("Reporting form")
    __labels__ = _("Reporting forms")
    __title__ = "code"

    id: Mapped[Id]
    code: Mapped[Short] = mapped_column(unique=True, info=words(_("Form code"), list=True, search=True))
    title: Mapped[str] = mapped_column(String(500), info=words(_("Title"), list=True, search=True))
    okud: Mapped[str] = mapped_column(String(10), server_default="", info=words(_("OKUD code"), list=True, search=True))
    periodicity: Mapped[PeriodKind] = mapped_column(info=words(_("Periodicity"), list=True, filter=True))
    position: Mapped[int] = mapped_column(server_default="0", info=words(_("Order")))

    versions: Mapped[list["FormVersion"]] = relationship(back_populates="form", order_by="FormVersion.number")


class FormVersion(Base):
    """The readable document of a form. Immutable once published: a trigger refuses changes to its document."""

    __tablename__ = "form_version"
    __scope__ = (Everyone(),)
    __label__ = _("Form version")
    __labels__ = _("Form versions")
    __title__ = "label"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_has_a_time"),
    )

    id: Mapped[Id]
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"), info=words(_("Reporting form"), list=True, filter=True))
    number: Mapped[int] = mapped_column(info=words(_("Version number"), list=True))
    label: Mapped[Name] = mapped_column(
        doc=_("The order that approved the edition, as people call it."),
        info=words(_("Edition"), list=True, search=True),
    )
    state: Mapped[VersionState] = mapped_column(server_default="draft", info=words(_("State"), list=True, filter=True))
    document: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True, info=words(_("Document"), hidden=True))
    digest: Mapped[str] = mapped_column(String(64), info=words(_("Document checksum"), readonly=True))
    published_at: Mapped[Moment | None] = mapped_column(info=words(_("Published"), list=True, readonly=True))

    form: Mapped[Form] = relationship(back_populates="versions")


class Period(Base):
    """A span of time that reports are about."""

    __tablename__ = "period"
    __scope__ = (Everyone(),)
    __label__ = _("Reporting period")
    __labels__ = _("Reporting periods")
    __title__ = "title"
    __table_args__ = (
        UniqueConstraint("kind", "starts_on"),
        CheckConstraint("starts_on < ends_on", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    kind: Mapped[PeriodKind] = mapped_column(info=words(_("Kind"), list=True, filter=True))
    title: Mapped[Name] = mapped_column(info=words(_("Title"), list=True, search=True))
    starts_on: Mapped[date] = mapped_column(info=words(_("Starts on"), list=True))
    ends_on: Mapped[date] = mapped_column(info=words(_("Ends on"), list=True))


class Campaign(Base):
    """A form version × a period × who must file × by when. Opening it gives each organization concerned its report."""

    __tablename__ = "campaign"
    __scope__ = (Everyone(),)
    __label__ = _("Campaign")
    __labels__ = _("Campaigns")
    __title__ = "title"
    __table_args__ = (
        UniqueConstraint("form_version_id", "period_id"),
        CheckConstraint("cardinality(review_levels) > 0", name="somebody_reviews"),
        CheckConstraint("cardinality(filing_levels) > 0", name="somebody_files"),
    )

    id: Mapped[Id]
    form_version_id: Mapped[int] = mapped_column(
        ForeignKey("form_version.id"), info=words(_("Form version"), list=True, filter=True)
    )
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), info=words(_("Reporting period"), list=True, filter=True))
    title: Mapped[Name] = mapped_column(info=words(_("Title"), list=True, search=True))
    deadline: Mapped[date] = mapped_column(
        doc=_("The last day on which a report is on time."), info=words(_("Deadline"), list=True)
    )
    filing_levels: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)),
        server_default=text("'{organization}'"),
        doc=_("Which places in the tree file a report."),
        info=words(_("Who files: place in the tree"), vocabulary=Level),
    )
    type_ids: Mapped[list[int]] = mapped_column(
        ARRAY(Integer),
        server_default=text("'{}'"),
        doc=_("Only organizations of these types; empty means all."),
        info=words(_("Who files: organization types"), classifier="organization_type"),
    )
    review_levels: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)),
        server_default=text("'{municipality}'"),
        doc=_("Which levels above review a report, one after another from below."),
        info=words(_("Who reviews"), vocabulary=Level),
    )
    opened_at: Mapped[Moment | None] = mapped_column(info=words(_("Opened"), list=True, readonly=True))
    closed_at: Mapped[Moment | None] = mapped_column(info=words(_("Closed"), list=True, readonly=True))

    form_version: Mapped[FormVersion] = relationship()
    period: Mapped[Period] = relationship()


# ── Reports ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Report(Base):
    """Organization × campaign. Holds the state and what lists need; the values are in its sections."""

    __tablename__ = "report"
    __scope__ = (Under("organization_id"),)
    __label__ = _("Report")
    __labels__ = _("Reports")
    __table_args__ = (
        UniqueConstraint("campaign_id", "organization_id"),
        CheckConstraint("(state = 'submitted') = (reviewer_id IS NOT NULL)", name="under_review_has_a_reviewer"),
        CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_has_a_time"),
        CheckConstraint("state NOT IN ('rejected', 'returned') OR reason <> ''", name="a_return_has_a_reason"),
        CheckConstraint("state <> 'empty' OR revision = 0", name="empty_has_no_revision"),
        Index("ix_report_reviewer_id", "reviewer_id", postgresql_where=text("reviewer_id IS NOT NULL")),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaign.id"), info=words(_("Campaign"), list=True, filter=True, readonly=True)
    )
    organization_id: Mapped[OrganizationId] = mapped_column(
        index=True, info=words(_("Organization"), list=True, filter=True, readonly=True)
    )
    state: Mapped[ReportState] = mapped_column(
        server_default="empty",
        index=True,
        info=words(_("State"), list=True, filter=True, readonly=True),
    )
    reviewer_id: Mapped[OrganizationId | None] = mapped_column(
        doc=_("The organization that has the report for review now."),
        info=words(_("Under review by"), list=True, filter=True, readonly=True),
    )
    reason: Mapped[Long] = mapped_column(server_default="", info=words(_("Reason of the return"), readonly=True))
    revision: Mapped[int] = mapped_column(server_default="0", info=words(_("Revision"), readonly=True))
    checked_revision: Mapped[int | None] = mapped_column(info=words(_("Checked revision"), readonly=True))
    errors: Mapped[int] = mapped_column(server_default="0", info=words(_("Errors"), list=True, readonly=True))
    queries: Mapped[int] = mapped_column(
        server_default="0", info=words(_("Queries without an explanation"), list=True, readonly=True)
    )
    filled: Mapped[Json] = mapped_column(
        doc=_("Filled input cells per section."), info=words(_("Filled"), hidden=True, readonly=True)
    )
    created_at: Mapped[Now] = mapped_column(info=words(_("Created"), readonly=True))
    updated_at: Mapped[Now] = mapped_column(onupdate=func.now(), info=words(_("Changed"), list=True, readonly=True))
    submitted_at: Mapped[Moment | None] = mapped_column(info=words(_("Submitted"), list=True, readonly=True))
    submitted_by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Submitted by"), readonly=True))
    accepted_at: Mapped[Moment | None] = mapped_column(info=words(_("Accepted"), list=True, readonly=True))
    accepted_by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Accepted by"), readonly=True))

    campaign: Mapped[Campaign] = relationship()
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    reviewer: Mapped[Organization | None] = relationship(foreign_keys=[reviewer_id])
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    accepted_by: Mapped[User | None] = relationship(foreign_keys=[accepted_by_id])


class ReportSection(Base):
    """The values of one non-empty section of a report.

    ``numbers``: the section's slots in order, little-endian float64 of value × 10^decimals, blank = -0.0.
    ``texts``: ``{"row/column": text}``. ``marks``: ``{"row/column": "na" | "nd"}`` (not applicable, not available).
    """

    __tablename__ = "report_section"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Report section")
    __labels__ = _("Report sections")

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[Short] = mapped_column(primary_key=True, info=words(_("Section")))
    numbers: Mapped[bytes] = mapped_column(LargeBinary, info=words(_("Numbers"), hidden=True))
    texts: Mapped[Json] = mapped_column(info=words(_("Texts"), hidden=True))
    marks: Mapped[Json] = mapped_column(info=words(_("Marks"), hidden=True))


class ReportRevision(Base):
    """One save: who, when, which cells from what to what. ``key`` makes a repeated request harmless."""

    __tablename__ = "report_revision"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Report revision")
    __labels__ = _("Report revisions")
    __table_args__ = (UniqueConstraint("report_id", "key"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=words(_("Revision")))
    at: Mapped[Now] = mapped_column(info=words(_("When")))
    user_id: Mapped[PersonId | None] = mapped_column(info=words(_("User")))
    user_name: Mapped[Name] = mapped_column(info=words(_("Who")))
    key: Mapped[uuid.UUID] = mapped_column(UUID, info=words(_("Request key"), hidden=True))
    delta: Mapped[list[Any]] = mapped_column(JSONB, doc=_("[[cell, from, to], …]"), info=words(_("Changes")))


class ReportSnapshot(Base):
    """The whole report as it was submitted or accepted; never changed afterwards."""

    __tablename__ = "report_snapshot"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Report snapshot")
    __labels__ = _("Report snapshots")

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True, info=words(_("Report")))
    revision: Mapped[int] = mapped_column(info=words(_("Revision")))
    state: Mapped[ReportState] = mapped_column(info=words(_("State")))
    at: Mapped[Now] = mapped_column(info=words(_("When")))
    sections: Mapped[bytes] = mapped_column(
        LargeBinary, doc=_("All sections, packed and compressed."), info=words(_("Values"), hidden=True)
    )


class Explanation(Base):
    """Why a query of a check is right as it is, in the words of the person who filled the report in."""

    __tablename__ = "explanation"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Explanation")
    __labels__ = _("Explanations")

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    check_id: Mapped[str] = mapped_column(
        String(120), primary_key=True, doc=_("The check and, where it concerns many cells, the cell.")
    )
    text: Mapped[Long] = mapped_column(info=words(_("Explanation")))
    user_id: Mapped[PersonId | None] = mapped_column(info=words(_("Author")))
    at: Mapped[Now] = mapped_column(info=words(_("When")))


class Comment(Base):
    """What people say about a report or one of its cells."""

    __tablename__ = "comment"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Comment")
    __labels__ = _("Comments")

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True, info=words(_("Report"), list=True))
    cell: Mapped[str | None] = mapped_column(
        String(120), doc=_("section/row/column, or empty for the whole report"), info=words(_("Cell"), list=True)
    )
    text: Mapped[Long] = mapped_column(info=words(_("Text"), list=True))
    author_id: Mapped[PersonId | None] = mapped_column(info=words(_("Author")))
    author_name: Mapped[Name] = mapped_column(info=words(_("Who"), list=True))
    at: Mapped[Now] = mapped_column(info=words(_("When"), list=True))
    revision: Mapped[int] = mapped_column(server_default="0", info=words(_("Revision")))
    resolved_at: Mapped[Moment | None] = mapped_column(info=words(_("Resolved")))


class Attachment(Base):
    """A file beside a report; its bytes lie under MODO_DATA_DIR by checksum."""

    __tablename__ = "attachment"
    __scope__ = (Through("report_id", "Report"),)
    __label__ = _("Attachment file")
    __labels__ = _("Attachment files")
    __title__ = "name"

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True, info=words(_("Report"), list=True))
    name: Mapped[Name] = mapped_column(info=words(_("File name"), list=True))
    media_type: Mapped[str] = mapped_column(String(100), info=words(_("Media type")))
    size: Mapped[int] = mapped_column(info=words(_("Size, bytes"), list=True))
    sha256: Mapped[str] = mapped_column(String(64), info=words(_("Checksum"), hidden=True))
    author_id: Mapped[PersonId | None] = mapped_column(info=words(_("Author")))
    author_name: Mapped[Name] = mapped_column(info=words(_("Who"), list=True))
    at: Mapped[Now] = mapped_column(info=words(_("When"), list=True))
    removed_at: Mapped[Moment | None] = mapped_column(info=words(_("Removed")))


# ── Talk: messages, letters, requests, the log ───────────────────────────────────────────────────────────────────────


class Message(Base):
    """A notification in «Мои сообщения»; its letter, if any, is in the outbox."""

    __tablename__ = "message"
    __scope__ = (Own("recipient_id"),)
    __label__ = _("Message")
    __labels__ = _("Messages")
    __title__ = "subject"
    __table_args__ = (Index("ix_message_unread", "recipient_id", postgresql_where=text("read_at IS NULL")),)

    id: Mapped[Id]
    recipient_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("Recipient"), list=True, readonly=True))
    kind: Mapped[Short] = mapped_column(info=words(_("Kind"), list=True, filter=True, readonly=True))
    subject: Mapped[Name] = mapped_column(info=words(_("Subject"), list=True, search=True, readonly=True))
    body: Mapped[Long] = mapped_column(info=words(_("Text"), readonly=True))
    link: Mapped[str] = mapped_column(String(250), server_default="", info=words(_("Link"), readonly=True))
    at: Mapped[Now] = mapped_column(info=words(_("When"), list=True, readonly=True))
    read_at: Mapped[Moment | None] = mapped_column(info=words(_("Read"), list=True, readonly=True))


class Letter(Base):
    """The outbox: a letter is written in the transaction that caused it and leaves after the commit."""

    __tablename__ = "letter"
    __scope__ = (Nobody(),)
    __label__ = _("Letter")
    __labels__ = _("Letters")
    __title__ = "subject"
    __table_args__ = (Index("ix_letter_waiting", "id", postgresql_where=text("state = 'waiting'")),)

    id: Mapped[Id]
    key: Mapped[uuid.UUID] = mapped_column(UUID, unique=True, default=uuid.uuid4, info=words(_("Key"), hidden=True))
    recipient: Mapped[str] = mapped_column(String(250), info=words(_("Recipient"), list=True))
    subject: Mapped[Name] = mapped_column(info=words(_("Subject"), list=True))
    text: Mapped[Long] = mapped_column(info=words(_("Text")))
    html: Mapped[Long] = mapped_column(server_default="", info=words(_("Formatted text")))
    state: Mapped[LetterState] = mapped_column(server_default="waiting", info=words(_("State"), list=True))
    attempts: Mapped[int] = mapped_column(server_default="0", info=words(_("Attempts"), list=True))
    error: Mapped[Long] = mapped_column(server_default="", info=words(_("Last error")))
    created_at: Mapped[Now] = mapped_column(info=words(_("Written"), list=True))
    sent_at: Mapped[Moment | None] = mapped_column(info=words(_("Sent"), list=True))


class Request(Base):
    """Something a person asks for and an operator grants or refuses."""

    __tablename__ = "request"
    __scope__ = (Own("author_id"), Under("organization_id"))
    __label__ = _("Request")
    __labels__ = _("Requests")
    __table_args__ = (
        CheckConstraint("state <> 'refused' OR answer <> ''", name="a_refusal_has_a_reason"),
        CheckConstraint("(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name="decided_has_a_time"),
    )

    id: Mapped[Id]
    kind: Mapped[RequestKind] = mapped_column(
        vocabulary(RequestKind, 30), info=words(_("Kind"), list=True, filter=True, readonly=True)
    )
    author_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("Author"), list=True, readonly=True))
    organization_id: Mapped[OrganizationId | None] = mapped_column(
        index=True, info=words(_("Organization"), list=True, filter=True, readonly=True)
    )
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), info=words(_("Report"), readonly=True))
    text: Mapped[Long] = mapped_column(server_default="", info=words(_("What is asked and why"), readonly=True))
    details: Mapped[Json] = mapped_column(info=words(_("Details"), hidden=True))
    state: Mapped[RequestState] = mapped_column(
        server_default="open",
        index=True,
        info=words(_("State"), list=True, filter=True, readonly=True),
    )
    answer: Mapped[Long] = mapped_column(server_default="", info=words(_("Answer"), list=True, readonly=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("Filed"), list=True, readonly=True))
    decided_at: Mapped[Moment | None] = mapped_column(info=words(_("Decided"), list=True, readonly=True))
    decided_by_id: Mapped[PersonId | None] = mapped_column(info=words(_("Decided by"), readonly=True))

    author: Mapped[User] = relationship(foreign_keys=[author_id])
    organization: Mapped[Organization | None] = relationship()
    report: Mapped[Report | None] = relationship()
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class Event(Base):
    """The log: typed, append-only (a trigger refuses changes), in the words of that moment."""

    __tablename__ = "event"
    __scope__ = (Under("organization_id"),)
    __label__ = _("Event")
    __labels__ = _("Log")
    __table_args__ = (Index("ix_event_subject", "subject_type", "subject_id", "id"),)

    id: Mapped[Id]
    at: Mapped[Now] = mapped_column(index=True, info=words(_("When"), list=True, readonly=True))
    kind: Mapped[Short] = mapped_column(index=True, info=words(_("Event"), list=True, filter=True, readonly=True))
    actor_id: Mapped[PersonId | None] = mapped_column(index=True, info=words(_("Who"), readonly=True))
    actor_name: Mapped[Name] = mapped_column(info=words(_("Who"), list=True, search=True, readonly=True))
    organization_id: Mapped[int | None] = mapped_column(
        ForeignKey("organization.id", ondelete="SET NULL"),
        index=True,
        info=words(_("Organization"), list=True, filter=True, readonly=True),
    )
    subject_type: Mapped[str] = mapped_column(String(40), info=words(_("Table"), list=True, filter=True, readonly=True))
    subject_id: Mapped[int | None] = mapped_column(info=words(_("Row"), list=True, readonly=True))
    subject: Mapped[str] = mapped_column(String(500), info=words(_("Subject"), list=True, search=True, readonly=True))
    data: Mapped[Json] = mapped_column(info=words(_("Details"), readonly=True))
    batch: Mapped[uuid.UUID | None] = mapped_column(
        UUID,
        index=True,
        doc=_("Changes made together: one bulk edit, one import, one undo."),
        info=words(_("Batch"), readonly=True),
    )
    origin: Mapped[str] = mapped_column(
        String(60),
        server_default="",
        doc=_("What the change was made for, such as “request:12” or “import:5”."),
        info=words(_("Made for"), readonly=True),
    )

    organization: Mapped[Organization | None] = relationship()


# ── Work in the registries: views of lists, imports, tasks ───────────────────────────────────────────────────────────


class SavedView(Base):
    """A list as somebody wants to see it again: search, filters, sorting and columns as the list's address has them.

    It opens nothing: the reader's own row rules hold. Others find it by ``shared`` (the verb asks unscoped).
    """

    __tablename__ = "saved_view"
    __scope__ = (Own("owner_id"),)
    __label__ = _("Saved view")
    __labels__ = _("Saved views")
    __title__ = "title"
    __table_args__ = (
        UniqueConstraint("owner_id", "table_name", "title"),
        CheckConstraint("(shared = 'subtree') = (organization_id IS NOT NULL)", name="a_subtree_has_a_root"),
    )

    id: Mapped[Id]
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), info=words(_("Owner")))
    table_name: Mapped[Short] = mapped_column(index=True, info=words(_("List")))
    title: Mapped[Name] = mapped_column(info=words(_("Title")))
    query: Mapped[Long] = mapped_column(server_default="", info=words(_("Query")))
    shared: Mapped[Sharing] = mapped_column(server_default="private", info=words(_("Who sees it")))
    organization_id: Mapped[OrganizationId | None] = mapped_column(index=True, info=words(_("Root of the part")))
    pinned: Mapped[bool] = mapped_column(server_default="false", info=words(_("A tab above the list")))


class ImportRun(Base):
    """One file brought into a registry, from the matching of its columns to taking it back."""

    __tablename__ = "import_run"
    __scope__ = (Own("owner_id"),)
    __label__ = _("Import")
    __labels__ = _("Imports")
    __title__ = "file_name"

    id: Mapped[Id]
    owner_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("Who")))
    table_name: Mapped[Short] = mapped_column(info=words(_("List")))
    file_name: Mapped[Name] = mapped_column(info=words(_("File")))
    sha256: Mapped[str] = mapped_column(String(64), info=words(_("Checksum"), hidden=True))
    state: Mapped[ImportState] = mapped_column(server_default="mapping", info=words(_("State")))
    mapping: Mapped[Json] = mapped_column(info=words(_("Columns"), hidden=True))
    total: Mapped[int] = mapped_column(server_default="0", info=words(_("Lines")))
    done: Mapped[int] = mapped_column(server_default="0", info=words(_("Lines done")))
    counts: Mapped[Json] = mapped_column(info=words(_("Counts"), hidden=True))
    error: Mapped[Long] = mapped_column(server_default="", info=words(_("Error")))
    batch: Mapped[uuid.UUID] = mapped_column(UUID, default=uuid.uuid4, info=words(_("Batch"), hidden=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("When")))
    finished_at: Mapped[Moment | None] = mapped_column(info=words(_("Finished")))


class ImportRow(Base):
    """One line of the file: what was read, what would change, what is wrong with it.

    The verbs read it unscoped, after they have found its import with the rule on.
    """

    __tablename__ = "import_row"
    __scope__ = (Nobody(),)
    __label__ = _("Line of an import")
    __labels__ = _("Lines of an import")

    run_id: Mapped[int] = mapped_column(
        ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True, info=words(_("Import"))
    )
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=words(_("Line")))
    cells: Mapped[Json] = mapped_column(info=words(_("Read"), hidden=True))
    outcome: Mapped[RowOutcome] = mapped_column(info=words(_("Outcome")))
    row_id: Mapped[int | None] = mapped_column(info=words(_("Row")))
    changes: Mapped[Json] = mapped_column(info=words(_("Changes"), hidden=True))
    errors: Mapped[Json] = mapped_column(info=words(_("Mistakes"), hidden=True))


class Task(Base):
    """One change of many rows that nobody waits for: looked through, decided upon, done as a whole, all in the background."""

    __tablename__ = "task"
    __scope__ = (Own("owner_id"),)
    __label__ = _("Task")
    __labels__ = _("Tasks")
    __title__ = "title"

    id: Mapped[Id]
    owner_id: Mapped[PersonId] = mapped_column(index=True, info=words(_("Who")))
    kind: Mapped[TaskKind] = mapped_column(info=words(_("Kind")))
    table_name: Mapped[Short] = mapped_column(server_default="", info=words(_("List")))
    title: Mapped[Name] = mapped_column(info=words(_("What is done")))
    state: Mapped[TaskState] = mapped_column(server_default="looking", info=words(_("State")))
    asked: Mapped[Json] = mapped_column(info=words(_("What is asked for"), hidden=True))
    found: Mapped[Json] = mapped_column(info=words(_("What it would do"), hidden=True))
    total: Mapped[int] = mapped_column(server_default="0", info=words(_("Rows")))
    done: Mapped[int] = mapped_column(server_default="0", info=words(_("Rows done")))
    error: Mapped[Long] = mapped_column(server_default="", info=words(_("Error")))
    batch: Mapped[uuid.UUID] = mapped_column(UUID, default=uuid.uuid4, info=words(_("Batch"), hidden=True))
    created_at: Mapped[Now] = mapped_column(info=words(_("When")))
    finished_at: Mapped[Moment | None] = mapped_column(info=words(_("Finished")))


class ColumnMemory(Base):
    """How the columns of such a file were matched the last time, by the signature of its heading."""

    __tablename__ = "column_memory"
    __scope__ = (Nobody(),)
    __label__ = _("Remembered columns")
    __labels__ = _("Remembered columns")

    table_name: Mapped[Short] = mapped_column(primary_key=True, info=words(_("List")))
    signature: Mapped[str] = mapped_column(String(32), primary_key=True, info=words(_("Signature")))
    fields: Mapped[list[Any]] = mapped_column(JSONB, info=words(_("Columns")))
    used_at: Mapped[Now] = mapped_column(onupdate=func.now(), info=words(_("Last used")))


class Stamp(Base):
    """Something new whenever what it stands for has changed, written by triggers: processes keep copies as long as it lasts.

    ``lists``: classifiers, their items, further fields, saved views (`admin_app.reporting.lists`).
    """

    __tablename__ = "stamp"
    __scope__ = (Nobody(),)
    __label__ = _("Stamp")
    __labels__ = _("Stamps")

    name: Mapped[Short] = mapped_column(primary_key=True, info=words(_("Name")))
    value: Mapped[uuid.UUID] = mapped_column(UUID, server_default=func.gen_random_uuid(), info=words(_("Value")))
