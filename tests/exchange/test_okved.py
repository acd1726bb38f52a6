"""Activities in one cell: which is the main one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_app.reporting.exchange import okved

CELLS = {
    "85.21": ("85.21", []),
    "85.14 (основной); 85.12, 85.41 (дополнительные)": ("85.14", ["85.12", "85.41"]),
    "Основной – 85.14, дополнительные – 85.12, 85.41": ("85.14", ["85.12", "85.41"]),
    "Основной: 85.14\nДополнительные: 85.12\n85.41.9": ("85.14", ["85.12", "85.41.9"]),
    "Дополнительные:\n85.12\n85.41\nОсновной:\n85.14": ("85.14", ["85.12", "85.41"]),
    "85.12 (дополнительный), 85.14 (основной), 85.41 (доп.)": ("85.14", ["85.12", "85.41"]),
    "85.14 - основной; 85.12; 85.41": ("85.14", ["85.12", "85.41"]),
    "85.14 осн.\n85.41 доп.": ("85.14", ["85.41"]),
    "85.14 (основное) 85.12 (дополнительно)": ("85.14", ["85.12"]),
    "85.14, 85.12, 85.14": ("85.14", ["85.12"]),
    "85.13 Образование основное общее; 85.41 Образование дополнительное детей и взрослых": ("85.13", ["85.41"]),
    "85.41.9 Образование дополнительное прочее, 85.13 Образование основное общее": ("85.41.9", ["85.13"]),
    "дополнительный 85.41": (None, ["85.41"]),
    "85": ("85", []),
    "85,14": ("85.14", []),
    "85. 14": ("85.14", []),
    "ОКВЭД 2 (ОК 029-2014, ред. от 01.02.2020): 85.14": ("85.14", []),
    "лицей № 36": (None, []),
    "": (None, []),
}


@pytest.mark.parametrize("text", CELLS)
def test_main_and_additional(text: str) -> None:
    found = okved.split(text)
    assert (found.main.code if found.main else None, [one.code for one in found.additional]) == CELLS[text]


def test_titles_are_kept() -> None:
    found = okved.split(
        "Основной вид: 85.13 Образование основное общее. Дополнительные: 85.41 – Образование дополнительное детей"
    )
    assert found.main == okved.Activity("85.13", "Образование основное общее")
    assert found.additional == (okved.Activity("85.41", "Образование дополнительное детей"),)


def test_words_without_codes_are_kept_for_a_search() -> None:
    assert okved.split(" среднее общее образование ").rest == "среднее общее образование"


@settings(deadline=None)  # other processes share the machine
@given(
    st.lists(st.from_regex(r"\A[0-9]{2}\.[0-9]{1,2}\Z"), min_size=1, max_size=6, unique=True),
    st.sampled_from([", ", "; ", "\n", " ", " / ", " и "]),
)
def test_any_codes_with_any_separator_are_all_found(codes: list[str], separator: str) -> None:
    assert list(okved.split(separator.join(codes)).codes) == codes


@settings(deadline=None)  # other processes share the machine
@given(st.text("8514.осндп ;,()\n-", max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = okved.split(text)
    assert len(set(found.codes)) == len(found.codes)
