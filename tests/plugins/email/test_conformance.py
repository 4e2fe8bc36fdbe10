"""The e-mail channel passes the conformance kit."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.plugins.email.sending import closed_port

from bordereau.testing import DeliveryConformance
from bordereau_email import Email

Make = Callable[..., Email]


class TestEmailConformance(DeliveryConformance):
    @pytest.fixture
    def capability(self, make_locked: Make, password: str) -> Email:
        return make_locked(password)

    @pytest.fixture
    def cut_off(self, make: Make, port: int, mailbox: Any) -> Email:
        mailbox.at_data = "hang up"
        return make(port)

    @pytest.fixture
    def unreachable(self, make: Make) -> Email:
        return make(closed_port())
