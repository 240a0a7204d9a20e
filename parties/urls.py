from django.urls import path

from parties import views

app_name = "parties"
urlpatterns = [
    path("choices/theme/", views.choose_theme, name="theme"),
    path("choices/partnership/", views.choose_partnership, name="partnership"),
    path("tokens/", views.tokens, name="tokens"),
]
