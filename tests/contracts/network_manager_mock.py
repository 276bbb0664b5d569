"""A python-dbusmock template: its own NetworkManager, and a radio that joins what is in the air.

What the stock template does at once happens here as NetworkManager does it: the device goes through its states and tells
them, a passphrase may be wrong (NO_SECRETS), a network may never answer. Controlled over the mock's own interface:
Reset, AddNetwork, RemoveNetwork.
"""
import dbus
from gi.repository import GLib

import dbusmock
from dbusmock import MOCK_IFACE
from dbusmock.templates import networkmanager as stock
from dbusmock.templates.networkmanager import *  # noqa: F401,F403  (the stock methods, on our objects too)

BUS_NAME = stock.BUS_NAME
MAIN_OBJ = stock.MAIN_OBJ
SYSTEM_BUS = True
IS_OBJECT_MANAGER = True

MANAGER, WIRELESS, DEVICE = stock.MANAGER_IFACE, stock.WIRELESS_DEVICE_IFACE, stock.DEVICE_IFACE
RADIO = '/org/freedesktop/NetworkManager/Devices/radio'
ADDRESS = '/org/freedesktop/NetworkManager/IP4Config/1'
NONE = dbus.ObjectPath('/')
STEP_MS = 5
DISCONNECTED, PREPARE, CONFIG, NEED_AUTH, IP_CONFIG, ACTIVATED, DEACTIVATING, FAILED = 30, 40, 50, 60, 70, 100, 110, 120
NO_REASON, NO_SECRETS = 0, 7


class World:
    """What is in the air, what is saved, and the activation under way."""
    secrets = {}       # access point -> (passphrase, answers at all)
    profiles = {}      # path -> (settings, passphrase, volatile)
    active = None      # (path, profile, access point)
    count = 0


def load(mock, parameters):
    stock.load(mock, parameters)
    manager = dbusmock.get_object(stock.MANAGER_OBJ)
    manager.nm_add = add_and_activate
    manager.nm_activate = activate
    manager.nm_deactivate = deactivate
    for name, arguments, reply, code in [
            ('AddAndActivateConnection', 'a{sa{sv}}oo', 'oo', 'ret = self.nm_add(args[0], args[2], {})'),
            ('AddAndActivateConnection2', 'a{sa{sv}}ooa{sv}', 'ooa{sv}', 'ret = self.nm_add(args[0], args[2], args[3]) + ({},)'),
            ('ActivateConnection', 'ooo', 'o', 'ret = self.nm_activate(args[0], args[2])'),
            ('DeactivateConnection', 'o', '', 'self.nm_deactivate(args[0])')]:
        manager.AddMethod(MANAGER, name, arguments, reply, code)
    mock.AddObject(ADDRESS, 'org.freedesktop.NetworkManager.IP4Config',
                   {'AddressData': dbus.Array([dbus.Dictionary({'address': '192.168.1.50', 'prefix': dbus.UInt32(24)}, signature='sv')],
                                              signature='a{sv}')}, [])
    mock.AddEthernetDevice('wire', 'eth0', ACTIVATED)


# ---- the device

def update(mock, interface, properties):
    """As the mock's UpdateProperties, which takes no object paths."""
    mock.props[interface].update(properties)
    mock.EmitSignal(dbus.PROPERTIES_IFACE, 'PropertiesChanged', 'sa{sv}as',
                    [interface, dbus.Dictionary(properties, signature='sv'), dbus.Array([], signature='s')])


def radio():
    return dbusmock.get_object(RADIO)


def set_state(state, reason=NO_REASON):
    old = radio().Get(DEVICE, 'State')
    update(radio(), DEVICE, {'State': dbus.UInt32(state)})
    radio().EmitSignal(DEVICE, 'StateChanged', 'uuu', [dbus.UInt32(state), old, dbus.UInt32(reason)])


def set_active(active, access_point, address):
    update(radio(), DEVICE, {'ActiveConnection': active, 'Ip4Config': address})
    update(radio(), WIRELESS, {'ActiveAccessPoint': access_point})


def scan():
    World.count += 1

    def seen():
        if RADIO in dbusmock.mockobject.objects:
            update(radio(), WIRELESS, {'LastScan': dbus.Int64(World.count)})
        return False
    GLib.timeout_add(STEP_MS, seen)


def leave():
    """Whatever the radio is on ends, at once."""
    if World.active is None:
        return
    path, profile, _ = World.active
    World.active = None
    set_state(DEACTIVATING)
    set_active(NONE, NONE, NONE)
    update(radio(), WIRELESS, {'Mode': dbus.UInt32(2)})
    set_state(DISCONNECTED)
    radio().RemoveObject(path)
    if profile in World.profiles and World.profiles[profile][2]:
        delete(profile)


# ---- activations

def add_profile(settings, passphrase, volatile):
    World.count += 1
    path = f'{stock.SETTINGS_OBJ}/{World.count}'
    World.profiles[path] = (settings, passphrase, volatile)
    radio().AddObject(path, stock.CSETTINGS_IFACE, {'Unsaved': False},
                      [('Delete', '', '', 'self.nm_delete(self.path)'), ('GetSettings', '', 'a{sa{sv}}', 'ret = self.nm_settings')])
    profile = dbusmock.get_object(path)
    profile.nm_delete = delete
    profile.nm_settings = settings
    list_profiles()
    return dbus.ObjectPath(path)


def list_profiles():
    settings = dbusmock.get_object(stock.SETTINGS_OBJ)
    update(settings, stock.SETTINGS_IFACE,
           {'Connections': dbus.Array([dbus.ObjectPath(path) for path in World.profiles], signature='o')})


def delete(path):
    if World.active is not None and World.active[1] == path:
        World.profiles[path] = World.profiles[path][:2] + (False,)
        leave()
    del World.profiles[path]
    list_profiles()
    radio().RemoveObject(path)


def add_and_activate(settings, access_point, options):
    security = settings.get('802-11-wireless-security', {})
    passphrase = str(security.pop('psk', ''))
    profile = add_profile(settings, passphrase, options.get('persist') == 'volatile')
    return (profile, activate(profile, access_point))


def activate(profile, access_point):
    leave()
    World.count += 1
    path = dbus.ObjectPath(f'/org/freedesktop/NetworkManager/ActiveConnection/{World.count}')
    radio().AddObject(path, stock.ACTIVE_CONNECTION_IFACE, {'Connection': profile, 'State': dbus.UInt32(1)}, [])
    World.active = (path, profile, access_point)
    settings, passphrase, _ = World.profiles[profile]
    own = settings['802-11-wireless'].get('mode') == 'ap'
    wanted, answers = ('', True) if own else World.secrets[access_point]
    if not answers:
        states = [(PREPARE, 0), (CONFIG, 0)]
    elif not own and passphrase != wanted:
        states = [(PREPARE, 0), (CONFIG, 0), (NEED_AUTH, 0), (FAILED, NO_SECRETS), (DISCONNECTED, 0)]
    else:
        states = [(PREPARE, 0), (CONFIG, 0), (NEED_AUTH, 0), (PREPARE, 0), (CONFIG, 0), (IP_CONFIG, 0), (ACTIVATED, 0)]

    def step():
        if World.active is None or World.active[0] != path or not states:
            return False
        state, reason = states.pop(0)
        if state == ACTIVATED:
            update(radio(), WIRELESS, {'Mode': dbus.UInt32(3 if own else 2)})
            set_active(path, dbus.ObjectPath(access_point), dbus.ObjectPath(ADDRESS))
        set_state(state, reason)
        if state == DISCONNECTED:
            World.active = None
            radio().RemoveObject(path)
        return bool(states)
    GLib.timeout_add(STEP_MS, step)
    return path


def deactivate(path):
    if World.active is None or World.active[0] != path:
        raise dbus.exceptions.DBusException('not active', name=MANAGER + '.ConnectionNotActive')
    leave()


# ---- for the tests

@dbus.service.method(MOCK_IFACE, in_signature='b', out_signature='')
def Reset(self, with_radio):
    """A fresh machine: nothing in the air, nothing saved, with or without a radio."""
    known = dbusmock.mockobject.objects
    if RADIO in known:
        leave()
        for path in list(World.profiles):
            delete(path)
        for path in list(World.secrets):
            self.RemoveAccessPoint(RADIO, path)
        World.secrets.clear()
        self.RemoveObject(RADIO)
    if not with_radio:
        return
    self.AddWiFiDevice('radio', 'wlan0', DISCONNECTED)
    radio().AddProperties(DEVICE, {'Ip4Config': NONE})
    radio().AddProperties(WIRELESS, {'ActiveAccessPoint': NONE, 'LastScan': dbus.Int64(-1)})
    radio().nm_scan = scan
    radio().nm_leave = leave
    radio().AddMethod(WIRELESS, 'RequestScan', 'a{sv}', '', 'self.nm_scan()')
    radio().AddMethod(DEVICE, 'Disconnect', '', '', 'self.nm_leave()')


@dbus.service.method(MOCK_IFACE, in_signature='ssyb', out_signature='')
def AddNetwork(self, ssid, passphrase, strength, answers):
    World.count += 1
    security = 0x100 if passphrase else 0   # NM_802_11_AP_SEC_KEY_MGMT_PSK
    path = self.AddAccessPoint(RADIO, str(World.count), ssid, f'02:00:00:00:00:{World.count % 256:02x}', 2, 2437, 54000, strength, security)
    World.secrets[path] = (str(passphrase), bool(answers))


@dbus.service.method(MOCK_IFACE, in_signature='s', out_signature='')
def RemoveNetwork(self, ssid):
    for path in list(World.secrets):
        if bytes(dbusmock.get_object(path).Get(stock.ACCESS_POINT_IFACE, 'Ssid')) != str(ssid).encode():
            continue
        if World.active is not None and World.active[2] == path:
            leave()
        self.RemoveAccessPoint(RADIO, path)
        del World.secrets[path]
