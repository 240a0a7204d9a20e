"""Search over everything, the same for page and API.

words         what the words of a question may mean: their stems, words that begin so, words written much alike
finding       the rows that fit, grouped by kind, best first
kinds         which kinds of rows are found, and what is shown of each
highlighting  the shown texts with the found words marked
questions     what an address asks: words, kind, year, page
"""

from dashboards.search.finding import Found, Group, Hit, search
from dashboards.search.kinds import KINDS
from dashboards.search.questions import Question, QuestionForm, asked

__all__ = ["KINDS", "Found", "Group", "Hit", "Question", "QuestionForm", "asked", "search"]
