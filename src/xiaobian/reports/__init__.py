"""The only writers of files for people (CSV, Excel, HTML, PDF): no text cell ever becomes a formula."""

from .flat import Written as Written
from .flat import write_csv as write_csv
from .workbook import write_xlsx as write_xlsx
