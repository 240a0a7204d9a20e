"""Pages about agreements, plans and measures."""

from agreements.views.agreements import agreement, agreement_list
from agreements.views.plans import measures

__all__ = ["agreement", "agreement_list", "measures"]
