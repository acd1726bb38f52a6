"""People from a file: accounts found again by login or e-mail, new ones invited by letter, attached where the line says.

Passwords are never in a file: a new account gets the letter with the link to choose one, as any that an operator makes. A person
who has registered and is attached to nothing is attached; nothing else of theirs is changed.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin_app.crud import mistakes
from admin_app.crud.base import SchemaView
from admin_app.crud.fields import FieldSpec, Kind, field_of
from admin_app.crud.import_kinds import ViewKind
from admin_app.crud.import_refs import Refs, word
from admin_app.crud.import_rows import Rows, chosen
from admin_app.crud.mistakes import LAWS
from admin_app.reporting import accounts, guard, memberships, scope
from admin_app.reporting.actor import unscoped
from admin_app.reporting.exchange import columns, synonyms
from admin_app.reporting.guard import Permission
from admin_app.reporting.imports.kinds import Judged, Reader, Texts
from admin_app.reporting.planned import TODAY, FromDay
from admin_app.reporting.refusal import Refused
from models import Membership, Organization, Role, RoleName, RowOutcome, User

PERSON = ("username", "email", "surname", "name", "patronymic", "position", "phone", "locale")
IDENTITY = ("email", "username")
PLACE, ROLE = "organization_id", "role"
TAKEN = {"username": LAWS["uq_user_username"][1], "email": LAWS["uq_user_email"][1]}


def roles() -> list[RoleName]:
    """The roles that the actor gives."""
    given = guard.grants(scope.current())
    return [role for role in RoleName if role in given]


def specs_of(view: SchemaView) -> tuple[FieldSpec, ...]:
    """The fields that a column may be: the person's, the organization by INN and KPP or by name, the role."""
    person = {spec.name: spec for spec in view.typed()}
    codes = [replace(field_of(Organization, name), required_for=(), only=None) for name in ("inn", "kpp")]
    role = FieldSpec(
        ROLE, field_of(Membership, "role_id").label, Kind.CHOICE, choices=tuple((one.value, one.title) for one in roles())
    )
    return (*(person[name] for name in PERSON), *codes, replace(field_of(Membership, PLACE), nullable=True), role)


class PeopleKind(ViewKind):
    """Accounts, with their attachments. Each is some tens of milliseconds: two letters are written."""

    at_once = 50

    def refusal(self) -> str:
        """Who may add both people and organizations: support attaches people one by one."""
        answer = guard.may(scope.current(), Permission.ORGANIZATION_CREATE)
        return self.view.refusal("create") or str(answer.reason)

    def specs(self) -> tuple[FieldSpec, ...]:
        return specs_of(self.view)

    def once(self) -> list[FieldSpec]:
        return [spec for spec in self.specs() if spec.name in (PLACE, ROLE)]

    def said(self) -> Mapping[str, Iterable[str]]:
        return synonyms.PEOPLE

    def objection(self, names: Iterable[str]) -> str:
        """A file with passwords is refused."""
        secret = next((name for name in names if re.search("парол|passw", columns.key(name) + name.lower())), "")
        words = _(
            "The file has passwords (“%(name)s”): delete this column. People choose their own by the link in the letter.",
            name=secret,
        )
        return words if secret else ""

    def reader(self, session: Session, defaults: Texts, clears: bool, since: FromDay = TODAY) -> Reader:  # noqa: ARG002  # no days
        return PeopleRows(self.view, session, defaults, clears)


class PeopleRows(Rows):
    """People are the same by e-mail or login."""

    def __init__(self, view: SchemaView, session: Session, defaults: Texts, clears: bool) -> None:
        super().__init__(view, session, defaults, clears)
        self.specs = {spec.name: spec for spec in specs_of(view)}
        self.refs = Refs(session, tuple(self.specs.values()))
        self.strangers: dict[int, int] = {}  # lines about newcomers, whose cards the actor does not see: their ids
        self.places: dict[int, Organization] = {}
        self.by_inn: dict[str, list[Organization]] = {}
        self.held: set[tuple[int, int, RoleName]] = set()  # attachments that last: person, organization, role
        self.far = not any(reach.is_whole for reach in scope.current().reaches)

    # ── Finding ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def find(self, found: list[Judged], full: list[Texts], lock: bool) -> list[Any]:
        """One question for the accounts in sight, one for the others, two for organizations, one for attachments."""
        self.strangers.clear()
        for one in found:
            one.key = {name: one.texts[name] for name in IDENTITY if one.texts.get(name)}
            if not one.key:
                one.errors["email"] = _("Give the e-mail address or the login.")
        wanted = {name: {one.key[name].lower() for one in found if name in one.key} for name in IDENTITY}
        same = or_(*(func.lower(getattr(User, name)).in_(texts) for name, texts in wanted.items()))
        rows = self.load(same, lock)
        result = [self.pick(one, rows) for one in found]
        self.out_of_sight([one for one, row in zip(found, result, strict=True) if row is None], same)
        self.learn_places(full)
        self.learn_held({*(row.id for row in result if row is not None), *self.strangers.values()})
        return result

    def twice(self, one: Judged) -> None:
        """An error if a line above is about the same person; a mistaken key is nobody's, and that is said already."""
        if one.errors.keys() & one.key.keys():
            return
        for name, text in one.key.items():
            first = self.seen.setdefault(((name, text.lower()),), one.line)
            if first != one.line:
                one.outcome = RowOutcome.ERROR
                one.errors[name] = _("Line %(line)s of the file is about the same row.", line=first)

    def pick(self, one: Judged, rows: Iterable[User]) -> User | None:
        """The account that the line is about; an error at the line if its login and its e-mail are two people's."""
        mine = [row for row in rows if any(getattr(row, name).lower() == text.lower() for name, text in one.key.items())]
        if len(mine) > 1:
            one.errors["username"] = _("The login and the e-mail address belong to two different people.")
        return mine[0] if mine else None

    def out_of_sight(self, lines: list[Judged], same: Any) -> None:
        """Newcomers among accounts out of sight, and an error for the others; nothing else is told of them."""
        with unscoped("whether a login or an e-mail address is taken"):
            attached = select(Membership.id).where(Membership.user_id == User.id, memberships.lasting()).exists()
            asked = select(User.id, User.username, User.email, User.active, attached.label("attached")).where(same)
            known = self.session.execute(asked).all()
        for one in lines:
            mine = [row for row in known if any(getattr(row, name).lower() == text.lower() for name, text in one.key.items())]
            if len(mine) == 1 and mine[0].active and not mine[0].attached:
                self.strangers[one.line] = mine[0].id
            for row in mine if one.line not in self.strangers else ():
                name = next(name for name in one.key if getattr(row, name).lower() == one.key[name].lower())
                one.errors[name] = str(TAKEN[name])

    def learn_places(self, full: Iterable[Texts]) -> None:
        """The organizations that these lines name, by INN or by words."""
        inns = {texts["inn"] for texts in full if texts.get("inn")}
        named = {key for texts in full for key in self.refs.nodes.get(word(texts.get(PLACE, "")), ())}
        found = self.session.scalars(
            select(Organization).where(or_(Organization.inn.in_(inns), Organization.id.in_(named)))
        ).all()
        self.places, by_inn = {row.id: row for row in found}, defaultdict(list)
        for row in found:
            by_inn[row.inn or ""].append(row)
        self.by_inn = by_inn

    def learn_held(self, people: set[int]) -> None:
        """Which attachments these people have already."""
        held = select(Membership.user_id, Membership.organization_id, Role.name).join(Role, Role.id == Membership.role_id)
        rows = self.session.execute(held.where(Membership.user_id.in_(people), memberships.lasting()))
        self.held = {(user, place, role) for user, place, role in rows}

    def name_stored(self, rows: Iterable[Any]) -> None:
        """People name no rows of their own."""

    # ── Judging ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def judge_one(self, one: Judged, texts: Texts, row: User | None) -> None:
        """What becomes of one line: the card, and the attachment."""
        stranger = self.strangers.get(one.line)
        place, role = self.place(one, texts), self.role(one, texts)
        if stranger is None:
            super().judge_one(one, texts, row)
        if one.errors:
            one.outcome = RowOutcome.ERROR
            return
        person = stranger or (row.id if row is not None else None)
        there = place is None or (person is not None and (person, place.id, role) in self.held)
        if place is not None and not there:
            words = f"{place.short_name} · {role.title}"
            one.changes[PLACE] = {"was": "", "now": words, "old": None, "new": [place.id, role.value]}
        if person is not None:
            one.row_id, one.outcome = person, RowOutcome.CHANGE if one.changes else RowOutcome.SAME
        form = one.work[0] if stranger is None else None
        one.work = (form, row, stranger, None if there else place, role)

    def names(self, given: Texts, row: Any) -> set[str]:
        """The fields of the person's own form; the address is always among them, because its change is told to the old one."""
        return set(PERSON) if row is None else super().names(given, row) & set(PERSON) | {"email"}

    def place(self, one: Judged, texts: Texts) -> Organization | None:
        """The organization that the line names; an error at the line if it can't be said, or is not the actor's."""
        try:
            place = self.meant(texts)
        except ValueError as error:
            one.errors["inn" if texts.get("inn") else PLACE] = str(error)
            return None
        if place is None and one.texts.get(ROLE):
            one.errors[PLACE] = _("Say in which organization the person has this role.")
        elif place is None and self.far and one.line not in self.strangers:
            one.errors[PLACE] = _("Say to which organization the person is attached: otherwise the account leaves your sight.")
        elif place is not None and not (answer := guard.may(scope.current(), Permission.USER_ATTACH, place)):
            one.errors[PLACE] = str(answer.reason)
        return place

    def meant(self, texts: Texts) -> Organization | None:
        """The organization by INN and KPP, else by its words; None if the line names none. Raises ValueError."""
        if inn := texts.get("inn"):
            found = [row for row in self.by_inn.get(inn, []) if not texts.get("kpp") or row.kpp == texts["kpp"]]
            if len(found) == 1:
                return found[0]
            raise ValueError(_("Several organizations fit this line: give the INN and the KPP.") if found else nowhere(inn))
        if not texts.get(PLACE):
            return None
        return self.places[self.refs.one(self.specs[PLACE], texts[PLACE])]

    def role(self, one: Judged, texts: Texts) -> RoleName:
        """The role that the line gives, else that of an organization's user; an error if it is not the actor's to give."""
        try:
            return RoleName(chosen(self.specs[ROLE], texts.get(ROLE) or RoleName.ORGANIZATION.value))  # type: ignore[call-arg]
        except ValueError as error:
            one.errors[ROLE] = str(error)
            return RoleName.ORGANIZATION

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, judged: Judged) -> int:
        """See `imports.kinds.Reader`. A new account gets its letter; who is attached is told."""
        form, row, stranger, place, role = judged.work
        try:
            if stranger is None:
                created, row = row is None, row or User()
                self.view.write(form, row, created)
                self.session.flush()
            key = int(stranger or row.id)
            if place is not None:
                accounts.attach(self.session, key, place, role)
        except mistakes.KINDS as error:
            name, sentence = mistakes.sentence(error, User)
            raise Refused(sentence, name) from error
        return key

    def write_many(self, piece: Sequence[Judged]) -> list[int]:
        """See `imports.kinds.Reader`."""
        return [self.write(one) for one in piece]


def nowhere(inn: str) -> str:
    """Nothing in sight has this INN."""
    return str(_("Nothing is called “%(text)s” among what you may choose.", text=inn))
