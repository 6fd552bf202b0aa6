"""Prints the text of a PDF as pypdf reads it: title first, then each page.

    read_pdf.py FILE.pdf
"""

import sys

from pypdf import PdfReader

reader = PdfReader(sys.argv[1], strict=True)
print(reader.metadata.title)
for page in reader.pages:
    print(page.extract_text())
