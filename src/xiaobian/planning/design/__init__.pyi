"""What the lazy package offers; each name is imported from its module when it is first used."""

from .broken import broken_cards as broken_cards
from .canvas import canvas as canvas
from .canvas import canvases as canvases
from .drawing import render as render
from .faults import plant as plant
from .findings import CardFinding as CardFinding
from .findings import Review as Review
from .measuring import contrast_map as contrast_map
from .palette import accessible_pairs as accessible_pairs
from .palette import brand_palette as brand_palette
from .pictures import Picture as Picture
from .pictures import before_after as before_after
from .pictures import on_phone as on_phone
from .pictures import sheet as sheet
from .pictures import squint as squint
from .pictures import swatches as swatches
from .reading import CardError as CardError
from .review import lint as lint
from .seeing import contrast as contrast
from .spec import Background as Background
from .spec import Block as Block
from .spec import Card as Card
from .spec import Shape as Shape
from .spec import load as load
from .spec import load_many as load_many
