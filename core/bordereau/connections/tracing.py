"""Logging every hook call, where the environment asks for it: `BORDEREAU_TRACE_PLUGINS=1`."""

import logging
import os
from collections.abc import Mapping
from typing import Any

import pluggy

log = logging.getLogger(__name__)


def trace(manager: pluggy.PluginManager) -> None:
    """Log the hook calls of a manager from now on, if `BORDEREAU_TRACE_PLUGINS` says so."""
    if os.environ.get("BORDEREAU_TRACE_PLUGINS", "0") not in ("", "0"):
        manager.add_hookcall_monitoring(_tell_call, _tell_outcome)


def _tell_call(hook: str, plugins: Any, arguments: Mapping[str, object]) -> None:
    names = ", ".join(plugin.plugin_name for plugin in plugins) or "no plugin"
    log.info("Hook %s(%s) is called on %s.", hook, ", ".join(arguments), names)


def _tell_outcome(outcome: Any, hook: str, _plugins: Any, _arguments: object) -> None:
    failure = outcome.exception
    log.info("Hook %s %s.", hook, f"raised {type(failure).__name__}" if failure else "returned")
