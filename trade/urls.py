from django.urls import path

from documents.lists import files_of
from parties.permissions import allowed, may_import_trade
from trade import files
from trade.views import data, explorer, figures, imports, releases

app_name = "trade"
urlpatterns = [
    path("trade/", explorer.explore, name="explorer"),
    path("trade/chart.svg", explorer.chart, {"form": "svg"}, name="chart"),
    path("trade/chart.png", explorer.chart, {"form": "png"}, name="chart"),
    path("trade/lines/", explorer.lines, name="lines"),
    path("trade/comparison/", explorer.comparison, name="comparison"),
    path("trade/datasets/", releases.datasets, name="datasets"),
    *files_of("trade/datasets", "datasets", files.datasets_file),
    path("trade/datasets/<str:code>/", releases.dataset, name="dataset"),
    path("trade/releases/", releases.releases, name="releases"),
    *files_of("trade/releases", "releases", files.releases_file, filtered=True),
    path("trade/releases/<int:pk>/", releases.release, name="release"),
    path("trade/releases/<int:pk>/undo/", releases.undo_release, name="undo"),
    path("trade/imports/", imports.imports, name="imports"),
    *files_of("trade/imports", "imports", files.imports_file, declared=allowed(may_import_trade), versioned=False),
    path("trade/imports/new/", imports.new_import, name="new_import"),
    path("trade/imports/<uuid:pk>/", imports.one_import, name="import"),
    path("trade/imports/<uuid:pk>/again/", imports.import_again, name="import_again"),
    path("trade/imports/<uuid:pk>/columns/", imports.import_columns, name="import_columns"),
    path("trade/imports/<uuid:pk>/confirm/", imports.confirm_import, name="confirm_import"),
    path("trade/imports/<uuid:pk>/cancel/", imports.cancel_import, name="cancel_import"),
    path("trade/imports/<uuid:pk>/problems.csv", imports.import_problems, {"form": "csv"}, name="problems_csv"),
    path("trade/imports/<uuid:pk>/problems.json", imports.import_problems, {"form": "json"}, name="problems_json"),
    path("data/", data.data, name="data"),
    path("trade/figures/", figures.figures, name="figures"),
    *files_of("trade/figures", "figures", files.figures_file),
    path("trade/figures/new/", figures.new_figure, name="new"),
    path("trade/figures/<int:pk>/", figures.figure, name="figure"),
]
