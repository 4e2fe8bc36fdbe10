"""The web application: the REST API over an open installation."""

from fastapi import FastAPI

from bordereau_api.rest import error_handlers, health
from bordereau_api.rest.description import PREFIX, describe
from bordereau_api.rest.frame import Frame
from bordereau_api.rest.routes import api_router
from bordereau_api.wiring import House


def build_app() -> FastAPI:
    """Build the application without an installation: its routes and its description."""
    app = FastAPI(
        title="Bordereau",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.include_router(api_router(), prefix=PREFIX)
    app.include_router(health.router, include_in_schema=False)
    error_handlers.install(app)
    describe(app)
    app.add_middleware(Frame)
    return app


def create_app(house: House) -> FastAPI:
    """Build the application of an open installation."""
    app = build_app()
    app.state.house = house
    return app
