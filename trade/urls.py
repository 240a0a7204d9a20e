from django.urls import path

from trade import views

app_name = "trade"
urlpatterns = [
    path("trade/", views.figures, name="figures"),
    path("trade/figures/new/", views.new_figure, name="new"),
    path("trade/figures/<int:pk>/", views.figure, name="figure"),
]
