"""Runs what pyaxm offers on the sandbox, and prints `ok` and what was found for each operation.

Arguments: the sandbox's configuration folder, and a folder for files. The sandbox has DEVICES devices.
"""

import csv
import datetime as dt
import os
import re
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

from pyaxm.abm_requests import DeviceError, UserError
from pyaxm.client import Client
from pyaxm.utils import download_activity_csv

configuration, folder = sys.argv[1:]
DEVICES = int(os.environ["DEVICES"])
failed = []


def setting(name):
    with open(os.path.join(configuration, "config.toml")) as file:
        return re.search(rf'^{name} = "(.*)"$', file.read(), re.MULTILINE)[1]


def client():
    return Client(
        axm_client_id=setting("client_id"),
        axm_key_id=setting("key_id"),
        key_path=os.path.join(configuration, "private-key.pem"),
        token_path=os.path.join(folder, "token.json"),
    )


def operation(name):
    """Runs a function as an operation; what it returns is printed beside the name."""

    def run(check):
        try:
            found = check()
        except Exception:
            failed.append(name)
            print(f"FAILED pyaxm {name}\n{traceback.format_exc()}", flush=True)
        else:
            print(f"ok pyaxm {name:<46} {found}", flush=True)

    return run


def refused(error, call, *arguments):
    """The text of the error that a call has to raise."""
    try:
        call(*arguments)
    except error as raised:
        return str(raised)
    raise AssertionError(f"{call.__name__} raised no {error.__name__}")


api = client()
devices = api.list_devices()
serials = {device.id for device in devices}
servers = {server.attributes.serverName: server for server in api.list_mdm_servers()}
prod, test = servers["Jamf Pro Production"].id, servers["Jamf Pro Test"].id
now = dt.datetime.now(dt.timezone.utc)


def utc(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def these(status, family="iPhone"):
    """The serial numbers of devices that have this status."""
    return [d.id for d in devices if d.attributes.status == status and d.attributes.productFamily == family]


@operation("token, kept for the next client")
def _():
    value = client().token_manager.get_token_value()
    assert value == api.token_manager.get_token_value()
    return "ES256 assertion, form body"


@operation("list_devices")
def _():
    assert len(devices) == len(serials) == DEVICES
    assert all(device.attributes.serialNumber == device.id for device in devices)
    assert all(device.attributes.releasedFromOrgDateTime is None for device in devices)
    orders = {}
    for device in devices:
        orders.setdefault(device.attributes.orderNumber, []).append(device)
    by_hand = orders.pop(None)
    assert all(device.attributes.purchaseSourceType == "MANUALLY_ADDED" for device in by_hand)
    assert max(map(len, orders.values())) > 1
    return f"{len(devices)} devices, {-(-len(devices) // 1000)} pages, {len(orders)} orders, {len(by_hand)} added by hand"


@operation("get_device")
def _():
    device = api.get_device(devices[0].id)
    assert device.attributes == devices[0].attributes
    return f"{device.attributes.deviceModel}; unknown: {refused(DeviceError, api.get_device, 'NOSUCH')}"


@operation("get_apple_care_coverage")
def _():
    rows = [row for device in devices[:20] for row in api.get_apple_care_coverage(device.id)]
    kinds = {row.attributes.paymentType for row in rows}
    assert len(kinds) > 1 and len(rows) > 20
    return f"{len(rows)} rows of 20 devices, {', '.join(sorted(kinds))}"


@operation("list_mdm_servers")
def _():
    assert len(servers) == 4
    return f"{len(servers)} servers, after 429 with Retry-After"


@operation("list_devices_in_mdm_server")
def _():
    linked = {d.id: server.id for server in servers.values() for d in api.list_devices_in_mdm_server(server.id)}
    assigned = {device.id for device in devices if device.attributes.status == "ASSIGNED"}
    assert set(linked) == assigned
    for serial in list(linked)[:5]:
        assert api.get_device_server_assignment(serial).id == linked[serial]
    return f"{len(linked)} devices of {len(servers)} servers"


@operation("get_device_server_assignment")
def _():
    without = these("UNASSIGNED")[-1]
    text = refused(DeviceError, api.get_device_server_assignment, without)
    return f"as the servers say; unassigned: {text}"


@operation("list_users")
def _():
    users = api.list_users()
    assert len({user.id for user in users}) == len(users) > 100
    assert api.get_user(users[7].id).attributes == users[7].attributes
    return f"{len(users)} users, {-(-len(users) // 100)} pages"


@operation("get_user")
def _():
    return f"as listed; unknown: {refused(UserError, api.get_user, 'nosuch')}"


@operation("get_audit_events")
def _():
    window = utc(now - dt.timedelta(days=364)), utc(now)
    events = api.get_audit_events(*window, limit=150)
    types = {event.attributes.type for event in events}
    assert len(types) == 33, sorted(types)
    assigned = api.get_audit_events(*window, event_type="DEVICE_ASSIGNED_TO_SERVER")
    assert {event.attributes.type for event in assigned} == {"DEVICE_ASSIGNED_TO_SERVER"}
    first = assigned[0].attributes
    data = first.eventDataDeviceAssignedToServer
    assert data.serialNumber == first.subjectId in serials and data.targetServerName in servers
    history = api.get_audit_events(*window, subject_id=first.subjectId)
    assert {event.attributes.subjectId for event in history} == {first.subjectId}
    return f"{len(events)} events of {len(types)} types"


# An activity takes pyaxm 10 seconds, since it waits before it asks: so they run beside one another.


def activity(name, serials, server, action, sub_status, outcomes, deadline=None):
    """Runs an activity, and checks its outcome and its file."""
    own = client()
    done = own.assign_unassign_device_to_mdm_server(serials, server, action, deadline)
    assert (done.attributes.status, done.attributes.subStatus) == ("COMPLETED", sub_status), done
    path = download_activity_csv(done, folder)
    with open(path) as file:
        rows = list(csv.reader(file))
    header = rows.index(["serial_number", "operation_status", "operation_substatus"])
    assert header > 0, "lines before the header"
    found = {serial: sub_status for serial, _, sub_status in rows[header + 1 :]}
    assert found == dict(zip(serials, outcomes)), found
    return f"{sub_status}, {os.path.basename(path)}"


free = these("UNASSIGNED")
capable = {device.id for device in devices if device.attributes.isMdmMigrationCapable}
taken = [serial for serial in these("ASSIGNED") if serial in capable]
migrating = [device for device in devices if device.attributes.mdmMigrationStatus]
assert {device.attributes.mdmMigrationStatus for device in migrating} == {"STARTED", "REQUESTED"}
moved, cancelled = (device.id for device in migrating)
there = api.get_device_server_assignment(taken[0]).id
soon = utc(now + dt.timedelta(days=20))
success, partly = "COMPLETED_WITH_SUCCESS", "COMPLETED_WITH_FAILURE"
activities = [
    ("assign", free[:2], prod, "ASSIGN_DEVICES", success, ["SUCCESS"] * 2),
    ("unassign", taken[:1], there, "UNASSIGN_DEVICES", success, ["SUCCESS"]),
    ("assign, one is there already", [taken[1], free[2]], there, "ASSIGN_DEVICES", partly, ["ALREADY_ASSIGNED", "SUCCESS"]),
    ("assign with a migration deadline", taken[2:3], test, "ASSIGN_DEVICES_WITH_MDM_MIGRATION_DEADLINE", success, ["SUCCESS"], soon),
    ("update a migration deadline", [moved], None, "UPDATE_MDM_MIGRATION_DEADLINE", success, ["SUCCESS"], soon),
    ("cancel a migration", [cancelled], None, "CANCEL_MDM_MIGRATION", success, ["SUCCESS"]),
    ("release", taken[3:4], None, "RELEASE_DEVICES", success, ["SUCCESS"]),
]
with ThreadPoolExecutor(len(activities)) as pool:
    for each in activities:
        pool.submit(operation(each[0]), lambda each=each: activity(*each))


@operation("reads after the activities")
def _():
    assert api.get_device_server_assignment(free[0]).id == prod
    refused(DeviceError, api.get_device_server_assignment, taken[0])
    after = {device.id: device.attributes for device in api.list_devices()}
    assert serials - set(after) == {taken[3]}
    assert api.get_device(taken[3]).attributes.releasedFromOrgDateTime >= now.replace(microsecond=0)
    assert after[taken[2]].mdmMigrationStatus == "REQUESTED"
    assert utc(after[moved].mdmMigrationDeadlineDateTime) == soon
    assert after[cancelled].mdmMigrationStatus is None
    return "assigned, unassigned, migrating, released"


@operation("audit events of the activities")
def _():
    window = utc(now - dt.timedelta(minutes=1)), utc(dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=1))
    released = api.get_audit_events(*window, event_type="DEVICE_REMOVED_FROM_ORG")
    assert [event.attributes.subjectId for event in released] == [taken[3]]
    assert released[0].attributes.actorId == setting("client_id")
    assert released[0].attributes.eventDataDeviceRemovedFromOrg.releaseEntityType == "API"
    assigned = api.get_audit_events(*window, event_type="DEVICE_ASSIGNED_TO_SERVER")
    return f"{len(released)} released, {len(assigned)} assigned, by the API account"


print(f"{len(failed)} of pyaxm's operations failed" if failed else "All of pyaxm's operations ran.")
sys.exit(bool(failed))
