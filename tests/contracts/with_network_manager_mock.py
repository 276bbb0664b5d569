#!/usr/bin/python3
"""Runs a program with a system bus of its own on which a mock NetworkManager lives: with_network_manager_mock.py [--network SSID PASSPHRASE]... PROGRAM ARGUMENT...

--network puts one into its air. NIGHTJAR_NETWORK_MANAGER_MOCK=1 tells the program so; NIGHTJAR_EMPTY_BUS is the address of a second bus that nobody is on.
"""
import os
import pathlib
import subprocess
import sys

import dbus
import dbusmock


class Buses(dbusmock.DBusTestCase):
    """Only for its ways to start a private bus and a mock."""


def empty_bus():
    bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address'], stdout=subprocess.PIPE, text=True,
                           stderr=subprocess.DEVNULL)   # it complains where it may not raise its limits
    return bus, bus.stdout.readline().strip()


def main():
    template = pathlib.Path(__file__).with_name('network_manager_mock.py')
    Buses.setUpClass()
    Buses.start_system_bus()
    bus, address = empty_bus()
    mock = None
    try:
        mock, manager = Buses.spawn_server_template(str(template), {}, subprocess.DEVNULL)
        program = sys.argv[1:]
        if program[0] == '--network':
            manager.Reset(True, dbus_interface=dbusmock.MOCK_IFACE, signature='b')   # dbusmock has one without, and tells of that
        while program[0] == '--network':
            manager.AddNetwork(program[1], program[2], dbus.Byte(70), True, dbus_interface=dbusmock.MOCK_IFACE)
            program = program[3:]
        return subprocess.run(program, check=False,
                              env={**os.environ, 'NIGHTJAR_NETWORK_MANAGER_MOCK': '1', 'NIGHTJAR_EMPTY_BUS': address}).returncode
    finally:
        for process in filter(None, (mock, bus)):
            process.terminate()
            process.wait()
        Buses.tearDownClass()


if __name__ == '__main__':
    sys.exit(main())
