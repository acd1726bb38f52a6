"""Forms: loaded from documents, drafted, published for good, compiled once."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from admin_app.reporting import forms
from admin_app.reporting.formula import FormError
from admin_app.reporting.refusal import Refused
from models import Event, Form, FormVersion, PeriodKind, VersionState
from tests.reports import DOCUMENT

BROKEN: dict[str, Any] = {
    **DOCUMENT,
    "sections": [{**DOCUMENT["sections"][0], "checks": "1 error {[9][9][9]} = 1\n  Нет такого"}],
}


def changed(title: str) -> dict[str, Any]:
    """The document with another title: another edition."""
    return {**deepcopy(DOCUMENT), "title": title}


def test_a_document_becomes_a_published_version(session: Session, as_: Any) -> None:
    with as_("central"):
        version = forms.load_form(session, DOCUMENT)
        assert (version.number, version.state, version.label) == (1, VersionState.PUBLISHED, "редакция 2025 года")
        assert (version.form.code, version.form.periodicity) == ("ТЕСТ", PeriodKind.SCHOOL_YEAR)
        assert version.published_at is not None
        assert forms.program(version).form.title == "Небольшая форма"


def test_loading_the_same_document_again_changes_nothing(session: Session, as_: Any) -> None:
    with as_("central"):
        first = forms.load_form(session, DOCUMENT)
        assert forms.load_form(session, deepcopy(DOCUMENT)) is first
        second = forms.load_form(session, changed("Другая"))
        assert (second.form_id, second.number) == (first.form_id, 2)


def test_mistakes_are_all_told_and_nothing_is_published(session: Session, as_: Any) -> None:
    with as_("central"):
        with pytest.raises(FormError) as refused:
            forms.load_form(session, BROKEN)
        assert refused.value.problems
        assert session.scalars(select(FormVersion.id)).all() == []


def test_a_draft_keeps_its_mistakes_until_publication(session: Session, as_: Any) -> None:
    with as_("central"):
        version = forms.load_form(session, DOCUMENT, publish=False)
        assert version.state is VersionState.DRAFT
        assert any("9" in sentence for sentence in forms.save_draft(session, version, BROKEN))
        with pytest.raises(FormError):
            forms.publish_version(session, version)
        assert forms.save_draft(session, version, changed("Исправленная")) == []
        assert forms.publish_version(session, version).state is VersionState.PUBLISHED
        kinds = session.scalars(select(Event.kind).where(Event.subject_type == "form_version").order_by(Event.id)).all()
        assert [kind for kind in kinds if kind.startswith("form.")] == ["form.drafted", "form.published"]


def test_a_published_version_never_changes(session: Session, as_: Any) -> None:
    with as_("central"):
        version = forms.load_form(session, DOCUMENT)
        with pytest.raises(Refused):
            forms.save_draft(session, version, changed("Иначе"))
        with pytest.raises(Refused):
            forms.publish_version(session, version)
        version.document = changed("Тайком")
        with pytest.raises(DBAPIError):
            session.flush()


def test_a_document_of_another_form_is_not_published_under_this_one(session: Session, as_: Any) -> None:
    with as_("central"):
        form = Form(code="ИНАЯ", title="Иная", periodicity=PeriodKind.YEAR)
        session.add(form)
        session.flush()
        with pytest.raises(Refused):
            forms.publish_version(session, forms.draft(session, form, DOCUMENT))


def test_retiring_ends_a_published_version_only(session: Session, as_: Any) -> None:
    with as_("central"):
        version = forms.load_form(session, DOCUMENT)
        forms.retire(session, version)
        assert version.state is VersionState.RETIRED
        with pytest.raises(Refused):
            forms.retire(session, version)


@pytest.mark.parametrize("who", ["irkutsk", "school1", "support", "auditor", "newcomer"])
def test_only_the_centre_makes_forms(session: Session, as_: Any, who: str) -> None:
    with as_(who), pytest.raises(Refused):
        forms.load_form(session, DOCUMENT)


def test_code_and_script_are_kept_as_files(session: Session, as_: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "shelf", forms.Shelf())
    forms.keep_in(tmp_path / "compiled")
    with as_("central"):
        version = forms.load_form(session, DOCUMENT)
        path = forms.script(version)
        text = path.read_text("utf-8")
        assert path.suffix == ".js"
        assert "export" in text
        assert "eval" not in text
        path.write_text("not to be written again", "utf-8")
        assert forms.script(version).read_text("utf-8") == "not to be written again"
        assert [file for file in (tmp_path / "compiled").iterdir() if file.suffix not in (".js", ".part")], "the code is kept too"


def test_the_least_used_programs_leave_the_process(session: Session, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "shelf", forms.Shelf())
    monkeypatch.setattr(forms, "PROGRAMS", 2)
    with as_("central"):
        versions = [forms.load_form(session, changed(str(number))) for number in range(3)]
        programs = [forms.program(version) for version in versions]
        assert list(forms.shelf.programs) == [version.digest for version in versions[1:]]
        assert forms.program(versions[2]) is programs[2]
