"""Made-up people and organizations with names as they sound in the region."""

from dataclasses import dataclass
from random import Random

from admin_app.reporting import codes

SURNAMES = (
    "Андреев Антипин Бархатов Белобородов Березовский Бобров Большаков Брянцев Бутаков Васильев Верхозин Воробьёв Воронин Вологжин "
    "Гаврилов Горбунов Грищенко Данилов Дружинин Дьячков Елизаров Ермаков Жданов Журавлёв Завьялов Зверев Зимин Золотарёв Иванов "
    "Игнатьев Ильин Казанцев Карнаухов Кириллов Климов Комаров Константинов Корнилов Кузнецов Куклин Лебедев Литвинцев Лобанов "
    "Макаров Мальцев Медведев Меркурьев Михайлов Москвитин Наумов Непомнящих Нечаев Николаев Новиков Орлов Павлов Парфёнов Перфильев "
    "Петров Погодаев Полуэктов Попов Распопин Романов Рыков Савельев Сафонов Семёнов Серебренников Сидоров Соколов Степанов Суворов "
    "Тарасов Тирских Токарев Третьяков Тюменцев Уваров Ушаков Федосеев Филатов Фролов Хамаганов Хлебников Чернов Чупров Шаманов Шелковников "
    "Широков Щапов Юрьев Яковлев"
).split()
WOMEN = (
    "Александра Алёна Анастасия Анна Валентина Валерия Вера Виктория Галина Дарья Евгения Екатерина Елена Елизавета Зоя Инна Ирина "
    "Ксения Лариса Лидия Любовь Людмила Марина Мария Надежда Наталья Нина Оксана Ольга Полина Раиса Светлана София Тамара Татьяна Юлия"
).split()
MEN = "Александр Алексей Андрей Виктор Владимир Дмитрий Евгений Иван Игорь Максим Михаил Николай Олег Павел Роман Сергей".split()
FATHERS = (
    "Александров Алексеев Анатольев Андреев Валентинов Валерьев Викторов Владимиров Геннадьев Григорьев Иванов Константинов Михайлов "
    "Николаев Олегов Павлов Петров Романов Сергеев Степанов Фёдоров Юрьев"
).split()
INVARIABLE = ("их", "ых", "ко")

VILLAGES = (
    "Берёзовка Боровое Бурнинская Верхний_Яр Верхняя_Речка Гора_Ясная Дальний_Лог Еловка Заречье Зелёная_Горка Каменка "
    "Кедровка Ключи Красный_Бор Листвянка_Малая Лугавка Малая_Заимка Мостовка Нагорное Новая_Заря Новоалексеевка Новосёлово Озёрное Ольховка "
    "Осиновка Отрадное Петровское Подгорное Подсосново Покровка Раздолье Речка_Светлая Рябиновка Северный Сосновка Сосновый_Ключ Степное "
    "Таловка Тальцы_Малые Таёжный Троицкое Усть-Каменка Хвойный Холмогорка Черёмушки Шиткино_Малое Юбилейный Ягодное Ясная_Поляна"
).split()
FLOWERS = (
    "Алёнушка Берёзка Брусничка Василёк Звёздочка Золотой_ключик Колокольчик Колосок Кораблик Лесная_сказка Лучик Малышок Радуга Ромашка "
    "Росинка Рябинка Светлячок Сибирячок Солнышко Теремок Улыбка Чебурашка"
).split()
TRADES = (
    "авиастроения", "аграрных технологий", "архитектуры и строительства", "горного дела", "индустрии питания", "информационных технологий",
    "лесной промышленности", "машиностроения", "медицинской техники", "педагогического образования", "речного транспорта",
    "сервиса и торговли", "транспорта", "целлюлозно-бумажной промышленности", "электроэнергетики", "железнодорожного транспорта",
)  # fmt: skip
STREETS = (
    "Байкальская Весенняя Гагарина Декабристов Зелёная Комсомольская Лесная Ленина Мира Молодёжная Набережная Новая Октябрьская "
    "Первомайская Полевая Пушкина Садовая Советская Солнечная Строителей Трудовая Центральная Школьная Энергетиков Юбилейная"
).split()


@dataclass(frozen=True)
class Human:
    """A made-up person."""

    surname: str
    name: str
    patronymic: str

    @property
    def full(self) -> str:
        """Фамилия Имя Отчество."""
        return f"{self.surname} {self.name} {self.patronymic}"


def human(luck: Random, woman: bool | None = None) -> Human:
    """Somebody who works in education: mostly women."""
    woman = luck.random() < 0.85 if woman is None else woman
    surname, father = luck.choice(SURNAMES), luck.choice(FATHERS)
    if not woman:
        return Human(surname, luck.choice(MEN), f"{father}ич")
    return Human(feminine(surname), luck.choice(WOMEN), f"{father}на")


def feminine(surname: str) -> str:
    """The surname of his sister."""
    if surname.endswith(INVARIABLE):
        return surname
    return f"{surname[:-2]}ая" if surname.endswith("ий") else f"{surname}а"


def village(luck: Random) -> str:
    """A settlement that is on no map of the region."""
    return luck.choice(VILLAGES).replace("_", " ")


def street(luck: Random) -> str:
    """A street and a house."""
    return f"ул. {luck.choice(STREETS)}, д. {luck.randint(1, 99)}"


def checked(kind: str, beginning: str) -> str:
    """The code of this kind that begins so: with the check digit that fits."""
    return next(code for digit in range(10) if codes.reason(kind, code := f"{beginning}{digit}") is None)


def numbers(serial: int) -> dict[str, str]:
    """INN, KPP, OGRN and OKPO that are well formed and that nobody has: in ranges that no tax office gives out."""
    return {
        "inn": checked("inn", f"3899{serial:05}"),
        "kpp": "389901001",
        "ogrn": checked("ogrn", f"1{2 + serial % 23:02}3899{serial:05}"),
        "okpo": checked("okpo", f"98{serial:05}"),
    }
