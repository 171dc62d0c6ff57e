"""The report as one page: no network, and a script that only filters and sorts what is there.

The templates hold the words' places, ``page.css`` their look and ``page.js`` the filters; the
modules only prepare what they show.
"""

from czca_rules.report.page.rendering import render_page

__all__ = ["render_page"]
