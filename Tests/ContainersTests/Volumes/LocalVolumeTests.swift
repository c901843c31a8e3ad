import Primitives
import Sandbox
import Store
import TestSupport
import Testing

@testable import Containers

/// Volumes of docker's driver `local` and the options they are made with.
@Suite struct LocalVolumeTests {
    private let scratch: Scratch
    private let volumes: VolumeStore

    init() throws {
        scratch = try Scratch("local")
        volumes = VolumeStore(try StoreRoot.open(path: "\(scratch.path)/data"))
    }

    private func local(_ options: JSONObject, _ idMap: IdMapPlan = .root) throws(Failure) -> LocalVolume {
        try LocalVolume(VolumeRecord(name: "vol", created: "", options: options), volumes, idMap: idMap)
    }

    @Test(
        "options are refused with docker's words",
        arguments: [
            (["bad=1"], "invalid option: \"bad\""), (["size=1m"], "quota size requested but no quota support"),
            (["type=nfs"], "missing required option: \"device\""), (["device=/x"], "missing required option: \"type\""),
            (["o=bind"], "missing required option: \"device\""), (["type=none", "o=bind"], "missing required option: \"device\""),
        ])
    func refused(_ options: [String], _ expected: String) {
        #expect(message { () throws(Failure) in try LocalVolume.check(options.map { KeyValue($0) }) } == expected)
    }

    @Test("options that belong together are taken")
    func taken() throws {
        try LocalVolume.check([])
        try LocalVolume.check([KeyValue("type=tmpfs"), KeyValue("device=tmpfs"), KeyValue("o=size=1m,uid=1")])
        #expect(try local([:]).kind == .bind(source: volumes.dataPath("vol"), recursive: false, propagation: nil))
    }

    @Test("a tmpfs gets the options of its file system and of its mount")
    func memory() throws {
        let volume = try local(["type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=7,mode=1770,noexec,ro"])
        #expect(volume.kind == .tmpfs(options: ["size=1048576", "mode=1770", "uid=7"], copyUp: false))
        #expect(volume.flags == [.noExec, .readOnly] && volume.hostPath == nil)
    }

    @Test("a directory of the host stands for the volume")
    func directory() throws {
        let path = try scratch.directory("own")
        for (type, words, recursive) in [("none", "bind", false), ("bind", "rbind,nosuid", true), ("none", "bind,rprivate,ro", false)] {
            let volume = try local(["type": .string(type), "device": .string(path), "o": .string(words)])
            #expect(volume.kind == .bind(source: path, recursive: recursive, propagation: nil) && volume.hostPath == path)
        }
    }

    @Test("a server's export keeps to what the kernel knows")
    func network() throws {
        let named = try local(["type": "nfs", "device": ":/srv/x", "o": "addr=10.0.0.1,rw,nfsvers=4,soft,bg,retry=0"])
        #expect(named.kind == .fileSystem(type: "nfs", source: "10.0.0.1\n/srv/x", options: ["nfsvers=4", "soft"]))
        let inDevice = try local(["type": "nfs4", "device": "server:/", "o": "ro"])
        #expect(inDevice.kind == .fileSystem(type: "nfs4", source: "server\n/", options: []) && inDevice.flags == .readOnly)
        let bracketed = try local(["type": "nfs", "device": "[fe80::1]:/a", "o": "vers=4.2"])
        #expect(bracketed.kind == .fileSystem(type: "nfs", source: "fe80::1\n/a", options: ["vers=4.2"]))
    }

    @Test(
        "what cannot be mounted is told",
        arguments: [
            (["type": "cifs", "device": "//s/x"], "file systems of the type \"cifs\" are not there yet"),
            (["type": "none", "device": "/etc", "o": "ro"], "needs o=bind"),
            (["type": "none", "device": "etc", "o": "bind"], "must be absolute"),
            (["type": "none", "device": "/etc", "o": "bind,odd"], "invalid option \"odd\""),
            (["type": "none", "device": "/no/such", "o": "bind"], "failed to mount local volume: mount /no/such:"),
            (["type": "tmpfs", "device": "x", "o": "odd=1"], "invalid tmpfs option"),
            (["type": "nfs", "device": "/x", "o": "addr=a"], "is no export"), (["type": "nfs", "device": ":/x", "o": "rw"], "has no name"),
            (["type": "nfs", "device": "a:/x", "o": "lowerdir=/"], "invalid option \"lowerdir=/\""),
        ] as [(JSONObject, String)])
    func told(_ options: JSONObject, _ expected: String) {
        #expect(message { () throws(Failure) in try local(options) }.contains(expected))
    }

    @Test("NFS is for real root")
    func ordinary() {
        let told = message { () throws(Failure) in
            try local(["type": "nfs", "device": "s:/x"], .single(uid: 1000, gid: 1000, reason: ""))
        }
        #expect(told.contains("only real root mounts NFS"))
    }

    @Test("mounts come back from a container's record as they went in")
    func records() throws {
        let kinds: [ContainerSetup.Mount.Kind] = [
            .bind(source: "/a", recursive: true, propagation: .slave), .below(source: "/v", path: "a/b"),
            .tmpfs(options: ["size=1"], copyUp: false), .fileSystem(type: "nfs", source: "a\n/b", options: ["soft"]),
        ]
        for (index, kind) in kinds.enumerated() {
            let record = MountRecord(
                ContainerSetup.Mount(kind, target: "/t", flags: [.noExec, .readOnly]), volume: index == 1 ? "v" : nil, overlay: index == 3)
            #expect(try MountRecord(record.json) == record)
        }
    }

    @Test("a name that nobody gave marks the volume, and drivers that are not there are docker's to tell")
    func maker() throws {
        let maker = VolumeMaker(volumes)
        let unnamed = try maker.make(nil, driver: "")
        #expect(unnamed.isAnonymous && unnamed.name.utf8.count == 64)
        #expect(try !maker.make("named", driver: "local", labels: [KeyValue("a=b")]).isAnonymous)
        #expect(
            message { () throws(Failure) in try maker.make("other", driver: "nope") }
                == "create other: error looking up volume plugin nope: plugin \"nope\" not found")
        #expect(
            message { () throws(Failure) in try maker.make("other", driver: "", options: [KeyValue("x=1")]) }
                == "create other: invalid option: \"x\"")
        #expect(try volumes.find("other") == nil)
    }
}
