"""What a plugin may raise, and what it means for the items that have no answer yet.

* PluginError
  - PluginLoadError      the plugin stays off, the rest goes on
  - ChannelError         raised while carrying
    · Retryable          nothing was sent; the same call may work later
    · ActionRequired     nothing was sent; a person must act first
    · Rejected           the far side said no; never again as it stands
  - RenderError          the file cannot be made; `code` says why

Anything else that a plugin raises counts as "outcome unknown".
"""

from datetime import timedelta


class PluginError(Exception):
    """The base of the errors around plugins."""


class PluginLoadError(PluginError):
    """Raised when a plugin cannot be taken in: wrong version, wrong class, a key taken twice."""


class ChannelError(PluginError):
    """The base of what a channel raises for every item it has not answered."""


class Retryable(ChannelError):  # noqa: N818 - reads as what it means
    """Raised when nothing was sent and the same call may work later."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class ActionRequired(ChannelError):  # noqa: N818
    """Raised when nothing was sent and a person must act first."""


class Rejected(ChannelError):  # noqa: N818
    """Raised when the far side refused for good."""


class RenderError(PluginError):
    """Raised when a file cannot be made of a document.

    Attributes:
        code: `RENDER_FAILED` (bad template or data), `RENDER_TIMEOUT` or `RENDER_KILLED` (limits).

    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
