"""Form fields that name rows of other tables; admin/fields.html draws them.

A small table is a native list. A large one is typed: the visible input is called `<field>-text`, the chosen row's id lies in a
hidden input called as the field; js/admin/combobox.js offers rows (`admin_app.crud.offers`). Without scripts the typed name,
INN or login is looked up when the form is sent. A row that the actor doesn't see is refused as an error, and one that was
there before is kept as a locked chip: it is neither shown nor lost.
"""

import re
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, ValidationError

from admin_app.crud import offers, relations, searching
from admin_app.crud.fields import FieldSpec
from admin_app.crud.ranges import Range
from admin_app.crud.relations import Options
from admin_app.reporting import entries

TEXT = "-text"  # after the field's name: what stands in the visible input of a picker


def number(text: Any) -> int | None:
    """A row's id out of a form or an address; None for what cannot be one (letters, several, too many digits)."""
    text = str(text)
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) and int(text) < 2**31 else None


class Relation(Field):
    """What single and many have in common: who may be chosen, asked once per form by `ready`.

    `rows`: the native list, or None where one types; `titles`: names of what is chosen; `address`: the look-up's.
    """

    many = False

    def __init__(self, *args: Any, spec: FieldSpec, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.rows: list[tuple[int, str]] | None = None
        self.titles: dict[int, str] = {}
        self.session: Session | None = None
        self.address = ""
        self.typed: str | None = None

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Also take what was typed into the visible input."""
        super().process(formdata, *args, **kwargs)
        if formdata is not None and self.name + TEXT in formdata:
            self.typed = entries.clean(formdata.get(self.name + TEXT))

    def known(self, key: int) -> bool:
        """May the actor name this row here?"""
        return key in self.titles or key in {one for one, _title in self.rows or ()}

    def stored(self) -> set[int]:
        """The rows named before."""
        return as_ids(self.object_data)

    def sent(self) -> set[int]:
        """The rows newly named."""
        return as_ids(self.data) - self.stored()

    def look_up(self, text: str) -> int:
        """The row that a typed text means. Raises ValidationError with a sentence."""
        if self.session is None:
            raise ValidationError(_("Choose one of the list."))
        try:
            return offers.meant(self.session, self.spec, text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class Picker(Relation):
    """One row of another table; `data` is its id."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the id. Raises ValueError with a sentence."""
        sent = "".join(valuelist[:1])
        self.data = number(sent) if sent else None
        if sent and self.data is None:
            raise ValueError(_("Choose one of the list."))

    @property
    def locked(self) -> bool:
        """Is there a value that the actor may not see?"""
        return self.object_data is not None and not self.known(self.object_data)

    @property
    def title(self) -> str:
        """What the chosen row is called."""
        return self.titles.get(self.data, "") if self.data else ""

    @property
    def text(self) -> str:
        """What stands in the visible input."""
        return self.title if self.typed is None else self.typed

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the signature is WTForms's
        """Settle what was meant. Raises ValidationError with a sentence."""
        if self.locked:
            if self.raw_data and self.data not in {None, self.object_data}:
                raise ValidationError(_("This value lies outside what you may see, so it cannot be changed here."))
            self.data = self.object_data
        elif self.rows is None and self.typed is not None and self.typed != self.title:
            self.data = self.look_up(self.typed) if self.typed else None
        elif self.data is not None and not self.known(self.data):
            raise ValidationError(_("There is no such row, or it lies outside what you may see."))


class PickerOfMany(Relation):
    """Several rows of another table; `data` is the list of their ids. Chosen ones are check boxes, further ones are typed."""

    many = True

    def process_data(self, value: Any) -> None:
        """Ids, or the rows themselves."""
        self.data = [one if isinstance(one, int) else one.id for one in value or ()]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the ids. Raises ValueError with a sentence."""
        found = [number(one) for one in valuelist if one]
        if None in found:
            raise ValueError(_("Choose from the list only."))
        self.data = list(dict.fromkeys(one for one in found if one is not None))

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the signature is WTForms's
        """Add what was typed. Raises ValidationError with a sentence."""
        for text in re.split(r"[,;\n]", self.typed or ""):
            if text.strip() and (key := self.look_up(text.strip())) not in self.data:
                self.data.append(key)
        if not all(self.known(key) for key in self.data):
            raise ValidationError(_("There is no such row, or it lies outside what you may see."))

    @property
    def lines(self) -> list[tuple[int, str, bool]]:
        """What is offered as check boxes: id, title, chosen."""
        if self.rows is not None:
            return [(key, title, key in self.data) for key, title in self.rows]
        return [(key, self.titles.get(key, f"№ {key}"), True) for key in self.data]

    @property
    def text(self) -> str:
        """What stands in the visible input: what was typed, while it could not be taken in."""
        return (self.typed or "") if self.errors else ""


def as_ids(value: Any) -> set[int]:
    """The ids in a field's data: one, several rows or ids, none."""
    several = value if isinstance(value, list) else [value]
    return {one if isinstance(one, int) else one.id for one in several if one is not None}


def ready(form: Form, session: Session, address: str) -> None:
    """Tell every relation of the form what may be chosen: two statements, and one more if rows were chosen by typing.

    `address` is the look-up's, ending in /. What was there before keeps its title though it could not be chosen anew.
    """
    fields = [field for field in form if isinstance(field, Relation)]
    found: Options = relations.options(session, [field.spec for field in fields])
    wanted: dict[Any, set[int]] = {}
    for field in fields:
        target: Any = field.spec.target
        field.session, field.address, field.rows = session, f"{address}{field.name}", found[target, field.spec.classifier]
        wanted.setdefault(target, set()).update(field.stored())
    stored = relations.titles(session, wanted)
    typed = relations.chosen(session, {field.spec: field.sent() for field in fields if field.rows is None})
    for field in fields:
        old = {key: title for (model, key), title in stored.items() if model is field.spec.target and key in field.stored()}
        field.titles = old | {key: title for (name, key), title in typed.items() if name == field.spec.name}
        if field.rows is not None:
            offered = {key for key, _title in field.rows}
            field.rows = field.rows + [pair for pair in old.items() if pair[0] not in offered]


def answer(session: Session, about: Range, args: MultiDict[str, str]) -> dict[str, Any]:
    """What a look-up says, for JSON: {rows, recent, said}, a row as `Offer` has it.

    ?q= is what is typed, ?under= the row that is opened, ?recent= the lately chosen ones.
    """
    text, under = entries.clean(args.get("q", ""))[:200], number(args.get("under", ""))
    recent = [key for one in args.get("recent", "").split(",")[: offers.RECENT] if (key := number(one)) is not None]
    found = offers.find(session, about, text) if searching.words(text) else offers.walk(session, about, under, recent)
    said = [_("Searched for “%(meant)s”: the same keys in the other layout.", meant=found.instead)] if found.instead else []
    said += [_("There are more: type on.")] if found.more else []
    return {"rows": [vars(one) for one in found.rows], "recent": [vars(one) for one in found.recent], "said": " ".join(said)}
