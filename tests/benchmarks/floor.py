"""The least that any scan must do: download the events, decode and count them.

``floor.py URL FILE``: the file has one request target a line, the fewest that carry
them. Prints how many events there were.
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import urllib3

IN_FLIGHT = 6


class Event(msgspec.Struct, gc=False):
    accountId: int  # noqa: N815 - the wire's name
    code: str
    cuc: str | None = None


def main() -> None:
    url, targets = sys.argv[1:]
    pool = urllib3.PoolManager(maxsize=IN_FLIGHT, headers={"Authorization": "Bearer demo-token"})
    decoder = msgspec.json.Decoder(list[Event])

    def count(target: str) -> Counter[tuple[int, str | None, str]]:
        body = pool.request("GET", url + target).data
        return Counter((event.accountId, event.cuc, event.code) for event in decoder.decode(body))

    counted: Counter[tuple[int, str | None, str]] = Counter()
    with ThreadPoolExecutor(IN_FLIGHT) as workers:
        for span in workers.map(count, Path(targets).read_text().split()):
            counted.update(span)
    print(counted.total())


if __name__ == "__main__":
    main()
