"""What words a text consists of: scripts, languages, stop words, stems."""
