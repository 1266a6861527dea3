"""The only writers of files for people (CSV, Excel, HTML, PDF): no text cell ever becomes a formula."""

from .flat import Written as Written
from .flat import write_csv as write_csv
from .ics import Event as Event
from .ics import write_ics as write_ics
from .page import Page as Page
from .page import PageTable as PageTable
from .page import Section as Section
from .page import write_page as write_page
from .tool_csv import write_tool_csv as write_tool_csv
from .workbook import write_xlsx as write_xlsx
