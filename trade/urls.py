from django.urls import path

from trade.views import figures

app_name = "trade"
urlpatterns = [
    path("trade/figures/", figures.figures, name="figures"),
    path("trade/figures/new/", figures.new_figure, name="new"),
    path("trade/figures/<int:pk>/", figures.figure, name="figure"),
]
