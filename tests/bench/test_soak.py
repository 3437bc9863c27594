# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""Nothing of 5000 calls is left in the daemon when everything has timed out (TEST-08).

“--sanitized” makes fewer calls, and leaves resident memory out: a sanitizer keeps what was freed.
"""

import sys
import unittest

import agent
import measure

ROOM = 32768  # KiB: what the allocator keeps, and half of what 5000 leaked sessions would take


class Soak(unittest.TestCase):
    calls, rate, warm_up = 5000, 150, 1000
    memory = True

    def test_soak(self):
        """memory, descriptors and objects return to what they were after thousands of calls"""
        result = measure.soak(self.calls, self.rate, self.warm_up)
        print(f'# {result}', flush=True)
        # A busy machine may refuse or lose some: nothing of those may be left either.
        self.assertEqual(result['completed'] + result['refused'] + result['lost'], self.calls)
        self.assertGreater(result['completed'], self.calls // 2)
        self.assertEqual(result['descriptors_after'], result['descriptors_before'])
        if self.memory:
            self.assertLess(result['rss_after'] - result['rss_before'], ROOM)

    def test_the_census(self):
        """the census sees a call that is not over"""
        side = measure.Ahoy(core=measure.SHORT, linger='1s')
        try:
            base = measure.census(side)
            calls = measure.start_calls(side, 10, 1, '--wait')
            self.assertEqual(calls.line(), 'held')
            with self.assertRaises(measure.Failure):
                measure.wait_for_census(side, base, 1)
            calls.press()
            self.assertTrue(measure.finish_calls(calls)['good'])
            measure.wait_for_census(side, base)
        finally:
            side.close()


if __name__ == '__main__':
    if '--sanitized' in sys.argv:
        Soak.memory = False
        Soak.calls, Soak.rate, Soak.warm_up = 1000, 25, 100
        sys.argv.remove('--sanitized')
    agent.main(seconds=570)
