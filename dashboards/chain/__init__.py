"""The chain from what was agreed to what came of it, walkable both ways; the same for page, panel and API.

walking    which rows hang together: up to the articles that wanted something, down to what it brought
steps      the rows of each step in words, with the gaps
trading    what is traded in the goods that a chain ends in
brief      the same in numbers, for the foot of a record's page
reporting  the lines of yearly reports that speak of its rows
covering   by which measures an article is covered, and when
files      the coverage as a file
coverage   which article was covered by measures in which year, and which measures are without news
"""

from dashboards.chain.brief import Brief, brief
from dashboards.chain.coverage import CoverageForm, CoveragePage, coverage, coverage_asked
from dashboards.chain.files import coverage_file
from dashboards.chain.gaps import Gap
from dashboards.chain.steps import Chain, Node, Step, chain
from dashboards.chain.walking import KINDS, kind_of, row_of

__all__ = [
    "KINDS",
    "Brief",
    "Chain",
    "CoverageForm",
    "CoveragePage",
    "Gap",
    "Node",
    "Step",
    "brief",
    "chain",
    "coverage",
    "coverage_asked",
    "coverage_file",
    "kind_of",
    "row_of",
]
