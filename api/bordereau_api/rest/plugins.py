"""The installed plugins: what they offer, and which of them the account uses."""

from typing import Any

from fastapi import APIRouter

from bordereau.connections import PluginView, list_plugins, set_enabled
from bordereau.errors import NotFound
from bordereau.store import TenantSession
from bordereau_api.rest.call import Administrator, Call, Reader
from bordereau_api.rest.shapes import Page, Shape

router = APIRouter(tags=["plugins"])


class OfferOut(Shape):
    """A capability that can be connected; `form` is the JSON Schema of its settings."""

    plugin: str
    kind: str
    key: str
    title: str
    form: dict[str, Any]


class PluginOut(Shape):
    """An installed plugin; one that was left out says why and offers nothing."""

    name: str
    distribution: str
    version: str
    enabled: bool
    offers: list[OfferOut]
    reason: str


class PluginChange(Shape):
    """Whether the account uses the plugin."""

    enabled: bool


@router.get("/plugins", name="list_plugins")
def get_plugins(call: Reader) -> Page[PluginOut]:
    """List the installed plugins."""
    with call.session() as session:
        return Page(data=[PluginOut.model_validate(one) for one in _views(call, session)])


@router.patch("/plugins/{name}")
def patch_plugin(call: Administrator, name: str, body: PluginChange) -> PluginOut:
    """Switch a plugin on or off; work under way stops before its next call."""
    with call.session() as session:
        set_enabled(session, call.actor, call.house.host, name, enabled=body.enabled)
        for one in _views(call, session):
            if one.name == name:
                return PluginOut.model_validate(one)
    raise NotFound("plugin", name)


@router.get("/connection-offers")
def list_connection_offers(call: Reader) -> Page[OfferOut]:
    """List what can be connected: the offers of the plugins that are switched on."""
    with call.session() as session:
        views = [one for one in _views(call, session) if one.enabled]
    return Page(data=[OfferOut.model_validate(one) for view in views for one in view.offers])


def _views(call: Call, session: TenantSession) -> list[PluginView]:
    return list_plugins(session, call.house.host)
