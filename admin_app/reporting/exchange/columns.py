"""Which heading of a file is which field: words in any case, order and punctuation, with typing errors, each with a score.

words = Vocabulary({**ORGANIZATION, "field_17": ["Профиль"]})
matches = match(heading.names, words, remembered.get(signature(heading.names)))
values = taken(matches, row.cells)  # {"inn": "3899000019", …}
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from admin_app.reporting.exchange.heading import JOINT
from admin_app.reporting.exchange.synonyms import PAIRS

WORDED = 0.97  # the same words, those in brackets too, in another order or with other endings
SURE = 0.95  # a name without its brackets, or its last level alone
REORDERED = 0.9  # the same words but for brackets, in another order or with other endings
LIKELY = 0.7  # from here on a match is proposed
POSSIBLE = 0.5  # from here on it is among the alternatives
STEM = 5  # letters that a Russian word keeps through its endings
LONGEST = 300  # signs of a name that are looked at
GUESSED = 100  # unknown words that are compared letter by letter; each takes a few milliseconds
LOOKALIKES = str.maketrans("aceopxyëkmthbё", "асеорхуекмтнве")
FILLERS = frozenset({"и", "в", "по", "для", "организации", "учреждения", "организация", "of", "the"})


@dataclass(frozen=True)
class Match:
    """What a column is. `field`: None if nothing fits; `also`: the second field of a heading like «ИНН/КПП».

    `score`: 0 to 1. `why`: "remembered", "same", "similar" or "". `others`: further candidates with scores, best first.
    """

    column: int
    name: str
    field: str | None
    score: float
    why: str
    also: str = ""
    others: tuple[tuple[str, float], ...] = ()


@dataclass
class Vocabulary:
    """All names of all fields. `labels`: field → its names, the best first."""

    labels: Mapping[str, Iterable[str]]
    exact: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)
    stems: dict[str, list[frozenset[str]]] = field(init=False, default_factory=dict)
    guesses: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, labels in self.labels.items():
            for label in labels:
                for one in (key(label), key(bare(label))):
                    self.exact.setdefault(one, (name,))
                self.stems.setdefault(name, []).append(self.stem(label, brackets=True))
        for label, names in PAIRS.items():
            if set(names) <= set(self.labels):
                self.exact[key(label)] = names
        self.exact.pop("", None)
        self.words = sorted({stem for sets in self.stems.values() for one in sets for stem in one})

    def knows(self, name: str) -> bool:
        """Is it the name of a field, as it stands or but for brackets, levels, endings and order?"""
        found = self.ranked(name, guess=False)
        return bool(found) and found[0][1] >= REORDERED

    def find(self, name: str) -> tuple[str, ...]:
        """The fields (one, two for a pair, none) of a name that is known exactly, but for brackets."""
        return self.exact.get(key(name)) or self.exact.get(key(bare(name))) or ()

    def ranked(self, name: str, guess: bool = True) -> list[tuple[tuple[str, ...], float]]:
        """Fields with scores, best first. `guess`: also correct typing errors."""
        name = name[:LONGEST]
        if found := self.exact.get(key(name)):
            return [(found, 1.0)]
        ranks = {found: SURE for one in (bare(name), name.rpartition(JOINT)[2]) if (found := self.exact.get(key(one)))}
        whole = self.stem(name, guess, brackets=True)
        for one, labels in self.stems.items():
            if whole in labels:
                ranks[(one,)] = max(WORDED, ranks.get((one,), 0))
            best = max(likeness(self.stem(name, guess), label) for label in labels)
            if best >= POSSIBLE:
                ranks.setdefault((one,), best * REORDERED)
        return sorted(ranks.items(), key=lambda rank: -rank[1])

    def stem(self, name: str, guess: bool = False, brackets: bool = False) -> frozenset[str]:
        """The name's words without endings, those in `brackets` too; fillers only where there is nothing else."""
        words = key(name if brackets else bare(name)).split()
        told = [word for word in words if word not in FILLERS] or words
        return frozenset(self.nearest(word[:STEM]) if guess else word[:STEM] for word in told)

    def nearest(self, stem: str) -> str:
        """The known stem that was probably meant."""
        if stem in self.guesses or len(self.guesses) >= GUESSED or len(stem) < 4:
            return self.guesses.get(stem, stem)
        self.guesses[stem] = next(iter(get_close_matches(stem, self.words, 1, 0.75)), stem)
        return self.guesses[stem]


def match(names: Sequence[str], words: Vocabulary, remembered: Sequence[str | None] | None = None) -> list[Match]:
    """What each column is; a field is given once, to the column that fits best. As many matches as `names`, in their order.

    `remembered`: what a person chose for a file with this `signature`, one field or None for each column; it wins.
    """
    ranks = [words.ranked(name) if name else [] for name in names]
    chosen = dict(recalled(names, words, remembered or ()))
    used = {one.field for one in chosen.values()}
    found = [(score, at, fields) for at, rank in enumerate(ranks) if at not in chosen for fields, score in rank]
    for score, at, fields in sorted(found, key=lambda one: (-one[0], one[1])):
        if at not in chosen and score >= LIKELY and not used & set(fields):
            used.update(fields)
            others = tuple((one[0], rest) for one, rest in ranks[at] if one != fields)
            also = fields[1] if len(fields) > 1 else ""
            chosen[at] = Match(at, names[at], fields[0], score, "same" if score >= SURE else "similar", also, others)
    rest = {
        at: Match(at, name, None, 0, "", others=tuple((one[0], score) for one, score in ranks[at]))
        for at, name in enumerate(names)
        if at not in chosen
    }
    return [(chosen | rest)[at] for at in range(len(names))]


def recalled(names: Sequence[str], words: Vocabulary, remembered: Sequence[str | None]) -> Iterable[tuple[int, Match]]:
    """The remembered columns, as far as their fields still exist."""
    for at, (name, one) in enumerate(zip(names, remembered, strict=False)):
        if one is None or one in words.labels:
            also = words.find(name)[1] if one and words.find(name)[:1] == (one,) and len(words.find(name)) > 1 else ""
            yield at, Match(at, name, one, 1.0, "remembered", also)


def signature(names: Sequence[str]) -> str:
    """A heading's fingerprint, 32 signs: the same for the same names in the same order, whatever their case and spaces."""
    return hashlib.sha256("\x1f".join(key(name) for name in names).encode()).hexdigest()[:32]


def taken(matches: Sequence[Match], cells: Sequence[str]) -> dict[str, str]:
    """A row's texts by field; a pair's cell is divided. Empty cells are "", columns without a field are left out."""
    values: dict[str, str] = {}
    for one in matches:
        if one.field:
            text = cells[one.column] if one.column < len(cells) else ""
            values.update(divided((one.field, one.also), text) if one.also else {one.field: text})
    return values


def divided(fields: tuple[str, ...], text: str) -> dict[str, str]:
    """Two values in one cell: «3808023117/380801001», «директор Иванова А. А.»."""
    parts = [one.strip() for one in re.split(r"[/\\|;,\n]", text, maxsplit=1)]
    if len(parts) == 1 and "inn" in fields:
        parts = text.split(maxsplit=1)
    return dict(zip(fields, [*parts, "", ""], strict=False))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's measure: 1 for the same words, 0 for none in common."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0


def key(name: str) -> str:
    """A name's words: small letters, ё as е, Latin letters that look like Russian ones as those, no punctuation."""
    text = re.sub(r"(?<=\w)\.(?=\w\.)", "", name.lower().replace("№", " номер "))
    return " ".join(re.findall(r"[^\W_]+", text.translate(LOOKALIKES)))


def bare(name: str) -> str:
    """The name without what stands in brackets, if anything is left."""
    rest = re.sub(r"\([^()]*\)?", " ", name)
    return rest if key(rest) else name
