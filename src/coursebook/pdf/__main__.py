"""Write the PDF: `python -m coursebook.pdf FOLDER book.pdf --without reference/facts`. `make pdf` calls it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from coursebook.pdf.document import DocumentError, assemble
