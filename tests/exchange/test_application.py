"""The emailed application form, as people fill it in."""

import io

import pytest

from admin_app.reporting.exchange import docx
from admin_app.reporting.exchange.docx import Form
from admin_app.reporting.exchange.okved import Activity
from admin_app.reporting.refusal import Refused
from tests.exchange.files import cell, document, paragraph, table, zipped

BLANK = (
    "Сокращенное наименование организации",
    "Полное наименование организации",
    "Адрес",
    "Адрес сайта ",
    "Номер телефона",
    "Электронная почта организации",
    "ИНН",
    "ОГРН",
    "Код ОКПО",
    "ФИО (полностью) Руководителя",
    "Должность руководителя ",
    "тип организации (организация дополнительного профессионального образования, профессиональная образовательная организация,"
    " другие);",
    " организационно-правовая форма (государственная, муниципальная, негосударственная);",
    "виды деятельности организации по ОКВЭД (основной и дополнительный);",
    "правовое положение (автономное, бюджетное, казенное);",
    "тип населенного пункта (город, село);",
    "структурный уровень (самостоятельное, обособленное структурное подразделение/филиал).",
)
FILLED = {
    "short_name": "МБОУ «Лицей № 5»",
    "full_name": "Муниципальное бюджетное общеобразовательное учреждение «Лицей № 5»",
    "address": "664000, г. Иркутск, ул. Мира, 85.14",
    "site": "https://school5.example",
    "phone": "8(3952)00-00-01",
    "email": "school5@irk.example",
    "inn": "3899000019",
    "ogrn": "1213899000017",
    "okpo": "98000012",
    "head_name": "Ли Пётр",
    "head_position": "Директор",
    "type_id": "другие",
    "legal_form_id": "муниципальная",
    "okved_main_id": "85.14 (основной); 85.12, 85.41 (дополнительные)",
    "legal_position_id": "бюджетное",
    "settlement_type_id": "город",
    "structural_level_id": "самостоятельное",
}
ROWS = list(zip(BLANK, FILLED.values(), strict=True))


def forms(file: io.BytesIO, name: str = "заявка.docx") -> tuple[Form, ...]:
    return docx.read(file, name).forms


def form(*blocks: str) -> Form:
    (one,) = forms(document(*blocks))
    return one


def test_the_form_as_it_was_sent_out() -> None:
    one = form(paragraph("Инструкция для добавления организации в АИС. Куда: stat@center.example"), table(ROWS))
    assert one.values == FILLED
    assert one.activities.main == Activity("85.14")
    assert one.activities.codes == ("85.14", "85.12", "85.41")
    assert (one.source, one.empty, one.unknown) == ("заявка.docx", (), ())


def test_rows_in_another_order_missing_or_empty() -> None:
    one = form(table([*reversed(ROWS[5:]), (BLANK[0], " \xa0 ")]))
    assert one.values == {name: text for name, text in FILLED.items() if name in list(FILLED)[5:]}
    assert one.empty == ("short_name",)


def test_other_words_letters_and_numbering() -> None:
    rows = [
        ("1. НАИМЕНОВАНИЕ  (КРАТКОЕ)", "Школа"),
        ("2) Юр. адрес:", "г. Братск"),
        ("Тел.", "1-23-45"),
        ("Эл. почта", "a@b.example"),
        ("ИHH", "3899000019"),
        ("Правовое положение (казённое, бюджетное)", "казённое"),
        ("Ф.И.О. директора", "Ким А."),
        ("Тип населённого пункта", "село"),
    ]
    names = ("short_name", "address", "phone", "email", "inn", "legal_position_id", "head_name", "settlement_type_id")
    assert form(table(rows)).values == dict(zip(names, [text for _label, text in rows], strict=True))


def test_a_misspelt_label_is_understood() -> None:
    one = form(table([("ИНН", "3899000019"), ("Должность руковадителя", "Директор")]))
    assert one.values["head_position"] == "Директор"


def test_three_columns_with_numbers_and_notes() -> None:
    rows = [
        ("№", "Показатель", "Значение"),
        ("1", "ИНН", "3899000019"),
        ("2.", "ОГРН", "1213899000017"),
        ("3", "Вид школы", "сельская"),
    ]
    one = form(table(rows), table([("Телефон", "1-23-45", "приёмная")]))
    assert one.values == {"inn": "3899000019", "ogrn": "1213899000017", "phone": "1-23-45"}
    assert one.unknown == (("Вид школы", "сельская"), ("Телефон", "приёмная"))


def test_two_pairs_in_a_row() -> None:
    assert form(table([("ИНН", "3899000019", "ОГРН", "1213899000017")])).values == {"inn": "3899000019", "ogrn": "1213899000017"}


def test_label_and_text_in_one_cell() -> None:
    one = form(table([("ИНН: 3899000019",), ("Телефон – 8 (3952) 00-00-01",), ("ОГРН 1213899000017",), ("Адрес\nг. Братск",)]))
    assert one.values == {"inn": "3899000019", "phone": "8 (3952) 00-00-01", "ogrn": "1213899000017", "address": "г. Братск"}


def test_two_codes_under_one_label() -> None:
    assert form(table([("ИНН/КПП", "3899000019 / 389901001")])).values == {"inn": "3899000019", "kpp": "389901001"}


def test_paragraphs_in_place_of_a_table() -> None:
    one = form(
        paragraph("Добрый день! Просим добавить организацию."),
        paragraph("Полное наименование: Школа № 1"),
        paragraph("ИНН 3899000019"),
        paragraph("Должность руководителя"),
        paragraph("Директор"),
        paragraph("Адрес"),
        paragraph("Телефон:\t1-23-45"),
        paragraph("Приложение: устав"),
    )
    assert one.values == {"full_name": "Школа № 1", "inn": "3899000019", "head_position": "Директор", "phone": "1-23-45"}
    assert one.empty == ("address",)
    assert ("Приложение", "устав") in one.unknown


def test_several_forms_in_one_document() -> None:
    other = [("Телефон", "2"), ("ИНН", "3899000026"), ("Телефон", "3"), ("Наименование", "Сад")]
    found = forms(document(table([("Наименование", "Школа"), ("ИНН", "3899000019")]), paragraph("и ещё"), table(other)))
    assert [one.values["inn"] for one in found] == ["3899000019", "3899000026"]
    assert found[1].values == {"phone": "2", "inn": "3899000026", "short_name": "Сад"}
    assert found[1].unknown == (("Телефон", "3"),)


def test_a_list_with_an_organization_in_each_row() -> None:
    rows = [("№", "Наименование", "ИНН", "Телефон"), ("1", "Школа", "3899000019", ""), ("2", "Сад", "3899000026", "2")]
    found = forms(document(table(rows)))
    assert [(one.values["short_name"], one.values["inn"]) for one in found] == [("Школа", "3899000019"), ("Сад", "3899000026")]


def test_cells_merged_downwards_make_one_text() -> None:
    start, below = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    label = "виды деятельности организации по ОКВЭД"
    one = form(table([("ИНН", "1"), (cell(label, start), "85.14 основной"), (cell("", below), "85.41 дополнительный")]))
    assert one.values["okved_main_id"] == "85.14 основной\n85.41 дополнительный"
    assert one.activities.codes == ("85.14", "85.41")


def test_activities_in_two_rows() -> None:
    one = form(table([("ИНН", "1"), ("ОКВЭД основной", "85.14"), ("ОКВЭД дополнительные", "85.41, 85.14; 88.91")]))
    assert one.activities.main == Activity("85.14")
    assert one.activities.codes == ("85.14", "85.41", "88.91")


def test_what_is_struck_out_deleted_or_a_placeholder_is_not_read() -> None:
    run = '<w:p><w:r><w:t xml:space="preserve">город </w:t></w:r><w:r><w:rPr><w:strike/></w:rPr><w:t>село</w:t></w:r>'
    deleted = "<w:del><w:r><w:delText>старое</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>ушло</w:t></w:r></w:moveFrom></w:p>"
    words = "<w:p><w:r><w:t>Место для ввода</w:t></w:r></w:p>"
    hint = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{words}</w:sdtContent></w:sdt>"
    one = form(table([("ИНН", "1"), ("Тип населенного пункта", run + deleted), ("Телефон", hint)]))
    assert one.values == {"inn": "1", "settlement_type_id": "город"}
    assert one.empty == ("phone",)


def test_ticked_boxes_are_the_text() -> None:
    one = form(
        table([("ИНН", "1"), ("Тип населенного пункта", "☐ город ☒ село"), ("Правовое положение", "☐ бюджетное ☐ казенное")])
    )
    assert one.values["settlement_type_id"] == "село"
    assert "legal_position_id" not in one.values


def test_a_table_within_a_table() -> None:
    assert form(table([(cell(table([("ИНН", "3899000019")])),)])).values == {"inn": "3899000019"}


def test_nothing_filled_in_is_said() -> None:
    with pytest.raises(Refused, match="No filled application form"):
        forms(document(table([(label, "") for label in BLANK])))


def test_many_documents_in_an_archive() -> None:
    good = document(table(ROWS)).getvalue()
    parts = {
        "Заявки/школа.docx": good,
        "скан.pdf": b"%PDF-1.4",
        "__MACOSX/._x.docx": b"x",
        "~$школа.docx": b"x",
        "пустая.docx": document().getvalue(),
    }
    found = docx.read(zipped(parts), "заявки.zip")
    assert [one.source for one in found.forms] == ["Заявки/школа.docx"]
    assert [one.name for one in found.denied] == ["скан.pdf", "пустая.docx"]
    assert "PDF" in found.denied[0].sentence


@pytest.mark.parametrize("encoding", ["cp866", "utf-8"])
def test_russian_names_in_an_archive_that_does_not_say_how_they_are_written(encoding: str) -> None:
    name = "школа № 5.docx".replace("№", "N")
    raw = name.encode(encoding)
    data = zipped({"x" * len(raw): document(table(ROWS)).getvalue()}).getvalue().replace(b"x" * len(raw), raw)
    assert forms(io.BytesIO(data), "a.zip")[0].source == name


def test_further_fields_by_their_labels() -> None:
    found = docx.read(document(table([("ИНН", "1"), ("Профиль школы", "физмат")])), "a.docx", {"field_7": ["Профиль школы"]})
    assert found.forms[0].values == {"inn": "1", "field_7": "физмат"}
