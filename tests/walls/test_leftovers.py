"""Nothing lies about that nobody uses: icons, colours and sizes, class names of style sheets, macros, scripts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC, TEMPLATES = ROOT / "views" / "static", ROOT / "views" / "templates"
SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL) for path in (STATIC / "css").glob("*.css")
}
SCRIPTS = {path.name: path.read_text("utf-8") for path in (STATIC / "js").rglob("*.js")}
PAGES = {path: path.read_text("utf-8") for path in TEMPLATES.rglob("*.*")}
CODE = [path.read_text("utf-8") for folder in ("views", "admin_app") for path in (ROOT / folder).rglob("*.py")]
EVERYTHING = "\n".join([*SCRIPTS.values(), *PAGES.values(), *CODE])
COUNTED = re.compile("[a-z][0-9]|[cw]-[a-z]+")  # made of a letter and a depth, a size or a width: "i2", "c-xl", "w-few"


def used(word: str, where: str = EVERYTHING) -> bool:
    """Does the word stand there by itself?"""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", where) is not None


def test_every_icon_is_shown() -> None:
    icons = re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text("utf-8"))
    assert len(icons) > 20
    unused = [icon for icon in icons if not re.search(rf"[\"'#]{icon}[\"'&]", EVERYTHING)]
    assert not unused, f"take {unused} out of icons.svg"


def test_every_token_is_used_and_known() -> None:
    sheets = "\n".join(SHEETS.values())
    known, wanted = set(re.findall(r"(--[\w-]+)\s*:", sheets)), set(re.findall(r"var\((--[\w-]+)", sheets))
    assert not [name for name in known - wanted if not used(name)], "take it out of tokens.css"
    assert not [name for name in wanted - known if not used(name)], "tokens.css doesn't know it"


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_every_class_of_a_style_sheet_is_on_some_page(sheet: str) -> None:
    selectors = re.sub(r"\{[^{}]*\}", "{}", SHEETS[sheet])
    names = set(re.findall(r"[.#]([a-zA-Z][\w-]*)", selectors))
    assert [name for name in sorted(names) if not used(name) and not COUNTED.fullmatch(name)] == []


def test_every_macro_is_called() -> None:
    macros = {name for page in PAGES.values() for name in re.findall(r"{%-? *macro (\w+)", page)}
    assert [name for name in macros if not re.search(rf"(?<!macro )\b{name}\b", EVERYTHING)] == []


def test_every_script_and_what_it_gives_away_is_wanted() -> None:
    assert [name for name in SCRIPTS if name not in EVERYTHING] == []
    everything = "\n".join(SCRIPTS.values())
    given = re.findall(r"export (?:async )?(?:function\*?|const|let|class) (\w+)", everything)
    assert [name for name in given if len(re.findall(rf"\b{name}\b", everything)) < 2] == []
