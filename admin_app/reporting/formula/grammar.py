"""The language of formulas and rules: text → tree. The grammar stands in docs/forms.md.

Raises Stop with the position of the first thing that can't be understood. Nothing is evaluated here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from .errors import N_, Stop
from .tree import Call, Card, Chain, Node, Num, Ref, Rule

LONGEST = 4000
DEEPEST = 40
OPERATORS = 100
COMPARISONS = ("<=", ">=", "<>", "<", ">", "=")
FUNCTIONS = {  # name: (fewest, most) arguments
    "SUM": (1, 50), "ABS": (1, 1), "ROUND": (2, 2), "FLOOR": (1, 1), "ISNULL": (1, 2), "COALESCE": (2, 10),
    "NULLIF": (2, 2), "MIN": (1, 50), "MAX": (1, 50), "IF": (3, 3),
}  # fmt: skip
TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)(?![0-9A-Za-zА-Яа-я_.])"
    r"|(?P<card>card\.[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<name>[A-Za-z]+)"
    r"|(?P<ref>\{[^{}]*\}|\{\{[^{}]*\}\})"
    r"|(?P<sign><=|>=|<>|[-+*/()<>=,])"
    r"|(?P<bar>\|))"
)
REF = re.compile(r"\s*(?:\[([^\[\]]+)\]\s*:)?\s*\[([^\[\]]*)\]\s*\[([^\[\]]*)\]\s*\[([^\[\]]*)\]\s*")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int


def tokens(text: str) -> list[Token]:
    """Cut the text; the last token is of kind "end"."""
    if len(text) > LONGEST:
        raise Stop(N_("The formula is longer than %(limit)s characters."), limit=LONGEST)
    found: list[Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if not match or match.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise Stop(N_("“%(sign)s” can't be understood here."), at, sign=text[at : at + 12])
        at = match.end()
        if match.lastgroup != "bar":
            found.append(Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
    return [*found, Token("end", "", end)]


class Parser:
    """Recursive descent over the tokens, one method per level of precedence."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self.depth = 0
        if sum(token.kind == "sign" and token.text not in "()," for token in self.tokens) > OPERATORS:
            raise Stop(N_("The formula has more than %(limit)s operators."), limit=OPERATORS)

    def rule(self) -> Rule:
        """The whole text as a rule."""
        condition = None
        if self._word() == "IF" and any(token.text.upper() == "THEN" for token in self.tokens):
            self.at += 1
            condition = self.either()
            self._expect("THEN")
        body = self.either()
        self._finish()
        return Rule(condition, body)

    def formula(self) -> Node:
        """The whole text as the formula of a cell."""
        node = self.either()
        self._finish()
        return node

    def either(self) -> Node:
        node = self.both()
        while self._take("OR"):
            node = Call("or", (node, self.both()), self._here())
        return node

    def both(self) -> Node:
        node = self.negated()
        while self._take("AND"):
            node = Call("and", (node, self.negated()), self._here())
        return node

    def negated(self) -> Node:
        at = self._here()
        return self._deeper(lambda: Call("not", (self.negated(),), at)) if self._take("NOT") else self.chain()

    def chain(self) -> Node:
        at = self._here()
        items, signs = [self.sum()], []
        while self._text() in COMPARISONS:
            signs.append(self._next().text)
            items.append(self.sum())
        return Chain(tuple(items), tuple(signs), at) if signs else items[0]

    def sum(self) -> Node:
        node = self.term()
        while self._text() in ("+", "-"):
            sign = self._next()
            node = Call(sign.text, (node, self.term()), sign.at)
        return node

    def term(self) -> Node:
        node = self.unary()
        while self._text() in ("*", "/"):
            sign = self._next()
            if sign.text == "*" and self._text() == "*":
                raise Stop(N_("Powers (**) are not part of the language."), sign.at)
            node = Call(sign.text, (node, self.unary()), sign.at)
        return node

    def unary(self) -> Node:
        if self._text() == "-":
            at = self._next().at
            return self._deeper(lambda: Call("neg", (self.unary(),), at))
        return self.atom()

    def atom(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return number(token)
        if token.kind == "ref":
            return reference(token)
        if token.kind == "card":
            return Card(token.text[5:], token.at)
        if token.kind == "name":
            return self._call(token)
        if token.text == "(":
            node = self._deeper(self.either)
            self._expect(")")
            return node
        raise self._unexpected(token)

    def _call(self, token: Token) -> Node:
        name = token.text.upper()
        if name == "NULL":
            return Call("NULL", (), token.at)
        if name not in FUNCTIONS:
            raise Stop(
                N_("There is no function “%(name)s”. Functions: %(functions)s."),
                token.at,
                name=token.text[:40],
                functions=", ".join(FUNCTIONS),
            )
        if name == "SUM" and self._peek().kind == "ref":
            return Call(name, (reference(self._next()),), token.at)
        self._expect("(")
        args = [self._deeper(self.either)]
        while self._text() == ",":
            self.at += 1
            args.append(self._deeper(self.either))
        self._expect(")")
        fewest, most = FUNCTIONS[name]
        if not fewest <= len(args) <= most:
            raise Stop(N_("%(name)s is given %(count)s values."), token.at, name=name, count=len(args))
        return Call(name, tuple(args), token.at)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Stop(N_("The formula is nested more than %(limit)s levels deep."), self._here(), limit=DEEPEST)
        node = read()
        self.depth -= 1
        return node

    def _peek(self) -> Token:
        return self.tokens[self.at]

    def _text(self) -> str:
        return self._peek().text

    def _word(self) -> str:
        return self._text().upper()

    def _here(self) -> int:
        return self._peek().at

    def _next(self) -> Token:
        token = self._peek()
        self.at += token.kind != "end"
        return token

    def _take(self, word: str) -> bool:
        taken = self._word() == word
        self.at += taken
        return taken

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise self._unexpected(self._peek(), word)

    def _finish(self) -> None:
        if self._peek().kind != "end":
            raise self._unexpected(self._peek())

    def _unexpected(self, token: Token, wanted: str = "") -> Stop:
        if token.kind == "end":
            if wanted:
                return Stop(N_("The formula ends where “%(wanted)s” is needed."), token.at, wanted=wanted)
            return Stop(N_("The formula ends too early."), token.at)
        if wanted:
            return Stop(N_("“%(wanted)s” is needed before “%(sign)s”."), token.at, wanted=wanted, sign=token.text[:20])
        return Stop(N_("“%(sign)s” is not expected here."), token.at, sign=token.text[:20])


def number(token: Token) -> Num:
    whole, _, fraction = token.text.partition(".")
    if len(whole.lstrip("0")) + len(fraction) > 15:
        raise Stop(N_("The number %(number)s has more than 15 digits."), token.at, number=token.text[:40])
    return Num(float(token.text), len(fraction.rstrip("0")), token.at)


def reference(token: Token) -> Ref:
    previous = token.text.startswith("{{")
    match = REF.fullmatch(token.text.strip("{}"))
    if not match:
        _bad_reference(token)
    form, sections, rows, columns = (part.strip() if part else "" for part in match.groups())
    return Ref(sections, rows, columns, form, previous, token.at)


def _bad_reference(token: Token) -> NoReturn:
    raise Stop(N_("A cell is written {[section][row][column]}, not “%(reference)s”."), token.at, reference=token.text[:60])


def parse_rule(text: str) -> Rule:
    """A rule of a check or a condition."""
    return Parser(text).rule()


def parse_formula(text: str) -> Node:
    """The formula of a cell (without its leading “=”)."""
    return Parser(text).formula()
