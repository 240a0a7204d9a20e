"""The question of a page in the analyst's own tool. The token stands in a header, never in an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from trade.sdmx.concepts import AGENCY


@dataclass(frozen=True)
class Snippet:
    """A few lines that work as they stand, once the token is put into the environment (or into the query)."""

    tool: str
    code: str
    note: str = ""


def snippets(base: str, path: str, parameters: Mapping[str, str]) -> Sequence[Snippet]:
    """Return the same request for the command line, pandas, R and Excel.

    `base` is the address of the site without a slash at the end, `path` that of the resource.
    """
    address = f"{base}{path}?{urlencode({**parameters, 'format': 'csv'}, safe=',:')}"
    options = ", ".join(f'{_field(name)} = "{value}"' for name, value in {**parameters, "format": "csv"}.items())
    return (
        Snippet(
            "pandas",
            "import os\nimport pandas as pd\n\n"
            f'address = "{address}"\n'
            'token = {"Authorization": "Token " + os.environ["COOPERATION_TOKEN"]}\n'
            'data = pd.read_csv(address, storage_options=token, dtype={"goods": "string", "partner": "string"})\n',
            _("Codes are text: a leading zero is part of a code. “NA” is Namibia: add keep_default_na=False."),
        ),
        Snippet(
            "R",
            "library(httr2)\n\n"
            f'data <- request("{address}") |>\n'
            '  req_headers(Authorization = paste("Token", Sys.getenv("COOPERATION_TOKEN"))) |>\n'
            "  req_perform() |>\n"
            "  resp_body_string() |>\n"
            '  readr::read_csv(col_types = readr::cols(goods = "c", partner = "c"), na = "")\n',
        ),
        Snippet(
            _("Excel (Power Query)"),
            "let\n"
            '    Token = "…",\n'
            f'    Answer = Web.Contents("{base}", [\n'
            f'        RelativePath = "{path.strip("/")}/",\n'
            f"        Query = [{options}],\n"
            '        Headers = [Authorization = "Token " & Token]]),\n'
            '    Rows = Csv.Document(Answer, [Delimiter = ",", Encoding = 65001]),\n'
            "    Data = Table.PromoteHeaders(Rows)\n"
            "in\n"
            "    Data\n",
            _("Data – Get data – Blank query – Advanced editor; when Excel asks how to sign in, choose Anonymous."),
        ),
        Snippet("curl", f'curl -H "Authorization: Token $COOPERATION_TOKEN" \\\n  "{address}"\n'),
    )


def sdmx_snippets(base: str) -> Sequence[Snippet]:
    """Return how the two clients of SDMX in Python read the exports by month; the token is the password."""
    return (
        Snippet(
            "sdmx1",
            "import os\nimport sdmx\n\n"
            f'sdmx.add_source({{"id": "{AGENCY}", "name": "Trade", "url": "{base}/sdmx"}}, override=True)\n'
            f'client = sdmx.Client("{AGENCY}")\n'
            'client.session.auth = ("me", os.environ["COOPERATION_TOKEN"])\n'
            'structure = client.dataflow("TRADE").structure["TRADE"]\n'
            'key = {"FREQ": "M", "TRADE_FLOW": "X", "COUNTERPART_AREA_1": "BY", "COMMODITY_1": "TOTAL",'
            ' "MEASURE": "VALUE"}\n'
            'data = sdmx.to_pandas(client.data("TRADE", key=key, params={"startPeriod": "2024"}, dsd=structure))\n',
        ),
        Snippet(
            "pysdmx",
            "import os\nfrom pysdmx.api.dc.pd import PandasConnector\n\n"
            f'address = "{base}/sdmx".replace("://", "://me:" + os.environ["COOPERATION_TOKEN"] + "@")\n'
            "data = PandasConnector(address).data(\n"
            '    "TOMSK:TRADE(1.0)",\n'
            "    \"FREQ='M' AND TRADE_FLOW='X' AND COUNTERPART_AREA_1='BY' AND COMMODITY_1='TOTAL'\"\n"
            "    \" AND MEASURE='VALUE' AND TIME_PERIOD >= '2024'\",\n"
            ")\n",
        ),
    )


def _field(name: str) -> str:
    """Return the name of a field of a record; words of the language are quoted."""
    return f'#"{name}"' if name in {"as", "by", "from", "to", "in", "let", "format", "if"} else name
