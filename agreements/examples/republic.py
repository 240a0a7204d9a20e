"""An example plan under the agreement with the Republic: 36 measures in eight sections."""

from __future__ import annotations

from agreements.examples.telling import Counted, ExampleMeasure, ExamplePlan, Story

_TRADE = (
    ExampleMeasure(
        ("Провести заседание рабочей группы по сотрудничеству", "Hold a meeting of the workgroup on cooperation"),
        "yearly", "tomsk-administration council-of-ministers", Story.REPORTED, articles="1",
        note="Место и повестка ближайшего заседания согласованы, приглашения направлены.",
    ),
    ExampleMeasure(
        (
            "Подготовить перечень товаров, взаимные поставки которых могут быть увеличены в два–три раза",
            "Draw up a list of goods whose mutual supplies can be doubled or tripled",
        ),
        "quarter-4", "tomsk-administration belarus-government", Story.DONE, articles="2", percent=100,
        note="Перечень из 38 товарных позиций согласован обеими сторонами.", evidence="perechen-tovarov",
    ),
    ExampleMeasure(
        (
            "Организовать деловую миссию предприятий Томской области в Минск",
            "Organise a business mission of Tomsk Oblast enterprises to Minsk",
        ),
        "half-1", "tomsk-administration council-of-ministers micran", Story.LATE, articles="2", percent=100,
        note="Миссия состоялась: 14 предприятий, 46 встреч. Перенос из-за графика выставки.",
        evidence="programma-missii",
    ),
    ExampleMeasure(
        (
            "Обмениваться сведениями о выставках и закупках",
            "Exchange information on exhibitions and procurement",
        ),
        "permanent", "tomsk-administration belarus-government", Story.REPORTED, articles="2",
        note="Календарь выставок на следующее полугодие передан сторонам.",
    ),
    ExampleMeasure(
        (
            "Открыть в Томске постоянную экспозицию белорусской продукции",
            "Open a permanent display of Belarusian products in Tomsk",
        ),
        "quarter-1", "tomsk-administration council-of-ministers", Story.JUDGED, articles="2",
        note="Помещение передано, идёт монтаж. Открытие назначено на день заседания рабочей группы.", percent=80,
    ),
)  # fmt: skip

_INDUSTRY = (
    ExampleMeasure(
        (
            "Согласовать перечень работ по промышленной микроэлектронике для предложений сторон",
            "Agree the list of works on industrial microelectronics for the proposals of the sides",
        ),
        "quarter-3", "tusur institute-of-physics micran", Story.DONE, "microelectronics", "3", percent=100,
        note="Перечень из 12 работ согласован.", evidence="perechen-rabot",
    ),
    ExampleMeasure(
        (
            "Провести испытания опытных образцов быстродействующих транзисторов",
            "Test prototypes of fast transistors",
        ),
        "half+1", "micran institute-of-physics tusur", Story.REPORTED, "microelectronics", "3", percent=60,
        note="Испытаны две партии из трёх, отчёт по второй партии согласован.",
        indicator=Counted(
            ("Испытано образцов", "Prototypes tested"), ("единиц", "pieces"), 0, ((20, 24), (40, 31), (60, None)),
        ),
    ),
    ExampleMeasure(
        (
            "Разработать проекты общих стандартов СВЧ-электроники",
            "Draft common standards for microwave electronics",
        ),
        "quarter+0", "tusur belgiss", Story.MOVED, "microelectronics", "3", percent=70,
        note="Первые две редакции рассмотрены, замечания учтены.",
    ),
    ExampleMeasure(
        (
            "Провести сравнительные испытания кабельной продукции",
            "Carry out comparative tests of cable products",
        ),
        "month-2", "sibkabel belgiss tomskcable", Story.REPORTED, "industry", "3", percent=90,
        note="Испытания закончены, протоколы на подписи у сторон.",
    ),
    ExampleMeasure(
        (
            "Подготовить предложения по поставкам приборов для энергетики и железных дорог",
            "Prepare proposals for supplies of instruments to power plants and railways",
        ),
        "year-1", "manotom belarus-government", Story.DONE, "industry", "2", percent=100,
        note="Предложения направлены 9 организациям, получены 4 ответа.",
    ),
    ExampleMeasure(
        (
            "Создать совместную лабораторию измерений",
            "Set up a joint laboratory of measurements",
        ),
        "year+1", "tusur planar", Story.SILENT, "microelectronics", "3", percent=15,
        note="Подготовлено техническое задание на оборудование.",
    ),
)  # fmt: skip

_TRANSPORT = (
    ExampleMeasure(
        (
            "Проработать источники финансирования обновления подвижного состава",
            "Work out sources of financing for the renewal of the passenger fleet",
        ),
        "quarter-2", "tomsk-administration belkommunmash", Story.REPORTED, "transport", "4", percent=50,
        note="Рассмотрены лизинг и бюджетный кредит, решение сторон ожидается.",
    ),
    ExampleMeasure(
        (
            "Провести опытную эксплуатацию троллейбуса с увеличенным автономным ходом",
            "Put a trolleybus with extended autonomous range into trial operation",
        ),
        "span-4+5", "tomsk-administration belkommunmash", Story.REPORTED, "transport", "4", percent=40,
        note="Машина прошла 6 тыс. км, замечания переданы изготовителю.",
    ),
    ExampleMeasure(
        (
            "Обучить персонал обслуживанию лифтов белорусского производства",
            "Train staff to service lifts made in Belarus",
        ),
        "month-5", "tsuab mogilevliftmash", Story.DONE, "construction", "4", percent=100,
        note="Обучены 32 специалиста, выданы удостоверения.", evidence="spisok-obuchennykh",
    ),
    ExampleMeasure(
        (
            "Включить лифты в каталог оборудования для программ капитального ремонта",
            "Include lifts in the catalogue of equipment for major repair programmes",
        ),
        "day+21", "tomsk-administration mogilevliftmash", Story.REPORTED, "construction", "4", percent=75,
        note="Технические описания переданы, идёт проверка соответствия.",
    ),
    ExampleMeasure(
        (
            "Согласовать требования к электробусам для сибирского климата",
            "Agree requirements for electric buses in the Siberian climate",
        ),
        "quarter+2", "tpu belkommunmash tomsk-administration", Story.UNHEARD, "transport", "4",
    ),
)  # fmt: skip

_FOREST = (
    ExampleMeasure(
        (
            "Провести полевые испытания лесозаготовительных машин",
            "Carry out field trials of logging machines",
        ),
        "half-2", "tomsk-administration belarus-government", Story.LATE, "forestry", "5", percent=100,
        note="Испытания закончены в двух лесничествах, акты подписаны.", evidence="akt-ispytaniy",
    ),
    ExampleMeasure(
        (
            "Проводить совместные учения по тушению природных пожаров",
            "Hold joint exercises in fighting wildfires",
        ),
        "yearly", "tomsk-administration ministry-natural-resources", Story.MISSED, "forestry", "5",
        note="Учения этого года запланированы, программа согласуется.",
    ),
    ExampleMeasure(
        (
            "Обмениваться данными о состоянии болот и торфяников",
            "Exchange data on the state of bogs and peatlands",
        ),
        "permanent", "tsu ministry-natural-resources nas-belarus", Story.SILENT, "natural-resources", "5",
        note="Переданы данные двух стационаров за прошлый сезон.",
    ),
    ExampleMeasure(
        (
            "Оценить возможность поставки торфодобывающей техники",
            "Assess whether peat extraction machines can be supplied",
        ),
        "quarter-4", "tomsk-administration belarus-government", Story.DROPPED, "natural-resources", "5",
        note="Спроса на технику в области не выявлено.",
    ),
)  # fmt: skip

_FARMING = (
    ExampleMeasure(
        (
            "Увеличить число сервисных центров белорусской сельскохозяйственной техники",
            "Increase the number of service centres for Belarusian farm machinery",
        ),
        "year+1", "tomsk-administration belarus-government", Story.REPORTED, "agriculture", "6", percent=50,
        note="Открыт третий центр, для четвёртого подобрана площадка.",
        indicator=Counted(
            ("Сервисных центров", "Service centres"), ("единиц", "centres"), 1, ((2, 2), (4, 3), (5, None)),
        ),
    ),
    ExampleMeasure(
        (
            "Провести испытания тракторов с дополнительным оборудованием для холодного климата",
            "Test tractors with additional equipment for a cold climate",
        ),
        "month-8", "tomsk-administration nas-belarus", Story.DONE, "agriculture", "6", percent=100,
        note="Испытания проведены в трёх хозяйствах.",
    ),
    ExampleMeasure(
        (
            "Заложить опытные участки льна-долгунца",
            "Lay out trial plots of fibre flax",
        ),
        "half-1", "tsu nas-belarus", Story.DONE, "agriculture", "6", percent=100,
        note="Заложены четыре участка общей площадью 12 га.",
    ),
    ExampleMeasure(
        (
            "Подготовить предложения по зерносушильным комплексам",
            "Prepare proposals for grain-drying complexes",
        ),
        "day-24", "tomsk-administration belarus-government", Story.REPORTED, "agriculture", "6", percent=65,
        note="Получены предложения двух изготовителей, сравнение готовится.",
    ),
    ExampleMeasure(
        (
            "Согласовать условия поставок аминокислот и кормовых добавок",
            "Agree conditions for supplies of amino acids and feed additives",
        ),
        "quarter+1", "tomsk-administration bnbc", Story.REPORTED, "agriculture", "2", percent=80,
        note="Проект договора согласован, уточняются сроки оплаты.",
    ),
)  # fmt: skip

_HEALTH = (
    ExampleMeasure(
        (
            "Провести конференцию по изделиям для реабилитации",
            "Hold a conference on rehabilitation products",
        ),
        "month-3", "ssmu nas-belarus", Story.DONE, "healthcare", "7", percent=100,
        note="Участвовали 120 специалистов, издан сборник.", evidence="programma-konferentsii",
    ),
    ExampleMeasure(
        (
            "Провести доклинические испытания имплантатов",
            "Carry out preclinical tests of implants",
        ),
        "half+2", "ssmu nas-belarus tpu", Story.SILENT, "healthcare", "7", percent=20,
        note="Получено заключение этической комиссии.",
    ),
    ExampleMeasure(
        (
            "Обменяться стажировками врачей",
            "Exchange training stays of physicians",
        ),
        "yearly", "ssmu belarus-government", Story.REPORTED, "healthcare", "7",
        note="В этом году стажировку прошли шесть врачей.",
        indicator=Counted(
            ("Врачей на стажировке", "Physicians in training stays"), ("человек", "persons"), 4,
            ((8, 9), (10, 6), (12, None)),
        ),
    ),
)  # fmt: skip

_SCIENCE = (
    ExampleMeasure(
        (
            "Открыть сетевую магистерскую программу по микроэлектронике",
            "Open a joint master's programme in microelectronics",
        ),
        "day-130", "tusur bsuir", Story.DONE, "science", "8", percent=100,
        note="Программа открыта, приняты 18 магистрантов.", evidence="prikaz-o-programme",
    ),
    ExampleMeasure(
        (
            "Провести конкурс совместных исследовательских проектов",
            "Hold a competition of joint research projects",
        ),
        "yearly", "tsu nas-belarus tpu tusur", Story.REPORTED, "science", "8",
        note="Поступили 27 заявок, экспертиза закончена.",
    ),
    ExampleMeasure(
        (
            "Организовать летнюю школу по фотонике",
            "Organise a summer school on photonics",
        ),
        "month-4", "tsu institute-of-physics", Story.DONE, "science", "8", percent=100,
        note="Школа прошла, 54 участника из восьми университетов.",
    ),
    ExampleMeasure(
        (
            "Согласовать программу обмена преподавателями русской филологии",
            "Agree an exchange programme for teachers of Russian philology",
        ),
        "quarter+3", "tspu belarus-government", Story.UNHEARD, "science", "8",
    ),
    ExampleMeasure(
        (
            "Обеспечить взаимный доступ к электронным библиотекам университетов",
            "Give each other access to the electronic libraries of the universities",
        ),
        "permanent", "tsu bsuir", Story.REPORTED, "science", "8",
        note="Доступ открыт для 3 тыс. пользователей каждой стороны.",
    ),
)  # fmt: skip

_CULTURE = (
    ExampleMeasure(
        (
            "Провести обменные гастроли театров",
            "Hold exchange tours of the theatres",
        ),
        "quarter-2", "tomsk-drama-theatre kupala-theatre", Story.DONE, "culture", "9", percent=100,
        note="Показаны шесть спектаклей, 3,2 тыс. зрителей.", evidence="afisha-gastroley",
    ),
    ExampleMeasure(
        (
            "Подготовить совместную постановку",
            "Prepare a joint production",
        ),
        "half+1", "tomsk-drama-theatre kupala-theatre", Story.MOVED, "culture", "9", percent=30,
        note="Пьеса выбрана, режиссёр приглашён, выпуск зависит от финансирования.",
    ),
    ExampleMeasure(
        (
            "Провести дни белорусского кино",
            "Hold days of Belarusian cinema",
        ),
        "day+75", "tomsk-administration belarus-government", Story.REPORTED, "culture", "9", percent=55,
        note="Программа из семи фильмов согласована.",
    ),
)  # fmt: skip

REPUBLIC = ExamplePlan(
    agreement="A1",
    title=(
        "Пример: план мероприятий по сотрудничеству с Республикой Беларусь",
        "Example: plan of measures for cooperation with the Republic of Belarus",
    ),
    years=(-1, 1),
    articles=(
        (
            "1",
            "Стороны образуют рабочую группу, которая заседает не реже одного раза в год.",
            "The sides form a workgroup that meets at least once a year.",
        ),
        (
            "2",
            "Стороны содействуют росту взаимной торговли и участию предприятий в выставках.",
            "The sides promote growth of mutual trade and the part of enterprises in exhibitions.",
        ),
        (
            "3",
            "Стороны поддерживают производственную кооперацию, в том числе в микроэлектронике.",
            "The sides support production cooperation, in microelectronics among others.",
        ),
        (
            "4",
            "Стороны сотрудничают в обновлении транспорта и оборудования зданий.",
            "The sides cooperate in the renewal of transport and equipment of buildings.",
        ),
        (
            "5",
            "Стороны сотрудничают в лесном хозяйстве и охране природы.",
            "The sides cooperate in forestry and the protection of nature.",
        ),
        (
            "6",
            "Стороны сотрудничают в сельском хозяйстве и обслуживании техники.",
            "The sides cooperate in agriculture and the servicing of machinery.",
        ),
        ("7", "Стороны сотрудничают в здравоохранении.", "The sides cooperate in healthcare."),
        ("8", "Стороны сотрудничают в науке и образовании.", "The sides cooperate in science and education."),
        ("9", "Стороны сотрудничают в культуре.", "The sides cooperate in culture."),
        (
            "10",
            "Стороны содействуют сотрудничеству муниципальных образований.",
            "The sides promote cooperation of municipalities.",
        ),
    ),
    sections=(
        ("I. Торгово-экономическое сотрудничество", _TRADE),
        ("II. Промышленность и микроэлектроника", _INDUSTRY),
        ("III. Транспорт и строительство", _TRANSPORT),
        ("IV. Лесное хозяйство и природные ресурсы", _FOREST),
        ("V. Сельское хозяйство", _FARMING),
        ("VI. Здравоохранение", _HEALTH),
        ("VII. Наука и образование", _SCIENCE),
        ("VIII. Культура", _CULTURE),
    ),
)
