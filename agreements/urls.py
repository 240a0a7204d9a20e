from django.urls import path

from agreements import views

app_name = "agreements"
urlpatterns = [
    path("agreements/", views.agreement_list, name="list"),
    path("agreements/<int:pk>/", views.agreement, name="detail"),
    path("measures/", views.measures, name="measures"),
]
