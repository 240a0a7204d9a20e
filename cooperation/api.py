"""The API's root: all resources and their addresses. The only place that knows the resources of every app."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

import agreements.api
import documents.api
import parties.api.resources
import parties.api.saved_views
import projects.api
import reports.api
import trade.api
import workgroup.api
from dashboards.chain.api import ChainView, CoverageView
from dashboards.search.api import SearchView
from parties.api import CodeLists, ReadOnly, Resource, UnknownAddress, announce
from parties.permissions import Allowed

# A longer address stands before the shorter one it begins with.
RESOURCES: dict[str, type[ReadOnly]] = {
    "partnerships": parties.api.resources.PartnershipViewSet,
    "organisations": parties.api.resources.OrganisationViewSet,
    "people": parties.api.resources.PersonViewSet,
    "sources": documents.api.SourceViewSet,
    "facts": documents.api.FactViewSet,
    "mentions": documents.api.MentionViewSet,
    "agreements": agreements.api.AgreementViewSet,
    "agreement-parties": agreements.api.PartyViewSet,
    "agreement-acts": agreements.api.ActViewSet,
    "articles": agreements.api.ArticleViewSet,
    "amendments": agreements.api.AmendmentViewSet,
    "agreement-files": agreements.api.AgreementFileViewSet,
    "stated-counts": agreements.api.StatedCountViewSet,
    "plans": agreements.api.PlanViewSet,
    "measures": agreements.api.MeasureViewSet,
    "yearly-items": agreements.api.YearlyItemViewSet,
    "measure-indicators": agreements.api.MeasureIndicatorViewSet,
    "indicator-values": agreements.api.IndicatorValueViewSet,
    "progress-notes": agreements.api.ProgressNoteViewSet,
    "evidence": agreements.api.EvidenceViewSet,
    "projects": projects.api.ProjectViewSet,
    "participants": projects.api.ParticipantViewSet,
    "milestones": projects.api.MilestoneViewSet,
    "budget-lines": projects.api.BudgetLineViewSet,
    "assessments": projects.api.AssessmentViewSet,
    "project-documents": projects.api.ProjectDocumentViewSet,
    "deliveries": projects.api.DeliveryViewSet,
    "workgroups": workgroup.api.WorkgroupViewSet,
    "meetings": workgroup.api.MeetingViewSet,
    "outcomes": workgroup.api.OutcomeViewSet,
    "instructions": workgroup.api.InstructionViewSet,
    "trade/published-figures": trade.api.FigureViewSet,
    "trade/targets": trade.api.TargetViewSet,
    "trade/structure-notes": trade.api.StructureNoteViewSet,
    "trade/datasets": trade.api.DatasetViewSet,
    "trade/releases": trade.api.ReleaseViewSet,
    "reports/runs": reports.api.RunViewSet,
    "reports/versions": reports.api.VersionViewSet,
    "reports": reports.api.ReportViewSet,
}

# Addresses that hold no records of the domain, but answer a question or hold the reader's own matters.
ANSWERS: dict[str, type[APIView]] = {
    **trade.api.ANSWERS,
    "search": SearchView,
    "chain/coverage": CoverageView,
    "saved-views": parties.api.saved_views.SavedViewsView,
}


class AllCodeLists(CodeLists):
    code_lists = {
        **parties.api.resources.CODE_LISTS,
        **documents.api.CODE_LISTS,
        **agreements.api.CODE_LISTS,
        **projects.api.CODE_LISTS,
        **workgroup.api.CODE_LISTS,
        **reports.api.CODE_LISTS,
        **trade.api.CODE_LISTS,
    }


router = SimpleRouter()
for prefix, viewset in RESOURCES.items():
    basename = f"api-{prefix.replace('/', '-')}"
    router.register(prefix, viewset, basename=basename)
    announce(viewset.queryset.model, basename)  # type: ignore[union-attr]
router.register("trade/codelists", AllCodeLists, basename="api-trade-codelists")


class Root(Resource):
    """All resources and their addresses."""

    schema = None

    def get(self, request: Request) -> Any:
        return self.unless_known(request, lambda: self._addresses(request))

    def _addresses(self, request: Request) -> Response:
        names = {prefix: f"api-{prefix.replace('/', '-')}-list" for prefix in [*RESOURCES, "trade/codelists"]}
        names |= {prefix: f"api-{prefix.replace('/', '-')}" for prefix in ANSWERS}
        names |= {"schema": "api-schema", "docs": "api-docs"}
        return Response({prefix: reverse(name, request=request) for prefix, name in names.items()})


class SchemaView(SpectacularAPIView):
    """The description of the API, for programs (OpenAPI)."""

    permission_classes = [Allowed]


class DocsView(SpectacularSwaggerSplitView):
    """The description of the API, to read and try."""

    permission_classes = [Allowed]
    url_name = "api-schema"
    template_name = "api/docs.html"


urlpatterns = [
    path("", Root.as_view(), name="api-root"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    *(path(f"{prefix}/", view.as_view(), name=f"api-{prefix.replace('/', '-')}") for prefix, view in ANSWERS.items()),
    path("saved-views/<int:pk>/", parties.api.saved_views.SavedViewView.as_view(), name="api-saved-view"),
    path("chain/<str:kind>/<int:pk>/", ChainView.as_view(), name="api-chain"),
    path("trade/releases/<str:pk>/diff/", trade.api.DiffView.as_view(), name="api-trade-releases-diff"),
    path("", include(router.urls)),
    path("<path:rest>", UnknownAddress.as_view()),
]
