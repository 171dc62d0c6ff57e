"""The report page in a browser: opened, read, worked by keyboard, printed, and checked as HTML."""
