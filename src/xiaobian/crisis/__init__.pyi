"""What the lazy package offers; each name is imported from its module when it is first used."""

from .detection import detect as detect
