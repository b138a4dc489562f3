"""The portal, for clients that others wrote."""

from tests.portal.conftest import people, portal

__all__ = ["people", "portal"]
