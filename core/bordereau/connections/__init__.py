"""Connections: the installed plugins, which of them a tenant uses, and with which settings.

`Host` knows what is installed, `Connections` what a tenant set up; `carry` and `look_up` are the
only ways in which the core calls a channel.
"""

from bordereau.connections.carry import carry, look_up
from bordereau.connections.config import secret_fields
from bordereau.connections.host import Host
from bordereau.connections.plugins import (
    KINDS,
    Offer,
    PluginView,
    list_plugins,
    set_enabled,
    switched_off,
)
from bordereau.connections.service import Connections
from bordereau.connections.states import ask_to_reconnect, check, disable, pause, set_ok
from bordereau.connections.vault import reseal

__all__ = [
    "KINDS",
    "Connections",
    "Host",
    "Offer",
    "PluginView",
    "ask_to_reconnect",
    "carry",
    "check",
    "disable",
    "list_plugins",
    "look_up",
    "pause",
    "reseal",
    "secret_fields",
    "set_enabled",
    "set_ok",
    "switched_off",
]
