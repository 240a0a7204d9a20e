from django.urls import path

from parties import views

app_name = "parties"
urlpatterns = [
    path("choices/theme/", views.choose_theme, name="theme"),
    path("choices/partnership/", views.choose_partnership, name="partnership"),
    path("views/", views.views, name="views"),
    path("views/<int:pk>/forget/", views.forget_view, name="forget_view"),
    path("tokens/", views.tokens, name="tokens"),
]
