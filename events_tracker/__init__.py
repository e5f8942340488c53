"""Events Tracker: finds alarm accounts with too many events, says so once, and when it is over."""

__version__ = "1.0.0"
