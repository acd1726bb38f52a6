"""The commands, as an administrator types them; each mistake is one sentence and exit code 1."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from admin_app import backup
from models import Campaign, Classifier, FormVersion, Membership, Organization, OrganizationFact, Report, User

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, context: None) -> Run:
    """`run("load-lists")`: the command inside the test's transaction."""
    return lambda *arguments, typed=None: app.test_cli_runner().invoke(args=list(arguments), input=typed)


# ── Lists, forms, organizations, people, campaigns ───────────────────────────────────────────────────────────────────


def test_load_lists_twice_changes_nothing(run: Run, plain: Session) -> None:
    assert run("load-lists").exit_code == 0
    assert run("load-lists").output == "Items added: 0.\n"
    assert plain.scalar(select(func.count(Classifier.id))) == 10


def test_load_forms_twice_changes_nothing(run: Run, plain: Session) -> None:
    for _ in range(2):
        done = run("load-forms")
        assert done.exit_code == 0, done.output
    assert plain.scalar(select(func.count(FormVersion.id))) == 2


def test_a_form_with_mistakes_says_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("form: X\nsections: 5\n")
    done = run("load-forms", str(path))
    assert done.exit_code == 1
    assert done.output.startswith("Error: ")


ROWS = 'sections: [{section: "1", title: Т, columns: "1 П | name\\n2 № | code\\n3 З", rows: "01 А%s"}]'
HOSTILE = {
    "not YAML": b"form: [",
    "objects": b"!!python/object/apply:os.system ['true']",
    "bytes": b"\xc8\xff\x00",
    "nothing": b"",
    "a list": b"- 1",
    "a long code": f"form: {'Ф' * 90}\ntitle: Т\n{ROWS % ''}".encode(),
    "an unknown periodicity": f"form: Ф\ntitle: Т\nperiodicity: вчера\n{ROWS % ''}".encode(),
    "an unknown field": f"form: Ф\ntitle: Т\n{ROWS % ' | text | = card.password'}".encode(),
    "a file from elsewhere": f"form: Ф\ntitle: Т\ndictionaries: {{a: </etc/passwd}}\n{ROWS % ''}".encode(),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_is_no_form_is_one_sentence(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(content)
    done = run("load-forms", str(path))
    assert done.exit_code == 1, done.output
    assert done.output.startswith("Error: ")
    assert len(done.output.splitlines()) == 1


TAKES = "form: БЕРЁТ\ntitle: Т\nperiodicity: year\n" + ROWS % " | = {[ДАЁТ]:[1][1][3]}"
GIVES = f"form: ДАЁТ\ntitle: Т\nperiodicity: year\n{ROWS % ''}"


def test_a_form_takes_from_one_that_is_there(run: Run, plain: Session, tmp_path: Path) -> None:
    """In whatever order the two are loaded together; alone, or where the cell is missing, it is refused."""
    takes, gives = tmp_path / "a.yaml", tmp_path / "b.yaml"
    takes.write_text(TAKES, "utf-8")
    gives.write_text(GIVES.replace("01 А", "02 А"), "utf-8")
    for files, word in (([takes], "form ДАЁТ, which is not published"), ([takes, gives], "form ДАЁТ doesn't have: 1/1/3")):
        done = run("load-forms", *map(str, files))
        assert (done.exit_code, done.output.count("\n"), word in done.output) == (1, 1, True), done.output
        assert plain.scalar(select(func.count(FormVersion.id))) == 0
    done = run("load-forms", "--draft", str(takes))
    assert (done.exit_code, "Warning: БЕРЁТ: 1/01/3" in done.stderr) == (0, True), done.output
    gives = tmp_path / "c.yaml"  # a form's file is read once
    gives.write_text(GIVES, "utf-8")
    done = run("load-forms", str(takes), str(gives))
    assert (done.exit_code, done.output.count("Published")) == (0, 2), done.output


def test_commands_speak_one_language(run: Run) -> None:
    """Also where a verb refuses; what they write down is in the product's."""
    done = run("open-campaign", "ОО-1", "2031-10-01", "--deadline", "2030-10-15") if run("load-forms") else None
    assert done is not None
    assert done.output == "Error: The deadline is before the period begins.\n"


def test_create_admin(run: Run, plain: Session) -> None:
    answers = ["--login", "chief", "--email", "chief@modo.example", "--surname", "Главный", "--name", "Пётр"]
    done = run("create-admin", *answers, typed="Long-secret-2026\nLong-secret-2026\n")
    assert done.exit_code == 0, done.output
    user = plain.scalars(select(User).where(User.username == "chief")).one()
    assert user.confirmed_at is not None
    assert plain.scalar(select(func.count(Membership.id)).where(Membership.user_id == user.id)) == 2


def test_a_second_admin_of_the_same_name(run: Run) -> None:
    answers = [
        "--login",
        "admin",
        "--email",
        "x@modo.example",
        "--surname",
        "Второй",
        "--name",
        "Пётр",
        "--password",
        "Long-secret-2026",
    ]
    done = run("create-admin", *answers)
    assert (done.exit_code, done.output.count("\n")) == (1, 1)


def test_open_campaign(run: Run, plain: Session) -> None:
    run("load-forms")
    done = run("open-campaign", "ОО-1", "2031-10-01", "--kind", "school_year", "--deadline", "15.10.2031")
    assert done.exit_code == 0, done.output
    campaign = plain.scalars(select(Campaign).where(Campaign.title == "ОО-1, 2031/2032 учебный год")).one()
    assert plain.scalar(select(func.count(Report.id)).where(Report.campaign_id == campaign.id)) == 3


def test_opening_again_moves_the_deadline_and_nobody_who_files_or_reviews(run: Run, plain: Session) -> None:
    run("load-forms")
    words = ["open-campaign", "ОО-1", "2031-10-01", "--deadline"]
    run(*words, "2031-10-15", "--reviewer", "municipality", "--reviewer", "region", "--title", "Наш")
    assert run(*words, "2031-11-15").exit_code == 0
    campaign = plain.scalars(select(Campaign).where(Campaign.title == "Наш")).one()
    assert (str(campaign.deadline), campaign.review_levels) == ("2031-11-15", ["municipality", "region"])


@pytest.mark.parametrize("other", [["--who", "branch"], ["--reviewer", "region"], ["--type", "school"]])
def test_opening_again_with_others_is_refused(run: Run, plain: Session, other: list[str]) -> None:
    """What was asked for is not passed over in silence; the same again is no mistake."""
    run("load-lists")
    run("load-forms")
    words = ["open-campaign", "ОО-1", "2031-10-01", "--deadline"]
    run(*words, "2031-10-15")
    done = run(*words, "2031-11-15", *other)
    assert (done.exit_code, done.output.count("\n"), other[0] in done.output) == (1, 1, True), done.output
    assert str(plain.scalars(select(Campaign.deadline)).one()) == "2031-10-15"
    assert run(*words, "2031-11-15", "--who", "organization", "--reviewer", "municipality").exit_code == 0


@pytest.mark.parametrize("arguments", [["ОО-9", "2031-10-01"], ["ОО-1", "2031-10-01", "--type", "zoo"]])
def test_a_campaign_of_nothing(run: Run, arguments: list[str]) -> None:
    run("load-lists")
    run("load-forms")
    done = run("open-campaign", *arguments, "--deadline", "2031-10-15")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert arguments[-1] in done.output or "ОО-9" in done.output


def test_import_organizations(run: Run, plain: Session, tmp_path: Path) -> None:
    run("load-lists")
    path = tmp_path / "new.csv"
    row = "Школа из файла;Школа из файла;organization;Управление образования Иркутска;school"
    path.write_text(f"short_name;full_name;level;parent;type\n{row}\n", "utf-8")
    assert run("import-organizations", str(path), "--dry-run").output == "Would be added: 1, changed: 0.\n"
    assert plain.scalar(select(Organization).where(Organization.short_name == "Школа из файла")) is None
    said = run("import-organizations", str(path)).output
    assert said.startswith("Added: 1, changed: 0.\n")
    assert "/admin/event/batch/?batch=" in said


def test_import_organizations_since_a_day(run: Run, plain: Session, tmp_path: Path) -> None:
    run("load-lists")
    path = tmp_path / "names.csv"
    path.write_text("inn;kpp;full_name\n3899000019;389901001;Школа номер один\n", "utf-8")
    both = run("import-organizations", str(path), "--from-day", "2031-09-01", "--correction")
    assert (both.exit_code, "either" in both.output) == (2, True)
    assert run("import-organizations", str(path), "--from-day", "вчера").exit_code == 2
    said = run("import-organizations", str(path), "--from-day", "01.09.2031").output
    assert said.startswith("Added: 0, changed: 1 (planned for 2031-09-01).\n")
    plan = plain.scalars(select(OrganizationFact).where(OrganizationFact.planned)).one()
    assert (plan.field, plan.value, plan.since) == ("full_name", "Школа номер один", date(2031, 9, 1))
    assert run("import-organizations", str(path), "--correction").output.startswith("Added: 0, changed: 1.\n")


# ── Backup ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def empty(server_url: str) -> Engine:
    """An empty database."""
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE restored TEMPLATE template0"))
    admin.dispose()
    return create_engine(server_url.replace("/postgres?", "/restored?"))


def counts(engine: Engine) -> list[int]:
    """How much there is."""
    tables = ("organization", "public.user", "membership", "event", "jobs.procrastinate_jobs")
    with engine.connect() as connection:
        return [connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables]  # noqa: S608  # names above


def policies(engine: Engine) -> int:
    """How many row-level policies guard it, of roles that may read."""
    query = "SELECT count(*) FROM pg_policies WHERE has_table_privilege(roles[1], quote_ident(tablename), 'SELECT')"
    with engine.connect() as connection:
        return connection.scalar(text(query)) or 0


def test_a_backup_comes_back(database: Engine, empty: Engine, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "ab").mkdir(parents=True)
    (files / "ab" / "attachment").write_bytes(b"\x00bytes")
    archive = tmp_path / "modo.tar"
    assert backup.back_up(database, files, archive) == archive.stat().st_size
    backup.restore(empty, tmp_path / "elsewhere", archive)
    assert counts(empty) == counts(database)
    assert (tmp_path / "elsewhere" / "ab" / "attachment").read_bytes() == b"\x00bytes"
    with pytest.raises(backup.Failed, match="--replace"):
        backup.restore(empty, files, archive)
    backup.restore(empty, files, archive, replace=True)
    assert counts(empty) == counts(database)
    assert policies(empty) == policies(database) != 0
    empty.dispose()


@pytest.mark.parametrize("kind", ["text", "tar without a dump", "half"])
def test_a_damaged_backup_changes_nothing(database: Engine, tmp_path: Path, kind: str) -> None:
    archive, before = tmp_path / "modo.tar", counts(database)
    if kind == "text":
        archive.write_text("no backup")
    else:
        backup.back_up(database, tmp_path / "none", archive)
        whole = archive.read_bytes()
        archive.write_bytes(whole.replace(b"database.dump", b"database.none", 1) if kind != "half" else whole[: len(whole) // 2])
    with pytest.raises(backup.Failed):
        backup.restore(database, tmp_path / "files", archive, replace=True)
    assert counts(database) == before
