"""The layouts of files: which are known by their header, and how their rows become rows of roles."""

from trade.importing.formats.layouts import ROLES, Layout, Unfit

__all__ = ["ROLES", "Layout", "Unfit"]
