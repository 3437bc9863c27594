# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What `make install` puts there is enough to build and run programs in C, Python and Vala, outside
of the source tree.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import agent
from sip_peer import SDP, Peer

BUILD = os.environ['AHOY_TEST_BUILD']
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PYTHON = '''
import gi
gi.require_version('Ahoy', '1.0')
from gi.repository import Ahoy
uri = Ahoy.Uri.parse('sip:a@b;x=y')
assert str(uri) == 'sip:a@b;x=y', 'the overrides are not installed'
print(uri.get_host(), Ahoy.__path__[0] if hasattr(Ahoy, '__path__') else '')
'''
VALA = '''
class Doorman : Object, Ahoy.SessionSupplement {
  public int begun = 0;
  public void session_begin (Ahoy.Session session) {
    begun++;
  }
}
int main () {
  try {
    var stack = new Ahoy.Stack (null, null);
    var sessions = new Ahoy.SessionService (stack);
    var doorman = new Doorman ();
    sessions.add_supplement (doorman, "doorman", null, null, null);
    stack.start ();
    stack.listen ("udp", Ahoy.TransportProtocol.UDP, "127.0.0.1", 0, null);
    sessions.dial ("sip:a@127.0.0.1", "sip:b@127.0.0.1:9", null);
    print ("%s %d\\n", Ahoy.Uri.parse ("sip:a@b").get_host (), doorman.begun);
    stack.stop ();
  } catch (Error error) {
    printerr ("%s\\n", error.message);
    return 1;
  }
  return 0;
}
'''


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f'{command} ended with {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = pathlib.Path(cls.folder.name, 'root')
        cls.work = pathlib.Path(cls.folder.name, 'work')
        cls.work.mkdir()
        run('meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', cls.root)
        cls.library = next(cls.root.rglob('libahoy-1.0.so')).parent
        # What is installed below DESTDIR names the place where it will stand.
        configs = list(cls.root.rglob('ahoy*.pc'))
        for config in configs:
            text = config.read_text('utf-8')
            prefix = text.split('prefix=')[1].split('\n')[0]
            cls.prefix = cls.root / prefix.lstrip('/')
            config.write_text(text.replace(f'prefix={prefix}\n', f'prefix={cls.prefix}\n', 1),
                              'utf-8')
        cls.environment = {
            'PATH': os.environ['PATH'], 'HOME': cls.folder.name,
            'PKG_CONFIG_PATH': str(configs[0].parent), 'LD_LIBRARY_PATH': str(cls.library),
            'GI_TYPELIB_PATH': str(next(cls.root.rglob('Ahoy-1.0.typelib')).parent),
            'PYTHONPATH': str(next(cls.root.rglob('gi/overrides/Ahoy.py')).parents[2])}

    def flags(self, *options, package='ahoy-1.0'):
        return run('pkg-config', *options, package, env=self.environment).split()

    def test_c(self):
        """examples/busy.c, built outside of the tree through pkg-config, refuses a call: 486"""
        shutil.copy(SOURCE / 'examples' / 'busy.c', self.work)
        run('cc', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror', '-std=c11', 'busy.c',
            '-o', 'busy', *self.flags('--cflags', '--libs'), cwd=self.work, env=self.environment)
        with subprocess.Popen(['stdbuf', '-oL', './busy', '0'], cwd=self.work, text=True,
                              stdout=subprocess.PIPE, env=self.environment) as process:
            try:
                port = int(process.stdout.readline().split()[-1])
                peer = Peer('udp', '127.0.0.1', ('127.0.0.1', port))
                self.addCleanup(peer.close)
                peer.send('INVITE', body=SDP)
                self.assertEqual(peer.expect(486).line, 'SIP/2.0 486 Busy Here')
            finally:
                process.terminate()

    def test_headers(self):
        """Each installed header stands alone, as <ahoy/…>, too, and needs no private one"""
        headers = sorted(self.prefix.rglob('include/**/*.h'))
        self.assertGreater(len(headers), 20)
        self.assertEqual([h.name for h in headers if '-private' in h.name], [])
        for package in {header.parent.parent.name for header in headers}:
            flags = self.flags('--cflags', package=package)
            for header in self.prefix.glob(f'include/{package}/*/*.h'):
                program = f'#include <{header.parent.name}/{header.name}>\nint x;\n'
                run('cc', '-fsyntax-only', '-Wall', '-Werror', '-x', 'c', '-', *flags,
                    input=program, cwd=self.work, env=self.environment)

    def test_requires(self):
        """The pkg-config file asks for GLib only: Sofia and GStreamer stay inside"""
        requires = run('pkg-config', '--print-requires', 'ahoy-1.0', env=self.environment)
        self.assertEqual({line.split()[0] for line in requires.splitlines()},
                         {'glib-2.0', 'gobject-2.0', 'gio-2.0'})

    def test_python(self):
        """Python finds the installed typelib and overrides"""
        self.assertTrue(run(sys.executable, '-c', PYTHON, cwd=self.work,
                            env=self.environment).startswith('b '))

    @unittest.skipUnless(shutil.which('valac'), 'no valac')
    def test_vala(self):
        """A supplement in Vala is built against the installed binding, and runs"""
        vapi = next(self.root.rglob('ahoy-1.0.vapi')).parent
        gir = next(self.root.rglob('Ahoy-1.0.gir')).parent
        (self.work / 'doorman.vala').write_text(VALA, 'utf-8')
        run('valac', '--vapidir', vapi, '--girdir', gir, '--pkg', 'ahoy-1.0', 'doorman.vala',
            '-X', '-w', cwd=self.work, env=self.environment)
        self.assertEqual(run('./doorman', cwd=self.work, env=self.environment), 'b 1\n')


if __name__ == '__main__':
    agent.main()
