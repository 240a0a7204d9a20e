"""The catalogue of rules: what can be wrong with a file, how grave it is, and what to do.

Severities: `F` the whole file is refused, `E` the row is rejected, `W` the row is accepted and flagged. The codes are
those of the documentation (`docs/trade.md`); a code has several entries where the advice differs. Rules that need the
database (DUP, SUM, REV, GAP, GONE, OUT) are checked by `trade.releases` and take their texts from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FATAL, ERROR, WARNING = "F", "E", "W"


@dataclass(frozen=True)
class Rule:
    """One entry of the catalogue. `message` and `advice` are templates of `str.format`."""

    code: str
    severity: str
    message: str | Promise
    advice: str | Promise


RULES: dict[str, Rule] = {
    # -- the file as a whole ------------------------------------------------------------------------------------
    "FILE-EMPTY": Rule("FILE", FATAL, _("The file has no rows."), _("Load the file that holds the data.")),
    "FILE-KIND": Rule(
        "FILE",
        FATAL,
        _("This is not a table but another kind of file ({kind})."),
        _("Load CSV, XLSX, DBF, JSON of UN Comtrade, or a ZIP archive with one of them."),
    ),
    "FILE-OLD-EXCEL": Rule(
        "FILE",
        FATAL,
        _("The file is a workbook of an old format (XLS)."),
        _("Open it in a spreadsheet program and save it as XLSX or CSV."),
    ),
    "FILE-ENCRYPTED": Rule(
        "FILE", FATAL, _("The file is protected by a password."), _("Remove the password and load the file again.")
    ),
    "FILE-MEMBERS": Rule(
        "FILE",
        FATAL,
        _("The archive holds {count} files; exactly one is expected."),
        _("Load each file by itself or in an archive of its own."),
    ),
    "FILE-ARCHIVE": Rule("FILE", FATAL, _("The archive is damaged."), _("Pack the file anew.")),
    "FILE-NESTED": Rule(
        "FILE",
        FATAL,
        _("The archive holds another archive or a workbook."),
        _("Load the inner file by itself."),
    ),
    "FILE-NAME": Rule(
        "FILE", FATAL, _("The archive wants to write outside its folder: {value}."), _("Pack the file anew.")
    ),
    "FILE-METHOD": Rule(
        "FILE", FATAL, _("The archive is packed by a method that is not read."), _("Pack the file as plain ZIP.")
    ),
    "FILE-BOMB": Rule(
        "FILE",
        FATAL,
        _("The content of the archive is too large: {size} MB, allowed are {allowed} MB and {ratio} times its size."),
        _("Load the file without an archive, or in parts."),
    ),
    "FILE-ACTIVE": Rule(
        "FILE",
        FATAL,
        _("The workbook holds macros, links to other files or declarations of entities."),
        _("Save the sheet with the data alone as XLSX without macros, or as CSV."),
    ),
    "FILE-WORKBOOK": Rule(
        "FILE", FATAL, _("The workbook cannot be read."), _("Open it in a spreadsheet program and save it as CSV.")
    ),
    "FILE-SHEET": Rule(
        "FILE", FATAL, _("The workbook has no sheet “{value}”."), _("Name one of its sheets: {sheets}.")
    ),
    "FILE-LARGE-SHEET": Rule(
        "FILE",
        FATAL,
        _("The sheet spans too many rows and columns, or needs too much time or memory."),
        _("Delete empty rows and columns beyond the table, or save the sheet as CSV."),
    ),
    "FILE-LONG-SHEET": Rule(
        "FILE",
        FATAL,
        _("The sheet has more than {allowed} MB of text."),
        _("Save it as CSV and pack that as ZIP, or load it in parts."),
    ),
    "FILE-JSON": Rule(
        "FILE",
        FATAL,
        _("The JSON is damaged or not an answer of UN Comtrade."),
        _("Save the whole answer, with its list “data”, or load CSV."),
    ),
    "FILE-DBF": Rule("FILE", FATAL, _("The DBF file is damaged."), _("Obtain it again, or save it as CSV.")),
    "FILE-LINE": Rule(
        "FILE",
        FATAL,
        _("The line is longer than {allowed} characters."),
        _("Check that the file is a table with one record in a line."),
    ),
    "FILE-CELL": Rule(
        "FILE",
        FATAL,
        _("A cell is longer than {allowed} characters, or a quotation mark is never closed."),
        _("Look at the quotation marks in this line and the lines before it."),
    ),
    "FILE-COLUMNS": Rule(
        "FILE",
        FATAL,
        _("The header has {count} columns; at most {allowed} are read."),
        _("Delete the columns that are not needed."),
    ),
    "ENC": Rule(
        "ENC",
        FATAL,
        _("The text cannot be decoded as {encoding}."),
        _("Name the encoding of the file, or save it as CSV UTF-8."),
    ),
    "ENC-UNKNOWN": Rule(
        "ENC",
        FATAL,
        _("The encoding cannot be recognised: neither UTF-8, UTF-16, Windows-1251, CP866 nor Latin-1 gives words."),
        _("Name the encoding of the file, or save it as CSV UTF-8."),
    ),
    "ENC-NAME": Rule("ENC", FATAL, _("There is no encoding “{value}”."), _("Choose one of: {allowed}.")),
    "ENC-MOJIBAKE": Rule(
        "ENC",
        FATAL,
        _("The text was garbled when it was saved: “{value}” should probably read “{repaired}”."),
        _("Take the original file; do not open and save it in a program that guesses encodings."),
    ),
    "HDR": Rule(
        "HDR",
        FATAL,
        _("The header is not known, and the columns have not been named."),
        _("Say in the mapping step which column holds what."),
    ),
    "HDR-MISSING": Rule(
        "HDR", FATAL, _("The header lacks: {missing}."), _("Add the columns, or name them in the mapping step.")
    ),
    "HDR-TWICE": Rule(
        "HDR", FATAL, _("The column “{value}” stands in the header twice."), _("Keep one of the two columns.")
    ),
    "HDR-MAPPING": Rule(
        "HDR", FATAL, _("The mapping of columns cannot be used: {reason}."), _("Correct it in the mapping step.")
    ),
    "LVL": Rule(
        "LVL",
        FATAL,
        _("Codes of {first} digits (line {line_before}) and of {second} digits in one file: sums would count twice."),
        _("Load one level only, or name the column that states the level."),
    ),
    "UNIT-FILE-MONEY": Rule(
        "UNIT",
        FATAL,
        _("In {percent} percent of the rows a kilogram costs about 1000 times too little: thousand dollars?"),
        _("Choose the unit of money, or confirm that the figures are right as they stand."),
    ),
    "UNIT-FILE-WEIGHT": Rule(
        "UNIT",
        FATAL,
        _("In {percent} percent of the rows a kilogram costs about 1000 times too much: tonnes?"),
        _("Choose the unit of weight, or confirm that the figures are right as they stand."),
    ),
    "PER-YEAR": Rule(
        "PER",
        FATAL,
        _("The file states only the year {value}. Is it a whole year or one month of it?"),
        _("Give the month, or say that the figures are yearly. The month in the name of the file: {suggested}."),
    ),
    "PER-NONE": Rule(
        "PER", FATAL, _("The file does not state its period."), _("Give the month, or name the column of the period.")
    ),
    "REG-NONE": Rule(
        "REG",
        FATAL,
        _("The file does not say whose trade it is."),
        _("Give the reporter: a region such as RU-TOM, or a country."),
    ),
    "REG-OPTION": Rule(
        "REG", FATAL, _("There is no reporter “{value}”."), _("Give a code of the list of territories, such as RU-TOM.")
    ),
    # -- a row --------------------------------------------------------------------------------------------------
    "ROW": Rule(
        "ROW",
        ERROR,
        _("The row has {count} fields, the header {expected}."),
        _("Look for a separator inside a value or a broken line. Fields are never shifted."),
    ),
    "FLOW": Rule(
        "FLOW",
        ERROR,
        _("“{value}” is no direction of trade."),
        _("Allowed: ИМ, ЭК, IM, EX, I, E, M, X, import, export, RX, RM."),
    ),
    "PER": Rule(
        "PER",
        ERROR,
        _("“{value}” is no period."),
        _("Allowed: 01/2024, 2024-01, 202401, 2024-Q1, 2024-S1, 2024, January to a month as 2024-01/2024-07."),
    ),
    "PER-SPAN": Rule(
        "PER",
        ERROR,
        _("“{value}” is neither a month, a quarter, a half-year, a year nor a time from January on."),
        _("State one of these periods."),
    ),
    "PER-FUTURE": Rule("PER", ERROR, _("The period “{value}” has not ended yet."), _("Check the year and the month.")),
    "PER-EARLY": Rule(
        "PER", ERROR, _("The period “{value}” is earlier than {first}."), _("Check the year and the month.")
    ),
    "PER-OTHER-YEAR": Rule(
        "PER", ERROR, _("The row is of {value}, but the month given is {month}."), _("Give the month of this file.")
    ),
    "CTRY": Rule(
        "CTRY",
        ERROR,
        _("“{value}” is no country of the list."),
        _("Use the ISO code of two letters (BY), the M49 code, or a special code: NNN unknown, EU, AB, OS."),
    ),
    "CTRY-GROUP": Rule(
        "CTRY",
        WARNING,
        _("“{value}” names a group of countries: read as {read_as}, a country of the group that is not told."),
        _("Nothing has to be done: the row counts in the total of all partners and stands under a code of its own."),
    ),
    "REG": Rule(
        "REG",
        ERROR,
        _("“{value}” is no region of the list."),
        _("The region begins with five digits of OKATO: 69000 - ТОМСКАЯ ОБЛАСТЬ."),
    ),
    "REG-NAME": Rule(
        "REG",
        WARNING,
        _("The name of the region does not fit its code: “{value}”; the code means {expected}."),
        _("The code was used. Check the row."),
    ),
    "HS-LEN": Rule(
        "HS-LEN",
        ERROR,
        _("The code “{value}” does not have 2, 4, 6, 8 or 10 digits."),
        _("Keep codes as text, with leading zeros."),
    ),
    "HS-NUMBER": Rule(
        "HS-LEN",
        ERROR,
        _("The code “{value}” has been turned into a number, its digits are lost."),
        _("Export the file anew and keep the column of codes as text."),
    ),
    "HS-ZERO": Rule(
        "HS-LEN",
        WARNING,
        _("The code “{value}” lacks a leading zero and was read as {read}."),
        _("Keep codes as text, with leading zeros."),
    ),
    "HS-UNK": Rule(
        "HS-UNK",
        WARNING,
        _("The code “{value}” is not in the edition {edition} that was valid in the period."),
        _("Check the code, or load the edition's file of codes."),
    ),
    "HS-CLASS": Rule(
        "HS-UNK",
        ERROR,
        _("“{value}” is no edition of the Harmonised System."),
        _("Only goods coded by HS are read."),
    ),
    "HS-HID": Rule(
        "HS-HID",
        WARNING,
        _("The goods “{value}” are hidden by the publisher."),
        _("The row counts in totals, and as hidden goods in each breakdown."),
    ),
    "HS-LEVEL": Rule(
        "LVL", ERROR, _("The level stated, “{value}”, does not fit the code."), _("The level is the number of digits.")
    ),
    "NUM": Rule(
        "NUM",
        ERROR,
        _("“{value}” is no number."),
        _("Write numbers as 1234{mark}56; the decimal mark of this file is “{mark}”."),
    ),
    "NUM-NEGATIVE": Rule(
        "NUM", ERROR, _("The number {value} is negative."), _("Value, weight and quantity are never below zero.")
    ),
    "NUM-LARGE": Rule(
        "NUM",
        ERROR,
        _("The number {value} is impossibly large."),
        _("Check the digits and the unit of money or weight."),
    ),
    "NUM-NONE": Rule(
        "NUM", ERROR, _("The row has neither value, nor weight, nor quantity."), _("State at least one of them.")
    ),
    "STATUS": Rule(
        "STAT", ERROR, _("“{value}” is no status of a figure."), _("Allowed: A, E, P, M, Q; empty means A.")
    ),
    "UNIT-MONEY": Rule(
        "UNIT",
        WARNING,
        _("{value} dollars for a kilogram is about 1000 times too little: thousand dollars taken for dollars?"),
        _("Check the unit of money of the file."),
    ),
    "UNIT-WEIGHT": Rule(
        "UNIT",
        WARNING,
        _("{value} dollars for a kilogram is about 1000 times too much: tonnes taken for kilograms?"),
        _("Check the unit of weight of the file."),
    ),
    "QTY-NO-UNIT": Rule(
        "QTY",
        WARNING,
        _("The quantity {value} has no unit and was left out."),
        _("State the unit of quantity, or leave the quantity empty."),
    ),
    "QTY-NO-NUMBER": Rule(
        "QTY", WARNING, _("There is a unit, “{value}”, but no quantity."), _("State the quantity, 0 included.")
    ),
    "QTY-UNIT": Rule(
        "QTY",
        WARNING,
        _("The unit “{value}” is not known; the quantity was left out."),
        _("Use the OKEI code or the short name, such as 796 or ШТ."),
    ),
    "SKIP-DETAIL": Rule(
        "SKIP",
        WARNING,
        _("The row repeats a part of another row ({value}) and was skipped."),
        _("Nothing to do: lines by second partner, transport, customs procedure or way of supply would count twice."),
    ),
    "SKIP-EMPTY": Rule(
        "SKIP",
        WARNING,
        _("The row has no figures and was skipped."),
        _("Nothing to do where it is a heading of the table."),
    ),
    "TOT-G": Rule(
        "TOT-G",
        WARNING,
        _("The growth of turnover, {turnover}, is not between that of export, {exports}, and of import, {imports}."),
        _("Check the three figures and what they are compared with."),
    ),
    "TOT-SUM": Rule(
        "TOT-G",
        WARNING,
        _("Turnover, {turnover}, is not export plus import, {sum}."),
        _("Check the three figures and their rounding."),
    ),
    # -- rules that compare with the database: `trade.releases` ----------------------------------------------------
    "DUP-SAME": Rule(
        "DUP",
        WARNING,
        _("The row repeats line {first} and was dropped."),
        _("Nothing to do; the row counts once."),
    ),
    "DUP": Rule(
        "DUP",
        ERROR,
        _("Line {first} has the same period, flow, partner, goods and unit with other figures; both were rejected."),
        _("Keep the line that is right."),
    ),
    "SUM-LESS": Rule(
        "SUM",
        WARNING,
        _("The lines add up to {lines}, less than the stated total {total}: hidden or estimated goods."),
        _("Nothing to do; both figures are kept, and the difference is shown."),
    ),
    "SUM-MORE": Rule(
        "SUM",
        FATAL,
        _("The lines add up to {lines}, more than the stated total {total}."),
        _("Look for lines that stand twice or for levels that are mixed."),
    ),
    "REV": Rule(
        "REV",
        WARNING,
        _("The figure changes from {old} to {new}, by {percent} percent."),
        _("Compare with the publisher's note on the revision."),
    ),
    "REV-SIGN": Rule(
        "REV",
        WARNING,
        _("The revision turns growth of {value} into fall or fall into growth: {old}, now {new}."),
        _("Compare with the publisher's note on the revision."),
    ),
    "GAP": Rule("GAP", WARNING, _("Months are missing: {months}."), _("Load the files of these months.")),
    "GONE": Rule(
        "GONE",
        WARNING,
        _("The dataset has partners that the file does not name; their figures would disappear: {partners}."),
        _("Where the file is about its own partners only, read it again and say so."),
    ),
    "OUT": Rule(
        "OUT",
        WARNING,
        _("The figure {value} is far from the other months of its series (z = {z})."),
        _("Check the figure and its unit."),
    ),
}
