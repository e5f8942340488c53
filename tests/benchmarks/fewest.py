"""``fewest.py URL START END``: print the fewest requests that carry the events of a stretch."""

import sys
from urllib.request import urlopen

if __name__ == "__main__":
    url, start, end = sys.argv[1:]
    with urlopen(f"{url}/fewest?startDate={start}&endDate={end}") as answer:
        sys.stdout.write(answer.read().decode())
