# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Many calls, one after the other: nothing of them is left when everything has timed out."""

import sys

import measure

CALLS = 100000
RATE = 1000
WARM_UP = 5000
ROOM = 32768  # KiB that the memory may have grown: what the allocator keeps in pieces


def main():
    measure.raise_limits()
    result = measure.soak(CALLS, RATE, WARM_UP)
    grown = result['rss_after'] - result['rss_before']
    good = (grown <= ROOM and result['descriptors_after'] == result['descriptors_before']
            and result['completed'] + result['refused'] + result['lost'] == CALLS)
    print(f'{CALLS} calls at {RATE} calls/s in {result["seconds"]:.0f} s: completed '
          f'{result["completed"]}, refused {result["refused"]}, lost {result["lost"]}; memory '
          f'{result["rss_before"]} → {result["rss_after"]} KiB, descriptors '
          f'{result["descriptors_before"]} → {result["descriptors_after"]}, objects back to '
          f'{result["objects"]}', flush=True)
    sys.exit(0 if good else 1)


if __name__ == '__main__':
    main()
