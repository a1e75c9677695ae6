"""Writes the container image; packaging/image calls it, with the names of the certificates on standard input.

The layout is that of the OCI (oci-layout, index.json, blobs), with the manifest.json that older versions of `docker load` read.
"""

import gzip, hashlib, io, json, pathlib, sys, tarfile, time

to, program, version, architecture, epoch, roots, repository = sys.argv[1:]
epoch, user = int(epoch), 65532
read = lambda path: pathlib.Path(path).read_bytes()


def entry(tar, name, mode, content=None, owner=0):
    """A file, or a folder if it has no content."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = tarfile.DIRTYPE if content is None else tarfile.REGTYPE, mode, epoch
    info.uid = info.gid = owner
    info.size = len(content or b"")
    tar.addfile(info, io.BytesIO(content or b""))


certificates = [read(line.strip()) for line in sys.stdin]
if len(certificates) < 50:
    sys.exit("packaging/image: the package ca-certificates has hardly any certificates")
layer = io.BytesIO()
with tarfile.open(fileobj=layer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
    for folder in "etc etc/ssl etc/ssl/certs usr usr/bin usr/share usr/share/doc usr/share/doc/abmctl usr/share/doc/ca-certificates var var/lib".split():
        entry(tar, folder, 0o755)
    entry(tar, "tmp", 0o1777)
    # A new volume gets owner and mode of the folder that it is mounted on.
    entry(tar, "etc/abmctl", 0o700, owner=user)
    entry(tar, "var/lib/abmctl", 0o700, owner=user)
    entry(tar, "etc/passwd", 0o644, f"root:x:0:0:root:/:/\nabmctl:x:{user}:{user}:abmctl:/var/lib/abmctl:/\n".encode())
    entry(tar, "etc/group", 0o644, f"root:x:0:\nabmctl:x:{user}:\n".encode())
    entry(tar, "etc/ssl/certs/ca-certificates.crt", 0o644, b"".join(certificates))
    entry(tar, "usr/share/doc/ca-certificates/copyright", 0o644, read("/usr/share/doc/ca-certificates/copyright"))
    for license in sorted(pathlib.Path(".").glob("LICENSE*")):
        entry(tar, f"usr/share/doc/abmctl/{license}", 0o644, license.read_bytes())
    entry(tar, "usr/bin/abmctl", 0o755, read(program))

blobs = {}


def blob(content, kind):
    digest = hashlib.sha256(content).hexdigest()
    blobs[f"blobs/sha256/{digest}"] = content
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content)}


packed = blob(gzip.compress(layer.getvalue(), 9, mtime=0), "layer.v1.tar+gzip")
labels = {
    "org.opencontainers.image.title": "abmctl",
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    "abmctl.ca-certificates": roots,
}
if repository:
    labels["org.opencontainers.image.source"] = repository
created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
config = blob(json.dumps({
    "created": created,
    "architecture": architecture,
    "os": "linux",
    "config": {
        "User": f"{user}:{user}",
        "Env": ["PATH=/usr/bin", "ABMCTL_CONFIG_DIR=/etc/abmctl", "ABMCTL_STATE_DIR=/var/lib/abmctl"],
        "Entrypoint": ["/usr/bin/abmctl"],
        "WorkingDir": "/",
        "Labels": labels,
    },
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer.getvalue()).hexdigest()]},
    "history": [{"created": created, "created_by": "packaging/image"}],
}).encode(), "config.v1+json")
manifest = blob(json.dumps({
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [packed],
}).encode(), "manifest.v1+json")
# Docker's names for an image that was built here; nothing is published under them.
manifest["annotations"] = {"org.opencontainers.image.ref.name": version, "io.containerd.image.name": f"docker.io/library/abmctl:{version}"}
path = lambda descriptor: "blobs/sha256/" + descriptor["digest"].removeprefix("sha256:")
files = {
    "oci-layout": json.dumps({"imageLayoutVersion": "1.0.0"}).encode(),
    "index.json": json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest],
    }).encode(),
    "manifest.json": json.dumps([
        {"Config": path(config), "RepoTags": [f"abmctl:{version}"], "Layers": [path(packed)]},
    ]).encode(),
} | blobs
with tarfile.open(to, "w", format=tarfile.USTAR_FORMAT) as tar:
    for folder in ("blobs", "blobs/sha256"):
        entry(tar, folder, 0o755)
    for name in sorted(files):
        entry(tar, name, 0o644, files[name])
