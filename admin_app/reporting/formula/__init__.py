"""Forms: text in, compiled calculation out (Python, JavaScript, numpy). Knows the standard library and numpy only."""

from .errors import CellError, FormError, Problem
from .form import Cell, Check, Column, External, Form, HeaderCell, Row, Section, Source
from .program import Program, compile_form
from .values import Failure, Values

__all__ = [
    "Cell",
    "CellError",
    "Check",
    "Column",
    "External",
    "Failure",
    "Form",
    "FormError",
    "HeaderCell",
    "Problem",
    "Program",
    "Row",
    "Section",
    "Source",
    "Values",
    "compile_form",
]
