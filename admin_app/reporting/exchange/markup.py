"""XML from outside, read by expat piece by piece, with a bound on everything that could grow.

Document type declarations are refused, so there are no entities to expand or fetch. A single tag is bounded too: expat keeps an
unfinished one whole and, before version 2.6, reads it again with every piece.
"""

from collections.abc import Iterable, Iterator
from xml.parsers import expat  # a declaration is refused before expat sees an entity

from flask_babel import gettext as _

from admin_app.reporting.refusal import Refused

MAX_TAG = 1_000_000  # bytes of one unfinished tag: the longest real one, a root with forty namespaces, has 3 kB
MAX_DEPTH = 200  # Word nests about 30 deep


class Walker:
    """What happens at tags and text; names come with their prefix (`w:p`), see `local`."""

    depth = 0

    def open(self, _name: str, _attributes: dict[str, str], /) -> None:
        """A tag begins."""
        self.depth += 1

    def close(self, _name: str, /) -> None:
        """A tag ends."""
        self.depth -= 1

    def text(self, _data: str, /) -> None:
        """A piece of text."""


def local(name: str) -> str:
    """The name without its prefix: office programs agree on names, not on prefixes."""
    return name.rpartition(":")[2]


class Index(Walker):
    """Collects the attributes of all elements with certain names."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.found: list[tuple[str, dict[str, str]]] = []

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if local(name) in self.names:
            self.found.append((local(name), {local(key): value for key, value in attributes.items()}))


def walk(pieces: Iterable[bytes], walker: Walker) -> Iterator[None]:
    """Feed the pieces to the walker; stop after each, so that what it found can be taken away.

    Raises Refused for broken XML, declarations, giant tags and endless nesting.
    """
    parser = parser_for(walker)
    fed = 0
    for piece in pieces:
        parse(parser, piece, False)
        fed += len(piece)
        if fed - max(parser.CurrentByteIndex, 0) > MAX_TAG or walker.depth > MAX_DEPTH:
            raise Refused(_("The file's inside is not what an office program writes. Nothing has been read."))
        yield
    parse(parser, b"", True)
    yield


def read(pieces: Iterable[bytes], walker: Walker) -> None:
    """Walk to the end."""
    for _none in walk(pieces, walker):
        pass


def parser_for(walker: Walker) -> expat.XMLParserType:
    """A parser that refuses declarations and tells the walker the rest."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.open
    parser.EndElementHandler = walker.close
    parser.CharacterDataHandler = walker.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.XmlDeclHandler = check_encoding
    return parser


def refuse(*_declaration: object) -> None:
    """No office program writes a declaration."""
    raise Refused(_("The file's inside declares entities, as no office program does. Nothing has been read."))


def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    """Office programs write UTF-8, rarely UTF-16; others would be read by Python's codecs, some of which hide tags."""
    if encoding and encoding.lower() not in {"utf-8", "utf-16", "us-ascii"}:
        raise Refused(_("The file's inside is not what an office program writes. Nothing has been read."))


def parse(parser: expat.XMLParserType, piece: bytes, last: bool) -> None:
    """One piece; broken XML is refused."""
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        raise Refused(_("The file is damaged: its inside can't be read.")) from error
