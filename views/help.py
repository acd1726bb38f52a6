"""The user manual: the pages of docs/manual, one file a chapter, as the product itself shows them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, abort, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "manual"

screen = Blueprint("help", __name__, url_prefix="/help")


@dataclass(frozen=True)
class Part:
    """A heading inside a chapter: its anchor and its words."""

    anchor: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """One chapter of the manual: the name in its address, its title, its first sentence, its parts, its text as HTML."""

    name: str
    title: str
    about: str
    parts: tuple[Part, ...]
    html: str


@screen.get("")
def index() -> str:
    """All chapters."""
    return render_template("help/index.html", chapters=chapters())


@screen.get("/<name>")
def chapter(name: str) -> str:
    """One chapter, with the way to its neighbours."""
    names = [one.name for one in chapters()]
    if name not in names:
        abort(404)
    place = names.index(name)
    before, after = chapters()[place - 1] if place else None, chapters()[place + 1] if place + 1 < len(names) else None
    return render_template("help/chapter.html", chapter=chapters()[place], chapters=chapters(), before=before, after=after)


@screen.get("/img/<path:name>")
def picture(name: str) -> ResponseReturnValue:
    """A picture of the manual, made by the browser tests from the real screens."""
    return send_from_directory(FOLDER / "img", name, max_age=3600)


@cache
def chapters() -> tuple[Chapter, ...]:
    """The chapters in the order of their file names (`01-registration.md` is /help/registration)."""
    return tuple(read(path) for path in sorted(FOLDER.glob("[0-9]*.md")))


def read(path: Path) -> Chapter:
    """A chapter from its file: `# title`, a first paragraph that says what it is about, `## parts`."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(path.read_text())
    parts = tuple(anchored(tokens))
    return Chapter(
        name=path.stem.partition("-")[2],
        title=tokens[1].content,
        about=plain(tokens[4]),
        parts=parts,
        html=str(markdown.renderer.render(tokens[3:], markdown.options, {})),
    )


def anchored(tokens: list[Token]) -> list[Part]:
    """Give every `##` heading an anchor, every picture its address under /help, every table room to scroll."""
    parts: list[Part] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            parts.append(Part(f"part-{len(parts) + 1}", plain(tokens[place + 1])))
            token.attrSet("id", parts[-1].anchor)
        if token.type == "table_open":
            token.attrSet("class", "table")
        token.children = [shown(child) for child in token.children or () if child.type != "image" or drawn(child)]
    return parts


def drawn(image: Token) -> bool:
    """Has the browser run made this picture already?"""
    return (FOLDER / str(image.attrGet("src"))).is_file()


def shown(token: Token) -> Token:
    """A part of a line; a picture with its address in the product."""
    if token.type == "image":
        token.attrSet("src", f"/help/{token.attrGet('src')}")
        token.attrSet("loading", "lazy")
    return token


def plain(token: Token) -> str:
    """The words of a line of Markdown, without its marks."""
    return "".join(child.content for child in token.children or ())


def register(app: Flask, admin: Admin) -> None:  # noqa: ARG001  # every screen is registered alike
    """Add the manual; anybody may read it."""
    app.register_blueprint(screen)
