"""Form fields made from the schema's words: one WTForms field per kind, each telling in a sentence what is wrong.

Nothing typed is lost: a field that could not be read shows again what was typed. Relations are in `admin_app.crud.pickers`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, cast

from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import BooleanField, Field, Form, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.core import UnboundField
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput
from wtforms.widgets.core import clean_key

from admin_app.crud.conditions import Needed, Only
from admin_app.crud.fields import FieldSpec, Kind
from admin_app.crud.pickers import Picker, PickerOfMany
from admin_app.reporting import codes, entries

LARGEST = 2**31 - 1
BIGGEST = 1e12
Rule = Callable[[Form, Field], None]  # raises ValidationError with a sentence
NO_RULES: Mapping[str, Rule] = MappingProxyType({})


class Filled:
    """The field must not be empty."""

    field_flags = {"required": True}

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data in (None, "", []) and not field.errors:
            raise ValidationError(_("Fill in “%(label)s”.", label=field.label.text))


class AtMost:
    """No more signs than the database keeps."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.field_flags = {"maxlength": length}

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and len(field.data) > self.length:
            raise ValidationError(
                _("At most %(most)s characters fit here, there are %(count)s.", most=self.length, count=len(field.data))
            )


class WellFormed:
    """A code or address that keeps its rules (`admin_app.reporting.codes`)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, _form: Form, field: Field) -> None:
        if field.data and (sentence := codes.problem(self.kind, field.data)):
            raise ValidationError(str(sentence))


def attributes(**values: Any) -> Markup:
    """The attributes of an element as WTForms says them: sorted, True bare, False left out. Ten times as quick."""
    pairs = [(clean_key(name), value) for name, value in sorted(values.items()) if value is not False]
    return Markup(" ".join([name if value is True else f'{name}="{escape(value)}"' for name, value in pairs]))  # noqa: S704


class Line(TextInput):
    """An input of one line."""

    html_params = staticmethod(attributes)


class Lines(TextArea):
    """An input of several lines."""

    html_params = staticmethod(attributes)


class LineField(StringField):
    """A text of one line."""

    widget = Line()


class LinesField(TextAreaField):
    """A text of several lines."""

    widget = Lines()


class CodeInput(Line):
    """An input that js/admin/codes.js checks while one types; the sentences travel with it."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        words = {why: str(sentence) for why, sentence in codes.SENTENCES[field.code].items()}
        more = {"data-code": field.code, "data-words": json.dumps(words, ensure_ascii=False)}
        return cast(Markup, super().__call__(field, **kwargs, **more))


class CodeField(StringField):
    """A code or an address of one of the kinds of `codes`."""

    widget = CodeInput()

    def __init__(self, *args: Any, code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code


class WholeField(StringField):
    """A whole number; shows what was typed when that is none."""

    widget = Line()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number. Raises ValueError with a sentence."""
        typed = "".join(valuelist[:1]).replace("\u00a0", "").replace("\u2009", "").replace(" ", "")
        self.data = None
        if typed:
            try:
                self.data = int(typed)
            except ValueError:
                raise ValueError(_("A whole number is expected here, not “%(typed)s”.", typed=valuelist[0])) from None
            if abs(self.data) > LARGEST:
                raise ValueError(_("This number is too large."))

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)


class NumberField(StringField):
    """A number with or without decimals, written with a comma or a point; shows what was typed when that is none."""

    widget = Line()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number: whole ones as int. Raises ValueError with a sentence."""
        typed = re.sub(r"\s", "", "".join(valuelist[:1])).replace(",", ".")
        self.data = None
        if typed:
            if not re.fullmatch(r"[-+\u2212]?[0-9]+(\.[0-9]+)?", typed):
                raise ValueError(_("A number is expected here, not “%(typed)s”.", typed=valuelist[0]))
            read = float(typed.replace("\u2212", "-"))
            if abs(read) >= BIGGEST:
                raise ValueError(_("This number is too large."))
            self.data = int(read) if read == int(read) else round(read, 6)

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data).replace(".", ",")


class DayField(StringField):
    """A date, as the browser sends it or as people write it."""

    widget = Line("date")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date. Raises ValueError with a sentence."""
        typed = "".join(valuelist[:1]).strip()
        self.data = None
        if typed:
            self.data = read_day(typed)

    def _value(self) -> str:
        if self.data is None and self.raw_data:
            return str(self.raw_data[0])  # what could not be read stays as it was typed
        return self.data.isoformat() if isinstance(self.data, date) else ""


def read_day(typed: str) -> date:
    """A date written 2026-12-31 or 31.12.2026. Raises ValueError with a sentence."""
    for shape in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(typed, shape).date()
        except ValueError:
            continue
    raise ValueError(_("A date is written like 31.12.2026, not “%(typed)s”.", typed=typed))


class ChoiceField(SelectField):
    """One of a vocabulary; its first line is empty where nothing is chosen yet."""

    def __init__(self, *args: Any, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        nothing = ("", _("— not chosen —"))
        super().__init__(*args, choices=lambda: [nothing, *choices], coerce=lambda value: value or None, **kwargs)

    def process_data(self, value: Any) -> None:
        """A member of an enumeration is shown by its value."""
        super().process_data(getattr(value, "value", value))

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the signature is WTForms's
        """Raises ValidationError for what isn't on the list."""
        if self.data is not None and self.data not in {key for key, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose one of the list."))


class ChoicesField(SelectMultipleField):
    """Several of a vocabulary, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002  # the signature is WTForms's
        """Raises ValidationError for what isn't on the list."""
        if set(self.data or ()) - {key for key, *_rest in self.iter_choices()}:
            raise ValidationError(_("Choose from the list only."))


def tidy(check: str | None) -> Callable[[str | None], str | None]:
    """What is done to a typed text before it is judged: outer spaces and signs no text has go; codes lose their dashes.

    Browsers send the ends of lines as two signs: a text that was not touched must come back as it is kept.
    """

    def filtered(text: str | None) -> str | None:
        if text is None:
            return None
        text = entries.clean(text)
        return codes.clean(check, text) if check else text

    return filtered


def input_of(spec: FieldSpec) -> UnboundField:
    """The form field for a field of the schema."""
    validators: list[Any] = [Filled()] if spec.required else []
    validators += [Needed(spec.required_for)] if spec.required_for else []
    validators += [Only(*spec.only)] if spec.only else []
    common: dict[str, Any] = {"label": spec.label, "description": spec.help, "validators": validators}
    if spec.kind in {Kind.TEXT, Kind.AREA}:
        validators += [AtMost(spec.length)] if spec.length else []
        common |= {"filters": [tidy(spec.check)]}
    if spec.check:
        validators.append(WellFormed(spec.check))
        return UnboundField(CodeField, code=spec.check, **common)
    if spec.choices:
        many = spec.kind is Kind.CHOICES
        return UnboundField(ChoicesField if many else ChoiceField, choices=list(spec.choices), **common)
    if spec.target is not None:
        return UnboundField(Picker if spec.kind is Kind.REF else PickerOfMany, spec=spec, **common)
    return UnboundField(PLAIN[spec.kind], **common)


PLAIN: dict[Kind, type[Field]] = {
    Kind.TEXT: LineField,
    Kind.AREA: LinesField,
    Kind.INTEGER: WholeField,
    Kind.NUMBER: NumberField,
    Kind.FLAG: BooleanField,
    Kind.DATE: DayField,
}


def form_of(specs: Iterable[FieldSpec], rules: Mapping[str, Rule] = NO_RULES) -> type[Form]:
    """The form class of these fields, in their order. `rules`: what else must hold of a field, by its name."""
    further = {f"validate_{name}": staticmethod(rule) for name, rule in rules.items()}
    return type("SchemaForm", (Form,), {spec.name: input_of(spec) for spec in specs} | further)
