"""The structure of the dataflow: its concepts, dimensions, attributes, and the code lists that never change."""

from __future__ import annotations

from dataclasses import dataclass

AGENCY = "TOMSK"
FLOW = "TRADE"
STRUCTURE = "TRADE"
SCHEME = "CS_TRADE"
VERSION = "1.0"

UNSTATED_UNIT = "_U"
"""UNIT_MEASURE of quantities whose lines name no unit."""


@dataclass(frozen=True)
class Name:
    """A text in both languages."""

    ru: str
    en: str


@dataclass(frozen=True)
class Code:
    """One code of a code list; `parent` is the code above it."""

    id: str
    name: Name
    parent: str = ""


@dataclass(frozen=True)
class CodeList:
    id: str
    name: Name
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class Component:
    """A dimension, measure or attribute.

    codelist   id of its code list; empty for text, numbers and periods
    is_common  of an attribute: it has one value in the whole data set, else it belongs to the observation. (On
               series, `sdmx1` would take an attribute for a dimension where it has not read the structure.)
    """

    id: str
    name: Name
    codelist: str = ""
    is_common: bool = False


FREQ = Component("FREQ", Name("Периодичность", "Frequency"), "CL_FREQ")
REF_AREA = Component("REF_AREA", Name("Отчитывающаяся территория", "Reporter"), "CL_AREA")
TRADE_FLOW = Component("TRADE_FLOW", Name("Направление торговли", "Trade flow"), "CL_TRADE_FLOW")
COMMODITY = Component("COMMODITY_1", Name("Товар", "Commodity"), "CL_COMMODITY")
COUNTERPART = Component("COUNTERPART_AREA_1", Name("Партнёр", "Partner"), "CL_AREA")
TRANSFORMATION = Component("TRANSFORMATION", Name("Преобразование", "Transformation"), "CL_TRANSFORMATION")
MEASURE = Component("MEASURE", Name("Показатель", "Measure"), "CL_MEASURE")
UNIT_MEASURE = Component("UNIT_MEASURE", Name("Единица измерения", "Unit of measure"), "CL_UNIT_MEASURE")
SOURCE = Component("SOURCE", Name("Набор данных", "Dataset"), "CL_SOURCE")
TIME_PERIOD = Component("TIME_PERIOD", Name("Период", "Time period"))
OBS_VALUE = Component("OBS_VALUE", Name("Значение", "Observation value"))
UNIT_MULT = Component("UNIT_MULT", Name("Множитель единицы", "Unit multiplier"), "CL_UNIT_MULT", is_common=True)
VALUATION = Component("VALUATION", Name("Базис цен", "Valuation"), "CL_VALUATION")
OBS_STATUS = Component("OBS_STATUS", Name("Статус наблюдения", "Observation status"), "CL_OBS_STATUS")
RELEASE = Component("RELEASE", Name("Выпуск, из которого взято значение", "Release that brought the value"))

DIMENSIONS = (
    FREQ, REF_AREA, TRADE_FLOW, COMMODITY, COUNTERPART, TRANSFORMATION, MEASURE, UNIT_MEASURE, SOURCE,
)  # fmt: skip
"""In the order of the key."""
DIMENSION_IDS = tuple(dimension.id for dimension in DIMENSIONS)
ATTRIBUTES = (UNIT_MULT, VALUATION, OBS_STATUS, RELEASE)
ATTRIBUTE_IDS = tuple(attribute.id for attribute in ATTRIBUTES)
COMPONENTS = (*DIMENSIONS, TIME_PERIOD, OBS_VALUE, *ATTRIBUTES)

FLOW_NAME = Name("Внешняя торговля", "External trade")
FLOW_DESCRIPTION = Name(
    "Экспорт и импорт по партнёрам и товарам из всех наборов данных. Для всех товаров сразу выдаются итог, разделы, "
    "группы, товарные группы (2 знака) и коды строк; названный код складывается из его строк. Чего источник не "
    "сообщает, того нет среди наблюдений.",
    "Export and import by partner and commodity from all datasets. A wildcard for commodities gives the total, "
    "sections, groups, chapters and the codes of the lines; a code that is named is the sum of its lines. What a "
    "source does not state is no observation.",
)
SCHEME_NAME = Name("Понятия статистики торговли", "Concepts of trade statistics")
STRUCTURE_NAME = Name("Структура статистики торговли", "Structure of trade statistics")
CONSTRAINT_NAME = Name("Имеющиеся данные", "Data available")

FIXED_LISTS = (
    CodeList(
        "CL_FREQ",
        Name("Периодичность", "Frequency"),
        (
            Code("M", Name("Месяц", "Monthly")),
            Code("Q", Name("Квартал", "Quarterly")),
            Code("S", Name("Полугодие", "Half-yearly")),
            Code("A", Name("Год", "Annual")),
        ),
    ),
    CodeList(
        "CL_TRADE_FLOW",
        Name("Направление торговли", "Trade flow"),
        (
            Code("X", Name("Экспорт", "Export")),
            Code("M", Name("Импорт", "Import")),
            Code("RX", Name("Реэкспорт", "Re-export")),
            Code("RM", Name("Реимпорт", "Re-import")),
        ),
    ),
    CodeList(
        "CL_TRANSFORMATION",
        Name("Преобразование", "Transformation"),
        (
            Code("N", Name("За период", "Of the period itself")),
            Code("YTD", Name("С начала года по названный месяц", "From January to the month named")),
        ),
    ),
    CodeList(
        "CL_MEASURE",
        Name("Показатель", "Measure"),
        (
            Code("VALUE", Name("Стоимость", "Value")),
            Code("NET_WEIGHT", Name("Масса нетто", "Net weight")),
            Code("QUANTITY", Name("Количество", "Quantity")),
        ),
    ),
    CodeList(
        "CL_OBS_STATUS",
        Name("Статус наблюдения", "Observation status"),
        (
            Code("A", Name("Обычное значение", "Normal value")),
            Code("E", Name("Оценка", "Estimated value")),
            Code("P", Name("Предварительное значение", "Provisional value")),
            Code("M", Name("Значение отсутствует", "Missing value")),
            Code("Q", Name("Значение скрыто", "Suppressed value")),
        ),
    ),
    CodeList(
        "CL_VALUATION",
        Name("Базис цен", "Valuation"),
        (
            Code("FOB", Name("ФОБ", "FOB")),
            Code("CIF", Name("СИФ", "CIF")),
            Code("BORDER", Name("На границе отчитывающейся страны", "At the border of the reporter")),
            Code("INVOICE", Name("По счёту-фактуре", "Invoice")),
            Code("UNKNOWN", Name("Не указан", "Not stated")),
        ),
    ),
    CodeList(
        "CL_UNIT_MULT",
        Name("Множитель единицы", "Unit multiplier"),
        (Code("0", Name("Единицы", "Units")),),
    ),
)


def urn(kind: str, identity: str) -> str:
    """Return the URN of an artefact; `kind` is package and class (`codelist.Codelist`)."""
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={AGENCY}:{identity}({VERSION})"


FLOW_URN = urn("datastructure.Dataflow", FLOW)
STRUCTURE_URN = urn("datastructure.DataStructure", STRUCTURE)
