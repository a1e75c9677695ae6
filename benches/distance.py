#!/usr/bin/env python3
"""Measures abmctl beside curl over https with a real round trip: `sudo benches/distance.py PROGRAM [RUNS]`.

Two network namespaces with a link between them that delays each packet. In the far one are the emulator and nginx before it
(TLS 1.3, HTTP/2); in the near one abmctl and curl run in turn, with an access token that is kept. Needs root, `ip`, nginx,
openssl and curl. The delay is `tc netem`, or where the kernel lacks it a program of this file that passes packets on between
two tun devices.
"""

import ctypes
import fcntl
import heapq
import json
import os
import pathlib
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

NEAR, FAR = "abmctl-near", "abmctl-far"
NEAR_IP, FAR_IP = "10.77.0.1", "10.77.0.2"
DISTANCES = (0, 30, 100)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def enter(namespace):
    """Puts this process into a network namespace."""
    with open(f"/run/netns/{namespace}") as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), 0x40000000) != 0:
            sys.exit(f"{namespace} can't be entered")


def tun():
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, 0x400454CA, struct.pack("16sH22x", b"way0", 0x1001))
    return handle


def pass_on(delay):
    """Passes packets on between the namespaces, each after `delay` seconds. Never ends."""
    enter(NEAR)
    near = tun()
    enter(FAR)
    far = tun()
    other = {near: far, far: near}
    late, number = [], 0
    os.write(1, b"ready\n")
    while True:
        wait = max(0, late[0][0] - time.monotonic()) if late else None
        for handle in select.select([near, far], [], [], wait)[0]:
            packet = os.read(handle, 65536)
            heapq.heappush(late, (time.monotonic() + delay, number, other[handle], packet))
            number += 1
        while late and late[0][0] <= time.monotonic():
            _, _, handle, packet = heapq.heappop(late)
            try:
                os.write(handle, packet)
            except OSError:
                pass  # The device isn't up yet; packets get lost.


def addresses(device):
    for namespace, own in ((NEAR, NEAR_IP), (FAR, FAR_IP)):
        ip("-n", namespace, "addr", "add", f"{own}/24", "dev", device)
        ip("-n", namespace, "link", "set", device, "up")


def netem(delay):
    """A pair of devices whose packets the kernel delays; false if this kernel can't."""
    ip("-n", NEAR, "link", "add", "way0", "type", "veth", "peer", "name", "way0", "netns", FAR)
    if delay:
        for namespace in (NEAR, FAR):
            words = ["tc", "-n", namespace, "qdisc", "add", "dev", "way0", "root", "netem", "delay", f"{delay * 1000}ms"]
            if subprocess.run(words, stderr=subprocess.DEVNULL).returncode != 0:
                ip("-n", NEAR, "link", "del", "way0")
                return False
    addresses("way0")
    return True


class Link:
    """The link between the namespaces, as long as this is open."""

    def __init__(self, round_trip):
        self.program = None
        delay = round_trip / 2000
        self.how = "veth and netem" if delay else "veth"
        if not netem(delay):
            self.how = "tun devices and a program"
            words = [sys.executable, __file__, "--link", str(delay)]
            self.program = subprocess.Popen(words, stdout=subprocess.PIPE)
            self.program.stdout.readline()
            addresses("way0")

    def close(self):
        if self.program:
            self.program.terminate()
            self.program.wait()
        else:
            ip("-n", NEAR, "link", "del", "way0")


NGINX = """
daemon off; error_log {folder}/error.log; pid {folder}/nginx.pid;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream emulator {{ server {emulator}; keepalive 16; }}
  server {{
    listen {far}:443 ssl http2; ssl_certificate {folder}/far.crt; ssl_certificate_key {folder}/far.key;
    ssl_protocols TLSv1.3;
    location / {{ proxy_pass http://emulator; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""


def run(words, environment, runs):
    """Runs it: seconds by the clock, seconds of the processor and the peak of memory in MB, of each run."""
    figures = []
    for _ in range(runs):
        started = time.monotonic()
        child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        figures.append((time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
        if status != 0:
            sys.exit(f"{words[0]} {words[1]}: status {status}")
    return figures


def measure(commands, runs):
    """Measures commands in turn, so that what disturbs one disturbs the others."""
    figures = [[] for _ in commands]
    for _ in range(runs):
        for (_, words, environment), of in zip(commands, figures):
            of.extend(run(words, environment, 1))
    least = min(min(it[0] for it in of) for of in figures[-1:])
    for (name, _, _), of in zip(commands, figures):
        clock = sorted(it[0] * 1000 for it in of)
        cpu = sum(it[1] for it in of) / len(of) * 1000
        peak = max(it[2] for it in of)
        print(f"  {name:<34}{clock[0]:>8.1f} ms{clock[len(clock) // 2]:>8.1f} ms{cpu:>8.1f} ms{peak:>6.0f} MB{clock[0] / least / 1000:>8.2f}x")


def main():
    program = os.path.realpath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    lacking = [it for it in ("ip", "nginx", "openssl", "curl") if not shutil.which(it, path=os.environ["PATH"] + ":/usr/sbin:/sbin")]
    if os.geteuid() != 0 or lacking:
        print("SKIPPED: it needs root" + "".join(f", {it}" for it in lacking))
        return
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    children, link = [], None
    try:
        for namespace in (NEAR, FAR):
            ip("netns", "add", namespace)
            ip("-n", namespace, "link", "set", "lo", "up")
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        # The emulator lives as long as the program that it runs, which tells its environment.
        script = f'env > "{folder}/env.new"; mv "{folder}/env.new" "{folder}/env"; exec sleep 100000'
        words = ["ip", "netns", "exec", FAR, program, "sandbox", "exec", "--", "sh", "-c", script]
        children.append(subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL))
        while not (folder / "env").exists():
            time.sleep(0.05)
        lines = (folder / "env").read_text().splitlines()
        there = dict(line.split("=", 1) for line in lines if line.startswith(("ABMCTL_", "SANDBOX_URL")))
        emulator = there.pop("SANDBOX_URL").removeprefix("http://").rstrip("/")
        environment.update(there)
        openssl = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                   "-subj", "/CN=far", "-addext", f"subjectAltName=IP:{FAR_IP}", "-addext", "basicConstraints=critical,CA:FALSE",
                   "-keyout", f"{folder}/far.key", "-out", f"{folder}/far.crt"]
        subprocess.run(openssl, check=True, stderr=subprocess.DEVNULL)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, emulator=emulator, far=FAR_IP))
        # Both read the system's roots and this certificate beside them.
        bundle = pathlib.Path("/etc/ssl/certs/ca-certificates.crt").read_bytes()
        (folder / "roots.pem").write_bytes(bundle + (folder / "far.crt").read_bytes())
        origin = f"https://{FAR_IP}"
        for name, path in (("API", ""), ("TOKEN", "/auth/oauth2/token"), ("ENROLLMENT", "")):
            environment[f"ABMCTL_{name}_URL"] = origin + path
        environment["SSL_CERT_FILE"] = str(folder / "far.crt")
        enter(NEAR)
        print(f"abmctl {os.path.getsize(program) / 1e6:.1f} MB; {subprocess.check_output(['curl', '--version'], text=True).split(' (')[0]}")
        for distance in DISTANCES:
            link = Link(distance)
            front = subprocess.Popen(["ip", "netns", "exec", FAR, "nginx", "-c", f"{folder}/nginx.conf"], stderr=subprocess.DEVNULL)
            children.append(front)
            time.sleep(0.5)
            for line in ("servers list", "assign"):
                subprocess.run([program, *line.split()], env=environment, check=True, stdout=subprocess.DEVNULL)
            state = pathlib.Path(environment["ABMCTL_STATE_DIR"])
            token = next(json.loads(it.read_text())["access_token"] for it in state.glob("access-tokens/*.json")
                         if json.loads(it.read_text())["api_origin"].startswith(origin))
            header = f"Authorization: Bearer {token}"
            curl = ["curl", "-s", "--fail", "--cacert", f"{folder}/roots.pem", "-H", header]
            servers = subprocess.check_output([*curl, f"{origin}/v1/mdmServers?limit=1000"], text=True)
            fields = "fields%5BmdmServers%5D=serverName%2CserverType%2Cstatus%2CdeviceCount%2CdefaultProductFamilies"
            pages = [f"{origin}/v1/mdmServers?limit=1000&{fields}"]
            pages += [f"{origin}/v1/mdmServers/{it['id']}?{fields}" for it in json.loads(servers)["data"]]
            urls = [word for page in pages for word in ("-o", "/dev/null", page)]
            first, rest = urls[:3], urls[3:]
            plain = {"PATH": environment["PATH"]}
            print(f"\n{distance} ms away ({link.how}, {runs} runs){'MIN':>16}{'MEDIAN':>11}{'CPU':>11}{'PEAK':>9}{'OF curl':>9}")
            measure([
                ("abmctl servers list", [program, "servers", "list"], environment),
                ("abmctl assign", [program, "assign"], environment),
                ("abmctl servers list --columns id", [program, "servers", "list", "--columns", "id"], environment),
                ("curl, the list alone", [*curl, *first], plain),
                ("curl, the pages in turn", [*curl, *urls], plain),
                ("curl -Z, all pages at once", [*curl, "-Z", *first, *rest], plain),
            ], runs)
            front.send_signal(signal.SIGTERM)
            front.wait()
            link.close()
            link = None
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if link:
            link.close()
        for namespace in (NEAR, FAR):
            subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--link"]:
        pass_on(float(sys.argv[2]))
    elif len(sys.argv) < 2:
        sys.exit(__doc__)
    else:
        main()
