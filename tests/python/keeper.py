# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""A SIP service that keeps what it is told: a MESSAGE is answered when the store has it.

`put NAME CONTEXT` makes or changes an endpoint: 200, or 500 with the reason when it could not be
written. `get NAME` is answered with its context in X-Context, or with 404. Usage: keeper.py FOLDER
prints the port that it listens on, and its process.
"""

import os
import sys

from party import Ahoy, GLib, GObject


class Keeper(GObject.Object, Ahoy.Service):
    def __init__(self, core):
        super().__init__()
        self.store = core.get_store()

    def do_handle_request(self, transaction):
        words = transaction.get_request().get_body().get_data().decode().split()
        if words[0] == 'get':
            self.store.get_async('endpoint', words[1], None, self.on_got, transaction)
        else:
            endpoint = Ahoy.EndpointConfig.new(words[1])
            endpoint.props.context = words[2]
            self.store.create_async(endpoint, 'keeper', None, self.on_created,
                                    (transaction, endpoint))
        return Ahoy.ServiceVerdict.TAKEN

    def on_got(self, store, result, transaction):
        try:
            found = store.get_finish(result)
        except GLib.Error as error:
            missing = error.matches(Ahoy.Error.quark(), Ahoy.Error.NOT_FOUND)
            transaction.reject(404 if missing else 500, None)
            return
        response = transaction.create_response(200, None)
        response['X-Context'] = found.props.context
        transaction.respond(response)

    def on_created(self, store, result, data):
        transaction, endpoint = data
        try:
            store.apply_finish(result)
        except GLib.Error as error:
            if error.matches(Ahoy.Error.quark(), Ahoy.Error.EXISTS):
                store.update_async(endpoint, 0, 'keeper', None, self.on_written, transaction)
            else:
                self.refuse(transaction, error)
            return
        transaction.respond(transaction.create_response(200, None))

    def on_written(self, store, result, transaction):
        try:
            store.apply_finish(result)
        except GLib.Error as error:
            self.refuse(transaction, error)
            return
        transaction.respond(transaction.create_response(200, None))

    @staticmethod
    def refuse(transaction, error):
        response = transaction.create_response(500, None)
        response['X-Reason'] = error.message
        transaction.respond(response)


def make_core(folder):
    core = Ahoy.Core.new(None)
    mapping = Ahoy.StoreMapping.new(Ahoy.configuration_make_schema(), core.get_work_pool(),
                                    core.get_scheduler(), folder)
    problems = mapping.add_backends(Ahoy.ConfigSet.new(), core.get_store())
    assert not problems, [problem.to_string() for problem in problems]
    return core


def main(folder):
    core = make_core(folder)
    core.add_transport('udp', Ahoy.TransportProtocol.UDP, '127.0.0.1', 0, None)
    core.get_stack().add_service(Keeper(core), 'keeper', methods=['MESSAGE'])
    core.start()
    print(core.list_transports()[0].get_port(), os.getpid(), flush=True)
    GLib.MainLoop().run()


if __name__ == '__main__':
    main(sys.argv[1])
