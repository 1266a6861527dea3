"""What the lazy package offers; each name is imported from its module when it is first used."""

from .canvas import canvas as canvas
from .canvas import canvases as canvases
from .drawing import render as render
from .reading import CardError as CardError
from .spec import Background as Background
from .spec import Block as Block
from .spec import Card as Card
from .spec import Shape as Shape
from .spec import load as load
from .spec import load_many as load_many
