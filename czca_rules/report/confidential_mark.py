"""How a message says that its file shows confidential values.

GitHub and GitLab show the messages of a file and nothing else of it, so the mark is part of them.
"""

from __future__ import annotations

#: What such messages begin with.
CONFIDENTIAL_MARK = "[confidential] "
