"""Hooks are told to each plugin alone, and can be traced."""

import logging
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pytest

from bordereau.connections.host import Host

Install = Callable[..., EntryPoint]

HEARING = """
from bordereau.contract import hookimpl

heard = []

@hookimpl
def bordereau_batch_finalized({arguments}):
    heard.append(({arguments}))
    {then}
"""


def test_hear_hooks_are_told_each_alone(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    points = [
        install("bad", HEARING.format(arguments="tenant", then="raise ValueError('no')")),
        install("good", HEARING.format(arguments="tenant, batch", then="")),
        install("other", HEARING.format(arguments="batch", then="")),
    ]
    host = Host.discover(points, skip=())
    failed = host.notify(
        "bordereau_batch_finalized", ["bad", "good", "gone"], tenant="acme", batch="B1"
    )
    assert failed == ["bad"]
    assert heard("bad") == ["acme"]
    assert heard("good") == [("acme", "B1")]
    assert heard("other") == []
    assert "Plugin bad failed in bordereau_batch_finalized" in caplog.text


def test_the_trace_switch_logs_every_hook_call_without_what_it_carries(
    install: Install, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    point = install("good", HEARING.format(arguments="tenant, batch", then=""))
    Host.discover([point], skip=())
    assert "is called" not in caplog.text
    monkeypatch.setenv("BORDEREAU_TRACE_PLUGINS", "1")
    host = Host.discover([point], skip=())
    host.notify("bordereau_batch_finalized", ["good"], tenant="acme", batch="B1")
    assert "Hook bordereau_batch_finalized(tenant, batch) is called on good." in caplog.text
    assert "Hook bordereau_batch_finalized returned." in caplog.text
    assert "acme" not in caplog.text


def heard(name: str) -> list[Any]:
    module: ModuleType = sys.modules[f"plugin_x_{name}_{name}"]
    found: list[Any] = module.heard
    return found
