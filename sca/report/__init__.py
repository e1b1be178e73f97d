"""Verdicts, lists and errors as one document, and that document as text, tables and files."""
