"""An example plan under the agreement with the Grodno Oblast Executive Committee: 32 measures in six sections."""

from __future__ import annotations

from agreements.examples.telling import Counted, ExampleMeasure, ExamplePlan, Story

_TRADE = (
    ExampleMeasure(
        ("Провести встречу деловых кругов областей", "Hold a meeting of the business circles of the two regions"),
        "yearly", "tomsk-administration grodno-executive-committee", Story.REPORTED, articles="1",
        note="Встреча назначена, заявились 22 предприятия.",
        indicator=Counted(
            ("Предприятий на встрече", "Enterprises at the meeting"), ("единиц", "enterprises"), 8,
            ((10, 11), (15, 14), (20, 22), (25, None)),
        ),
    ),
    ExampleMeasure(
        (
            "Составить каталог инвестиционных площадок обеих областей",
            "Compile a catalogue of investment sites of both regions",
        ),
        "half-3", "tomsk-administration grodno-executive-committee", Story.DONE, articles="1", percent=100,
        note="Каталог издан на русском и английском языках, 41 площадка.", evidence="katalog-ploshchadok",
    ),
    ExampleMeasure(
        (
            "Разместить сведения о предприятиях на порталах администраций",
            "Publish information on enterprises on the portals of the administrations",
        ),
        "quarter-6", "tomsk-administration grodno-executive-committee", Story.LATE, articles="1", percent=100,
        note="Сведения размещены, первая редакция уточнялась по замечаниям предприятий.",
    ),
    ExampleMeasure(
        (
            "Содействовать участию предприятий в выставках областей",
            "Promote the part of enterprises in exhibitions of the regions",
        ),
        "permanent", "tomsk-administration grodno-executive-committee manotom", Story.REPORTED, articles="1",
        note="Двум предприятиям выделены места на осенней выставке.",
    ),
    ExampleMeasure(
        (
            "Заключить соглашение торгово-промышленных объединений",
            "Conclude an agreement of associations of trade and industry",
        ),
        "quarter-1", "tomsk-administration grodno-executive-committee", Story.SILENT, articles="1", percent=40,
        note="Проект соглашения направлен партнёрам.",
    ),
    ExampleMeasure(
        (
            "Согласовать поставки контрольно-измерительных приборов",
            "Agree supplies of measuring instruments",
        ),
        "day+12", "manotom grodno-executive-committee", Story.REPORTED, "industry", "1", percent=85,
        note="Спецификация согласована, договор на подписи.",
    ),
)  # fmt: skip

_FARMING = (
    ExampleMeasure(
        (
            "Организовать обмен опытом по племенному животноводству",
            "Organise an exchange of experience in pedigree breeding",
        ),
        "quarter-5", "tomsk-administration grodno-executive-committee", Story.DONE, "agriculture", "2", percent=100,
        note="Специалисты посетили четыре хозяйства, подписан протокол намерений.", evidence="protokol-poseshcheniya",
    ),
    ExampleMeasure(
        (
            "Провести сортоиспытания ягодных культур",
            "Carry out variety trials of berry crops",
        ),
        "span-14+8", "tsu grodno-executive-committee", Story.REPORTED, "agriculture", "2", percent=60,
        note="Второй сезон закончен, отобраны пять сортов.",
    ),
    ExampleMeasure(
        (
            "Провести семинар по пчеловодству",
            "Hold a seminar on bee-keeping",
        ),
        "month-9", "tomsk-administration grodno-executive-committee", Story.DONE, "agriculture", "2", percent=100,
        note="Семинар проведён, 65 участников.",
    ),
    ExampleMeasure(
        (
            "Подготовить предложения по комплексам глубокой переработки молока",
            "Prepare proposals for complexes for deep processing of milk",
        ),
        "half+0", "tomsk-administration grodno-executive-committee", Story.MOVED, "agriculture", "2", percent=45,
        note="Выбраны две площадки, расчёт окупаемости уточняется.",
    ),
    ExampleMeasure(
        (
            "Обеспечить стажировки механизаторов",
            "Provide training stays for machine operators",
        ),
        "yearly", "tomsk-administration grodno-executive-committee", Story.MISSED, "agriculture", "2",
        note="Группа этого года сформирована.",
    ),
)  # fmt: skip

_SCIENCE = (
    ExampleMeasure(
        (
            "Заключить договоры о сотрудничестве университетов областей",
            "Conclude contracts of cooperation between universities of the regions",
        ),
        "year-1", "tsu grodno-executive-committee tpu", Story.DONE, "science", "3", percent=100,
        note="Подписаны три договора.",
    ),
    ExampleMeasure(
        (
            "Провести студенческую научную конференцию",
            "Hold a scientific conference of students",
        ),
        "yearly", "tspu grodno-executive-committee", Story.REPORTED, "science", "3",
        note="Приём докладов открыт, поступили 84 заявки.",
        indicator=Counted(
            ("Докладов", "Papers"), ("единиц", "papers"), 30, ((40, 46), (60, 71), (80, 84), (90, None)),
        ),
    ),
    ExampleMeasure(
        (
            "Согласовать программу академической мобильности",
            "Agree a programme of academic mobility",
        ),
        "quarter+1", "tpu grodno-executive-committee", Story.REPORTED, "science", "3", percent=70,
        note="Согласованы объёмы обмена на два учебных года.",
    ),
    ExampleMeasure(
        (
            "Организовать смену для одарённых школьников",
            "Organise a camp for gifted pupils",
        ),
        "month-3", "tspu grodno-executive-committee", Story.DONE, "science", "3", percent=100,
        note="В смене участвовали 60 школьников обеих областей.", evidence="otchet-o-smene",
    ),
    ExampleMeasure(
        (
            "Подготовить совместное учебное пособие по истории сотрудничества",
            "Prepare a joint textbook on the history of the cooperation",
        ),
        "half+2", "tsu grodno-executive-committee", Story.UNHEARD, "science", "3",
    ),
    ExampleMeasure(
        (
            "Провести соревнования по спортивному программированию",
            "Hold a contest in competitive programming",
        ),
        "day-40", "tusur bsuir grodno-executive-committee", Story.DONE, "science", "3", percent=100,
        note="Участвовали 28 команд.",
    ),
)  # fmt: skip

_CULTURE = (
    ExampleMeasure(
        (
            "Провести дни культуры Томской области в Гродно",
            "Hold days of culture of Tomsk Oblast in Grodno",
        ),
        "quarter-3", "tomsk-administration grodno-executive-committee tomsk-drama-theatre", Story.LATE, "culture", "4",
        percent=100, note="Дни культуры прошли, перенос согласован из-за ремонта зала.", evidence="programma-dney",
    ),
    ExampleMeasure(
        (
            "Провести обменную выставку музеев",
            "Hold an exchange exhibition of museums",
        ),
        "quarter+2", "tomsk-administration grodno-executive-committee", Story.REPORTED, "culture", "4", percent=35,
        note="Перечень экспонатов согласован, оформляется страхование.",
    ),
    ExampleMeasure(
        (
            "Открыть туристический маршрут между областями",
            "Open a tourist route between the regions",
        ),
        "year+0", "tomsk-administration grodno-executive-committee", Story.JUDGED, "", "4", percent=60,
        note="Маршрут описан, перевозчик выбран; рекламная поездка назначена.",
    ),
    ExampleMeasure(
        (
            "Организовать пленэр художников",
            "Organise an open-air meeting of painters",
        ),
        "month-1", "tomsk-administration grodno-executive-committee", Story.REPORTED, "culture", "4", percent=95,
        note="Пленэр прошёл, итоговая выставка ещё не открыта.",
    ),
    ExampleMeasure(
        (
            "Обмениваться книгами областных библиотек",
            "Exchange books between the regional libraries",
        ),
        "permanent", "tomsk-administration grodno-executive-committee", Story.SILENT, "culture", "4",
        note="Передано 120 изданий.",
    ),
)  # fmt: skip

_HEALTH = (
    ExampleMeasure(
        (
            "Провести телемедицинские консультации",
            "Hold telemedicine consultations",
        ),
        "permanent", "ssmu grodno-executive-committee", Story.REPORTED, "healthcare", "5",
        note="За квартал проведено 17 консультаций.",
    ),
    ExampleMeasure(
        (
            "Провести обучение фельдшеров скорой помощи",
            "Train ambulance paramedics",
        ),
        "half-2", "ssmu grodno-executive-committee", Story.DONE, "healthcare", "5", percent=100,
        note="Обучены 24 фельдшера.",
    ),
    ExampleMeasure(
        (
            "Обменяться опытом социальной реабилитации",
            "Exchange experience in social rehabilitation",
        ),
        "quarter-4", "tomsk-administration grodno-executive-committee", Story.DONE, "healthcare", "5", percent=100,
        note="Проведены два визита, изданы рекомендации.",
    ),
    ExampleMeasure(
        (
            "Создать общий регистр санаториев",
            "Set up a common register of sanatoriums",
        ),
        "half-1", "tomsk-administration grodno-executive-committee", Story.DROPPED, "healthcare", "5",
        note="Регистр ведётся другими органами, дублирование нецелесообразно.",
    ),
)  # fmt: skip

_TOWNS = (
    ExampleMeasure(
        (
            "Заключить соглашение о побратимстве районов",
            "Conclude an agreement on twinning of districts",
        ),
        "quarter-2", "tomsk-administration grodno-executive-committee", Story.DONE, "", "6", percent=100,
        note="Соглашение подписано главами районов.", evidence="soglashenie-o-pobratimstve",
    ),
    ExampleMeasure(
        (
            "Провести семинар муниципальных служащих",
            "Hold a seminar of municipal officials",
        ),
        "month+2", "tsu grodno-executive-committee", Story.REPORTED, "", "6", percent=50,
        note="Программа и список участников согласованы.",
    ),
    ExampleMeasure(
        (
            "Обменяться опытом благоустройства дворов",
            "Exchange experience in the improvement of courtyards",
        ),
        "half+1", "tsuab grodno-executive-committee", Story.UNHEARD, "construction", "6",
    ),
    ExampleMeasure(
        (
            "Провести встречу молодёжных парламентов",
            "Hold a meeting of the youth parliaments",
        ),
        "day-9", "tomsk-administration grodno-executive-committee", Story.REPORTED, "", "6", percent=70,
        note="Повестка готова, дата ждёт подтверждения.",
    ),
    ExampleMeasure(
        (
            "Провести областной турнир по хоккею среди юношей",
            "Hold a regional ice hockey tournament for young men",
        ),
        "month-7", "tomsk-administration grodno-executive-committee", Story.DONE, "", "6", percent=100,
        note="Участвовали восемь команд.",
    ),
    ExampleMeasure(
        (
            "Освещать сотрудничество в средствах массовой информации областей",
            "Report on the cooperation in the media of the regions",
        ),
        "permanent", "tomsk-administration grodno-executive-committee", Story.REPORTED, "", "6",
        note="За месяц вышли девять материалов.",
    ),
)  # fmt: skip

GRODNO = ExamplePlan(
    agreement="A2",
    title=(
        "Пример: план мероприятий по сотрудничеству с Гродненской областью",
        "Example: plan of measures for cooperation with Grodno Oblast",
    ),
    years=(-2, 1),
    articles=(
        (
            "1",
            "Стороны содействуют торговле, инвестициям и деловым связям.",
            "The sides promote trade, investment and business ties.",
        ),
        ("2", "Стороны сотрудничают в сельском хозяйстве.", "The sides cooperate in agriculture."),
        (
            "3",
            "Стороны поддерживают связи университетов, научных организаций и школ.",
            "The sides support ties of universities, research organisations and schools.",
        ),
        ("4", "Стороны сотрудничают в культуре и туризме.", "The sides cooperate in culture and tourism."),
        (
            "5",
            "Стороны сотрудничают в здравоохранении и социальной защите.",
            "The sides cooperate in healthcare and social protection.",
        ),
        (
            "6",
            "Стороны содействуют связям городов и районов, молодёжи и спортсменов.",
            "The sides promote ties of towns and districts, of the young and of athletes.",
        ),
        (
            "7",
            "Стороны обмениваются опытом охраны окружающей среды.",
            "The sides exchange experience in the protection of the environment.",
        ),
    ),
    sections=(
        ("I. Торговля и инвестиции", _TRADE),
        ("II. Сельское хозяйство", _FARMING),
        ("III. Наука и образование", _SCIENCE),
        ("IV. Культура и туризм", _CULTURE),
        ("V. Здравоохранение и социальная защита", _HEALTH),
        ("VI. Города, районы, молодёжь и спорт", _TOWNS),
    ),
)
