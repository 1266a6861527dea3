"""Crises hour by hour: scenarios, attribution, responses, and the truth when they are over."""

from .room import Crisis as Crisis
