"""Files, by the csv, json and charset-normalizer rules of Python and by PDFium."""
