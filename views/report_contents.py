"""«Contents» of a report: the parts of its form, how far each section is, and what this organization doesn't fill in."""

from dataclasses import dataclass, field

from flask_babel import gettext as _

from admin_app.reporting import storage
from admin_app.reporting.formula import Program, Section
from admin_app.reporting.sheet import Sheet
from views import report_words


@dataclass(frozen=True)
class Line:
    """A section in «Contents». ``state``: "empty", "begun" or "full"; ``words`` says it."""

    code: str
    title: str
    variant: str
    total: int
    state: str
    words: str


@dataclass
class Group:
    """A part of the form: its sections, and those that this organization doesn't fill in with the reason."""

    title: str
    lines: list[Line] = field(default_factory=list)
    folded_by: list[tuple[str, list[Line]]] = field(default_factory=list)

    @property
    def folded(self) -> list[Line]:
        return [line for _sentence, lines in self.folded_by for line in lines]


def contents(program: Program, of: Sheet, filled: dict[str, int]) -> list[Group]:
    """«Contents»: the form's parts; sections whose condition doesn't hold are folded, by condition."""
    totals = storage.fillable(program)
    groups: list[Group] = []
    for section in program.form.sections:
        if not groups or groups[-1].title != section.group:
            groups.append(Group(section.group))
        line = line_of(section, filled.get(section.code, 0), totals.get(section.code, 0))
        if program.applies(of.values, section.code) or line.state != "empty":
            groups[-1].lines.append(line)
        else:
            fold(groups[-1], report_words.condition(section.condition), line)
    return groups


def fold(group: Group, sentence: str, line: Line) -> None:
    """Put a section under the sentence that says when it is filled in."""
    for said, lines in group.folded_by:
        if said == sentence:
            lines.append(line)
            return
    group.folded_by.append((sentence, [line]))


def line_of(section: Section, count: int, total: int) -> Line:
    """A section's line."""
    state = "empty" if not count else "full" if count == total else "begun"
    words = _("nothing yet") if not count else f"{count} / {total}"
    return Line(section.code, section.short or section.title, section.variant, total, state, words)
