import LinuxSys
package import Primitives

/// The images that end-to-end tests start containers from.
package enum TestImages {
    /// Three layers. 1: busybox with every applet as a hard link, users, `/removed` and `/opaque/old`. 2: `/etc/motd`,
    /// `/home/user` of 1000:1000, a setuid copy of busybox. 3: whiteouts of `/removed` and of everything in `/opaque`
    /// before `/opaque/new`.
    package static func busybox() throws(Failure) -> LayoutImage {
        try ImageCache.layout("busybox-1", tag: "latest") { path throws(Failure) in try makeBusybox(path) }
    }

    /// Debian 12 as mmdebstrap makes it (variant minbase), in one layer. The first time takes a minute.
    package static func debian() throws(Failure) -> LayoutImage {
        try ImageCache.layout("debian-12-1", tag: "12") { path throws(Failure) in try makeDebian(path, layers: 1) }
    }

    /// The same with two more layers: the second adds and replaces files, the third removes `/usr/share/doc`.
    package static func debianInLayers() throws(Failure) -> LayoutImage {
        try ImageCache.layout("debian-12-layers-1", tag: "12-layers") { path throws(Failure) in try makeDebian(path, layers: 3) }
    }

    /// `busybox` on the registry of this process; pushed by whoever asks first. - Returns: the full image name.
    package static func pushedBusybox() throws(Failure) -> String { try busyboxName.get() }
    private static let busyboxName = Result { () throws(Failure) in try RealRegistry.start().push(busybox(), as: "busybox:latest") }

    /// `debian:12` on the registry of this process. - Returns: the full image name.
    package static func pushedDebian() throws(Failure) -> String { try debianName.get() }
    private static let debianName = Result { () throws(Failure) in try RealRegistry.start().push(debian(), as: "debian:12") }

    /// `debian:12-layers` on the registry of this process. - Returns: the full image name.
    package static func pushedDebianInLayers() throws(Failure) -> String { try layeredName.get() }
    private static let layeredName = Result { () throws(Failure) in try RealRegistry.start().push(debianInLayers(), as: "debian:12-layers")
    }

    static let path: JSON = .strings(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
    /// Names, owners and times do not depend on who makes the archive.
    static let tar =
        "tar --sort=name --numeric-owner --owner=0 --group=0 --mtime=@1704067200 --format=pax --pax-option=delete=atime,delete=ctime"

    private static func makeBusybox(_ path: String) throws(Failure) {
        let work = try Scratch("busybox")
        try Command("/bin/sh", ["-euc", busyboxScript, "busybox", tar], directory: work.path).check()
        var writer = try LayoutWriter(path)
        for number in 1...3 { try writer.add(layer: "\(work.path)/\(number).tar") }
        try writer.finish(tag: "latest", configuration: ["Env": Self.path, "Cmd": ["sh"], "Labels": ["proa.test": "busybox"]])
    }

    private static let busyboxScript = """
        umask 022
        mkdir -p 1/bin 1/etc 1/root 1/tmp 1/var 1/opaque 1/dev 1/proc 1/sys 2/etc 2/home/user 2/bin 3/opaque
        cp /bin/busybox 1/bin/busybox
        chmod 755 1/bin/busybox; chmod 700 1/root; chmod 1777 1/tmp
        1/bin/busybox --list-full | while read -r applet; do
            [ "$applet" = bin/busybox ] && continue
            mkdir -p "1/${applet%/*}"
            ln 1/bin/busybox "1/$applet"
        done
        printf 'root:x:0:0:root:/root:/bin/sh\\nuser:x:1000:1000:user:/home/user:/bin/sh\\nnobody:x:65534:65534:nobody:/:/bin/false\\n' >1/etc/passwd
        printf 'root:x:0:\\nwheel:x:10:user\\nuser:x:1000:\\nnogroup:x:65534:\\n' >1/etc/group
        echo "made by the first layer" >1/removed
        echo "made by the first layer" >1/opaque/old
        echo "welcome from the second layer" >2/etc/motd
        echo "of the user" >2/home/user/file
        cp 1/bin/busybox 2/bin/as-root; chmod 4755 2/bin/as-root
        : >3/.wh.removed
        : >3/opaque/.wh..wh..opq
        echo "made by the third layer" >3/opaque/new
        $1 -C 1 -cf 1.tar .
        $1 -C 2 -cf 2.tar bin etc
        $1 --owner=1000 --group=1000 -C 2 -rf 2.tar home/user
        $1 -C 3 -cf 3.tar .wh.removed opaque
        """

    private static func makeDebian(_ path: String, layers: Int) throws(Failure) {
        let work = try Scratch("debian")
        if layers == 1 {
            let mode = Place.isRoot ? "root" : "unshare"
            let arguments = ["--quiet", "--mode=\(mode)", "--variant=minbase", "--format=tar", "bookworm", "\(work.path)/1.tar"]
            try Command("mmdebstrap", arguments, timeoutSeconds: 900).check()
        } else {
            // The first layer is the one of the image above, unpacked again.
            let base = try debian()
            let find = "cd \"$1\" && ls -S | head -n 1"
            let blob = try Command("/bin/sh", ["-c", find, "sh", base.path + "/blobs/sha256"]).check().line
            try Command("/bin/sh", ["-c", "gzip -dc \"$1\" >1.tar", "sh", "\(base.path)/blobs/sha256/\(blob)"], directory: work.path)
                .check()
            try Command("/bin/sh", ["-euc", debianScript, "debian", tar], directory: work.path).check()
        }
        var writer = try LayoutWriter(path)
        for number in 1...layers { try writer.add(layer: "\(work.path)/\(number).tar") }
        try writer.finish(tag: layers == 1 ? "12" : "12-layers", configuration: ["Env": Self.path, "Cmd": ["bash"]])
    }

    private static let debianScript = """
        umask 022
        mkdir -p 2/etc 2/srv/data 3/usr/share
        echo "replaced by the second layer" >2/etc/motd
        seq 1 20000 >2/srv/data/numbers
        : >3/usr/share/.wh.doc
        $1 -C 2 -cf 2.tar etc/motd srv
        $1 -C 3 -cf 3.tar usr/share/.wh.doc
        """
}
