"""The emailed application form («Добавление организации в АИС МОДО»): Word documents, alone or many in a ZIP, as plain values.

    for form in docx.read(file, "заявка.docx").forms:
        form.values["inn"], form.activities.main, form.unknown

People fill the form in their own ways: rows in any order or missing, three columns, label and value in one cell or one paragraph,
several forms in one document, a list with one organization per row. All of them become pairs of a label and a text, and the pairs
are dealt out to forms: where a name or code comes again, the next form begins.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from flask_babel import gettext as _

from admin_app.reporting.exchange import markup, okved, safety, word
from admin_app.reporting.exchange.columns import Vocabulary
from admin_app.reporting.exchange.markup import Index
from admin_app.reporting.exchange.okved import Activities
from admin_app.reporting.exchange.pairs import Pair, paired
from admin_app.reporting.exchange.safety import Kind
from admin_app.reporting.exchange.synonyms import ORGANIZATION
from admin_app.reporting.refusal import Refused

MAX_DOCUMENT = 20 * safety.MB  # unpacked text part; a form has 8 kB
MAX_TEXTS = 60 * safety.MB  # the same of all documents of an archive
MAX_PACKED = 20 * safety.MB  # one document in an archive, with scans in it
NAMES = frozenset({"short_name", "full_name", "inn", "ogrn"})  # what a form is about: another one, another form


class Leftover(NamedTuple):
    """Something in the form that is no field: `label` "" if it has none."""

    label: str
    text: str


class Denied(NamedTuple):
    """A file of an archive that was not read, and why."""

    name: str
    sentence: str


@dataclass
class Form:
    """One filled form. `source`: the file's name. `values`: field of `Organization` → text as found, only filled ones.

    Choices (`type_id`, …) are words, still to be sought in the classifiers; `okved_main_id` and `okved_additional` hold the text
    as found and `activities` the same divided. `empty`: fields whose label is there without a text. `unknown`: what was not
    understood.
    """

    source: str
    values: dict[str, str] = field(default_factory=dict)
    activities: Activities = field(default_factory=Activities)
    empty: tuple[str, ...] = ()
    unknown: tuple[Leftover, ...] = ()


@dataclass(frozen=True)
class Applications:
    """What was found: `forms` in the documents' order, `denied` files of an archive that could not be read."""

    forms: tuple[Form, ...]
    denied: tuple[Denied, ...] = ()


def read(file: BinaryIO, name: str, labels: Mapping[str, Iterable[str]] | None = None) -> Applications:
    """The forms in a .docx, or in the .docx files of a .zip. `labels`: further fields with their names, beside `ORGANIZATION`.

    Raises Refused, in plain words, for other files, harmful ones, and if nothing is filled in anywhere.
    """
    words = Vocabulary({**ORGANIZATION, **(labels or {})})
    kind = safety.expect(file, name, (Kind.DOCX, Kind.ZIP))
    found = Applications(tuple(forms(file, name, words))) if kind is Kind.DOCX else unpacked(file, words)
    if not found.forms and not found.denied:
        raise Refused(_("No filled application form was found in the file: its lines have no text beside their labels."))
    return found


def unpacked(file: BinaryIO, words: Vocabulary) -> Applications:
    """The forms of all documents in an archive; a file that can't be read keeps no other from being read."""
    found: list[Form] = []
    denied: list[Denied] = []
    left = MAX_TEXTS
    with safety.archive(file) as zipped:
        for part in safety.parts(zipped):
            try:
                if part.entry.file_size > MAX_PACKED:
                    raise Refused(_("The document is too long to be an application form."))
                inner = io.BytesIO(b"".join(safety.chunks(zipped, part.entry)))
                safety.expect(inner, part.name, (Kind.DOCX,))
                left -= text_size(inner)
                if left < 0:
                    raise Refused(_("The archive holds too much text. Send it in parts."))
                some = list(forms(inner, part.name, words))
                if not some:
                    raise Refused(_("Nothing is filled in."))
                found += some
            except Refused as refused:
                denied.append(Denied(part.name, refused.sentence))
    return Applications(tuple(found), tuple(denied))


def text_part(file: BinaryIO) -> tuple[str, int]:
    """The name of the document's text part and its size in bytes."""
    with safety.archive(file) as zipped:
        index = Index("Override")
        markup.read(safety.chunks(zipped, "[Content_Types].xml"), index)
        named = [one.get("PartName", "").lstrip("/") for _name, one in index.found if "main+xml" in one.get("ContentType", "")]
        name = next((one for one in named if one in zipped.namelist()), "word/document.xml")
        return name, next((one.file_size for one in zipped.infolist() if one.filename == name), 0)


def text_size(file: BinaryIO) -> int:
    """Bytes of the document's text. Raises Refused if it is too long for one."""
    size = text_part(file)[1]
    if size > MAX_DOCUMENT:
        raise Refused(_("The document is too long to be an application form."))
    return size


def forms(file: BinaryIO, name: str, words: Vocabulary) -> Iterator[Form]:
    """The filled forms of one document."""
    text_size(file)
    with safety.archive(file) as zipped:
        blocks = word.blocks(safety.chunks(zipped, text_part(file)[0]))
    for pairs in dealt(paired(blocks, words)):
        form = made(name, pairs)
        if form.values:
            yield form


def dealt(sections: Iterable[Sequence[Pair]]) -> list[list[Pair]]:
    """The pairs of each form: what repeats a field begins anew, and is the next form if it repeats a name or code."""
    forms: list[list[Pair]] = []
    for section in sections:
        for group in unrepeated(section):
            if forms and not names_in(forms[-1]) & names_in(group):
                forms[-1] += group
            else:
                forms.append(group)
    return forms


def unrepeated(pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """The pairs in groups in which no field comes twice."""
    group: list[Pair] = []
    for pair in pairs:
        if pair.field and pair.field in {one.field for one in group}:
            yield group
            group = []
        group.append(pair)
    yield group


def names_in(pairs: Iterable[Pair]) -> set[str]:
    """The fields among them that say what a form is about."""
    return {one.field for one in pairs if one.field in NAMES}


def made(source: str, pairs: Sequence[Pair]) -> Form:
    """One form out of its pairs. Of two texts for a field the first counts, the other is left over; activities add up."""
    form = Form(source)
    unknown: list[Leftover] = []
    for pair in pairs:
        text = pair.text
        known = form.values.get(pair.field, "")
        second = known and text and known != text and not pair.field.startswith("okved")
        if second or not pair.field:
            unknown.append(Leftover(pair.label, text))
        elif pair.field and text:
            form.values[pair.field] = f"{known}\n{text}" if known and known != text else text
    form.unknown = tuple(unknown)
    form.empty = tuple(dict.fromkeys(one.field for one in pairs if one.field and one.field not in form.values))
    form.activities = activities(form.values)
    return form


def activities(values: Mapping[str, str]) -> Activities:
    """Main and additional activities, from one cell or from two."""
    main = okved.split(values.get("okved_main_id", ""))
    more = okved.split(values.get("okved_additional", ""), okved.ADDITIONAL)
    known = set(main.codes)
    added = [one for one in (more.main, *more.additional) if one and one.code not in known]
    rest = "\n".join(one for one in (main.rest, more.rest) if one)
    return Activities(main.main, (*main.additional, *added), rest)
