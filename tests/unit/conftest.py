"""Property tests give the same examples each time and keep nothing on disk."""

from hypothesis import settings

settings.register_profile("tests", derandomize=True, database=None, deadline=None)
settings.load_profile("tests")
