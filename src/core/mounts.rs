//! Which file systems end with the container, the pod or the machine.

use std::path::Path;

/// Why what is written there may be gone soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    Memory,
    Container,
    /// A volume that Kubernetes removes with the pod.
    EmptyDir,
}

/// Whether what is written to `folder`, an absolute path without links, ends soon; `mounts` is what Linux has in
/// `/proc/self/mountinfo`. `None` for everything else, and for what isn't understood.
pub fn passing(mounts: &str, folder: &Path) -> Option<Passing> {
    let mounts: Vec<Mount> = mounts.lines().filter_map(Mount::parse).collect();
    let above = |mount: &&Mount| folder.starts_with(&mount.point);
    let is_first = |mount: &&Mount| {
        let mut ids = mounts.iter().map(|other| &other.id);
        mount.point == "/" && !ids.any(|id| *id == mount.parent && *id != mount.id)
    };
    let mut mount = mounts.iter().find(is_first)?;
    // As the kernel walks the path: of what is mounted in this mount, the one that the path meets first. What it covers is not met.
    let mut steps = 0..mounts.len();
    while steps.next().is_some() {
        let inside = mounts
            .iter()
            .filter(|it| it.parent == mount.id && it.id != mount.id)
            .filter(above);
        let Some(next) = inside.min_by_key(|it| it.point.len()) else {
            break;
        };
        mount = next;
    }
    let Mount { root, kind, .. } = mount;
    match kind.as_str() {
        "tmpfs" | "ramfs" => Some(Passing::Memory),
        "overlay" | "fuse.fuse-overlayfs" | "aufs" => Some(Passing::Container),
        // Kubernetes' own folder of such volumes, below the one of the pod (from its code, `pkg/volume/emptydir`).
        _ if root.contains("/kubernetes.io~empty-dir/") => Some(Passing::EmptyDir),
        _ => None,
    }
}

struct Mount {
    id: String,
    /// The id of the mount that it is in.
    parent: String,
    /// What is mounted, as a path of its file system.
    root: String,
    point: String,
    /// The kind of file system.
    kind: String,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (mount, file_system) = line.split_once(" - ")?;
        let mut mount = mount.split(' ');
        Some(Self {
            id: mount.next()?.to_owned(),
            parent: mount.next()?.to_owned(),
            root: unescaped(mount.nth(1)?),
            point: unescaped(mount.next()?),
            kind: file_system.split(' ').next()?.to_owned(),
        })
    }
}

/// Blanks, tabs, line breaks and backslashes are written as octal numbers.
fn unescaped(text: &str) -> String {
    text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "\
1 0 0:50 / / ro,relatime - overlay overlay rw,lowerdir=/a,upperdir=/b
2 1 254:0 /var/lib/kubelet/pods/7/volumes/kubernetes.io~empty-dir/state /state rw,relatime - ext4 /dev/vda rw
3 1 254:16 / /kept rw,relatime master:1 - xfs /dev/vdb rw
4 1 0:51 / /run rw,nosuid shared:5 - tmpfs tmpfs rw
5 1 254:0 /docker/volumes/x/_data /with\\040blank rw,relatime - ext4 /dev/vda rw
6 1 0:52 / /covered rw - tmpfs tmpfs rw
7 6 254:16 /below /covered rw - xfs /dev/vdb rw
9 1 0:53 / /kept-above/state rw - tmpfs tmpfs rw
10 1 254:16 /a /kept-above rw - xfs /dev/vdb rw
11 1 254:16 /b /lost-above/state rw - xfs /dev/vdb rw
12 1 0:54 / /lost-above rw - tmpfs tmpfs rw
8 1 254:0 /var/lib/kubelet/pods/7/volume-subpaths/x/kubernetes.io~csi/0 /sub rw - ext4 /dev/vda rw
odd
";

    #[test]
    fn the_nearest_mount_decides() {
        for (folder, expected) in [
            ("/var/lib/abmctl", Some(Passing::Container)),
            ("/state", Some(Passing::EmptyDir)),
            ("/state/below/it", Some(Passing::EmptyDir)),
            ("/stateless", Some(Passing::Container)),
            ("/kept/abmctl", None),
            ("/run/abmctl", Some(Passing::Memory)),
            ("/with blank/abmctl", None),
            ("/covered", None),
            ("/sub", None),
            // What is mounted later above it covers it.
            ("/kept-above/state", None),
            ("/lost-above/state", Some(Passing::Memory)),
        ] {
            assert_eq!(passing(POD, Path::new(folder)), expected, "{folder}");
        }
        let machine = "29 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
        for mounts in [machine, ""] {
            assert_eq!(passing(mounts, Path::new("/var/lib/abmctl")), None);
        }
    }
}
