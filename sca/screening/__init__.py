"""Many questions at once: a table of places and times, and a verdict for each row."""
