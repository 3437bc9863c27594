# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What programs print is read late, by AHOY_TESTS_LATE seconds, as on a machine that is busy.

Nothing is late unless it is asked for. A test that looks before it waits passes by luck, and fails
with this every time: AHOY_TESTS_LATE=0.4 meson test -C build --timeout-multiplier 4 --suite dbus
"""

import os
import queue
import threading
import time

LATE = float(os.environ.get('AHOY_TESTS_LATE', 0))


def lines(stream):
    """The lines of a stream, each so long after it came, in their order."""
    if LATE <= 0:
        yield from stream
        return
    held = queue.Queue()

    def read():
        try:
            for line in stream:
                held.put((time.monotonic() + LATE, line))
        except ValueError:
            pass  # it was closed meanwhile
        held.put((0, None))

    threading.Thread(target=read, daemon=True).start()
    while (item := held.get())[1] is not None:
        time.sleep(max(item[0] - time.monotonic(), 0))
        yield item[1]
