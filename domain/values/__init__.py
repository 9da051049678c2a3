"""Values as graphs know them: JSON, read and compared the JavaScript way in which they were written."""
