"""``python -m events_tracker`` is ``tracker``."""

from events_tracker.cli import main

main()
