"""What goes wrong, as sentences.

The package knows no translation: a sentence is an English template (a msgid, marked with ``N_`` for the extractor) and its
parameters. A screen translates the template and fills it in; ``str()`` gives the English sentence.
"""

from dataclasses import dataclass, field, replace


def N_(message: str) -> str:
    """Mark a template for the catalogue without translating it."""
    return message


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a form's document.

    ``where`` is an address ("2.1.1.1/01/3"), a check ("check 2.1.1.1:3") or a place of the document ("2.1.1.1, rows, line 4");
    ``source`` the text it is about and ``caret`` the position in it, from 0.
    """

    message: str
    params: dict[str, str] = field(default_factory=dict)
    where: str = ""
    source: str = ""
    caret: int | None = None

    def __str__(self) -> str:
        sentence = self.message % self.params
        place = f"{self.where}: " if self.where else ""
        if self.caret is None:
            return place + sentence
        return f"{place}{sentence} (position {self.caret + 1} of «{self.source}»)"


class FormError(Exception):
    """The document can't become a form; ``problems`` says everything that was found, in the order of the document.

    What is wrong in the same way in many cells (a column's formula) is said once, with the first cell and "+11" for the others.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = _once(problems)
        super().__init__("\n".join(map(str, self.problems)))


def _once(problems: list[Problem]) -> list[Problem]:
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for problem in problems:
        key = (problem.message, *problem.params.values(), problem.source, problem.caret)
        alike.setdefault(key if problem.source else (id(problem),), []).append(problem)
    return [_first(group) for group in alike.values()]


def _first(group: list[Problem]) -> Problem:
    others = f" (+{len(group) - 1})" if len(group) > 1 else ""
    return replace(group[0], where=group[0].where + others)


class Stop(Exception):
    """Reading one part of the document can't go on; the collector notes the problem and goes on with the next part."""

    def __init__(self, message: str, caret: int | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.caret = caret
        self.params = {key: str(value) for key, value in params.items()}

    def problem(self, where: str, source: str = "") -> Problem:
        return Problem(self.message, self.params, where, source, self.caret)


class CellError(Exception):
    """What was typed can't be kept in the cell. ``message`` is a template for ``gettext``, ``params`` fill it in.

    ``code`` is short and stable: "letters", "decimals", "negative", "too-long", "range", "list", "date", "flag", "closed".
    """

    def __init__(self, code: str, message: str, **params: object) -> None:
        self.code = code
        self.message = message
        self.params = {key: str(value) for key, value in params.items()}
        super().__init__(message % self.params)
