import Primitives
import Sandbox
import Testing

@testable import Containers

@Suite struct VolumeRequestTests {
    private func short(_ text: String) throws(Failure) -> VolumeRequest { try VolumeRequest(short: text, workingDirectory: "/home/me") }
    private func long(_ text: String) throws(Failure) -> VolumeRequest { try VolumeRequest(mount: text, workingDirectory: "/home/me") }

    @Test(
        "a source with a slash is bound, one that begins with a dot starts at the working directory",
        arguments: [
            ("/a:/b", "/a", "/b"),
            ("/a//x/../y/:/b/./c/", "/a/y", "/b/c"),
            ("./x:/b", "/home/me/x", "/b"),
            ("../x:/b", "/home/x", "/b"),
            (".:/b", "/home/me", "/b"),
            ("..:/b", "/home", "/b"),
            (".cache:/b", "/home/me/.cache", "/b"),
            ("/:/b", "/", "/b"), ("/\u{301}:/b/\u{301}", "/\u{301}", "/b/\u{301}"),
        ])
    func binds(text: String, source: String, target: String) throws {
        let request = try short(text)
        #expect(request.kind == .bind(source: source))
        #expect(request.target == target)
        #expect(request.createSource && !request.readOnly && request.recursion == .enabled)
        #expect(request.propagation == .private && request.propagationRecursive)
    }

    @Test("a bare word names a volume, a path alone is an unnamed one")
    func volumes() throws {
        #expect(try short("data:/b").kind == .volume(name: "data"))
        #expect(try !short("data:/b").createSource)
        #expect(try short("a.b_c-1:/b:nocopy").noCopy)
        #expect(try short("/b/").kind == .anonymous)
        #expect(try short("/b/").target == "/b")
    }

    @Test("modes are read, one of each sort")
    func modes() throws {
        #expect(try short("/a:/b:ro").readOnly)
        #expect(try !short("/a:/b:rw").readOnly)
        let all = try short("/a:/b:ro-non-recursive,Z,rslave,cached")
        #expect(all.readOnly && all.recursion == .writable && all.relabel == .exclusive)
        #expect(all.propagation == .slave && all.propagationRecursive)
        #expect(try short("/a:/b:rro").recursion == .readOnly)
        let shared = try short("/a:/b:shared,z")
        #expect(shared.propagation == .shared && !shared.propagationRecursive && shared.relabel == .shared)
    }

    @Test("podman's words and those of mounts are modes too")
    func otherWords() throws {
        let all = try short("data:/b:U,noexec,nosuid,nodev,ro")
        #expect(all.chown && all.readOnly && !all.overlay && all.flags == [.noExec, .noSetuid, .noDevices])
        #expect(try short("/a:/b:O").overlay && !short("/a:/b:exec,suid,dev").flags.contains(.noExec))
        #expect(try short("data:/b:ro,nocopy").modeText == "ro,nocopy")
        for text in ["/a:/b:U,U", "/a:/b:O,O", "/a:/b:exec,noexec", "/a:/b:u"] {
            #expect(message { () throws(Failure) in try short(text) }.hasPrefix("invalid mode: "))
        }
        #expect(message { () throws(Failure) in try short("/a:/b:idmap") }.contains("not there yet"))
    }

    @Test(
        "a malformed -v is refused with docker's words",
        arguments: [
            ("", "invalid empty volume spec"),
            (":/x", "invalid spec: :/x: empty section between colons"),
            ("/a:", "invalid spec: /a:: empty section between colons"),
            ("/a::ro", "invalid spec: /a::ro: empty section between colons"),
            ("a:b:c:d", "invalid volume specification: 'a:b:c:d'"),
            ("/a:ro", "invalid volume specification: '/a:ro'"),
            ("/a:/b:zz", "invalid mode: zz"),
            ("/a:/b:ro,rw", "invalid mode: ro,rw"),
            ("/a:/b:z,Z", "invalid mode: z,Z"),
            ("/a:/b:ro,", "invalid mode: ro,"),
            ("/a:/b:nocopy,nocopy", "invalid mode: nocopy,nocopy"),
            (
                "x",
                "invalid volume specification: 'x': invalid mount config for type \"volume\": invalid mount path: 'x' mount path must be absolute"
            ),
            (
                "/a:b",
                "invalid volume specification: '/a:b': invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute"
            ),
            (
                "/a:/",
                "invalid volume specification: '/a:/': invalid mount config for type \"bind\": invalid specification: destination can't be '/'"
            ),
            (
                "/a:/b/..",
                "invalid volume specification: '/a:/b/..': invalid mount config for type \"bind\": invalid specification: destination can't be '/'"
            ),
            (
                "/a:/b:nocopy",
                "invalid volume specification: '/a:/b:nocopy': invalid mount config for type \"bind\": field VolumeOptions must not be specified"
            ),
            (
                "data:/b:rshared",
                "invalid volume specification: 'data:/b:rshared': invalid mount config for type \"volume\": field BindOptions must not be specified"
            ),
            ("d:/b", "create d: volume name is too short, names should be at least two alphanumeric characters"),
        ])
    func badShort(text: String, expected: String) {
        #expect(message { () throws(Failure) in try short(text) } == expected)
    }

    @Test("a volume's name is no path", arguments: ["~/x:/b", "a/b:/c", "-a:/b", "_a:/b", "é:/b", "a b:/c"])
    func badNames(text: String) {
        #expect(message { () throws(Failure) in try short(text) }.contains("includes invalid characters for a local volume name"))
    }

    @Test("two mounts on one target are refused")
    func duplicates() throws {
        let requests = [try short("/a:/x"), try short("b1:/x/../x/")]
        #expect(message { () throws(Failure) in try VolumeRequest.checkTargets(requests) } == "Duplicate mount point: /x")
        try VolumeRequest.checkTargets([short("/a:/x"), short("/a:/y")])
    }

    @Test("--mount describes each type")
    func mounts() throws {
        let bind = try long("type=bind,src=./x,dst=/b/,ro,bind-propagation=rslave,bind-recursive=disabled")
        #expect(bind.kind == .bind(source: "/home/me/x") && bind.target == "/b")
        #expect(bind.readOnly && bind.propagation == .slave && bind.recursion == .disabled && !bind.createSource)
        #expect(try long("type=bind,source=/a,target=/b,bind-create-src").createSource)
        #expect(try long("type=bind,source=/a,target=/b,readonly=false,bind-nonrecursive").recursion == .disabled)
        #expect(try long("type=bind,source=/a,target=/b,readonly,bind-recursive=readonly,bind-propagation=rprivate").recursion == .readOnly)

        let volume = try long("source=data,destination=/b,volume-nocopy,volume-subpath=a/b,volume-label=k=v,\"volume-opt=o=a,b\"")
        #expect(volume.kind == .volume(name: "data") && volume.noCopy && volume.subpath == "a/b")
        #expect(volume.volumeLabels == [KeyValue("k", "v")] && volume.volumeOptions == [KeyValue("o", "a,b")])
        #expect(try long("target=/b").kind == .anonymous)
        #expect(try long("TYPE=volume,\"dst=/a\"\"b\"").target == "/a\"b")

        let tmpfs = try long("type=tmpfs,dst=/b,tmpfs-size=64m,tmpfs-mode=1770,ro")
        guard case .tmpfs(let options) = tmpfs.kind else { throw Failure(.invalid, "no tmpfs") }
        #expect(options.keyValues == ["size=67108864", "mode=1770"])
        #expect(options.flags == [.noExec, .noSetuid, .noDevices, .readOnly] && tmpfs.readOnly)
        let image = try long("type=image,source=alpine:3,target=/b,image-subpath=etc")
        #expect(image.kind == .image(reference: "alpine:3") && image.readOnly && image.subpath == "etc")
    }

    @Test(
        "a malformed --mount is refused with docker's words",
        arguments: [
            ("", "EOF"),
            ("type=,target=/b", "type is required"),
            ("type=bind,source=/a", "target is required"),
            ("target=", "target is required"),
            ("type=nfs,target=/b", "invalid mount config for type \"nfs\": mount type unknown"),
            ("type=bind,target=/b", "invalid mount config for type \"bind\": field Source must not be empty"),
            ("type=bind,src=a,target=/b", "invalid mount config for type \"bind\": invalid mount path: 'a' mount path must be absolute"),
            ("type=bind,src=/a,target=b", "invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute"),
            ("type=bind,src=/a,target=/", "invalid mount config for type \"bind\": invalid specification: destination can't be '/'"),
            ("type=bind,src=/a,target=/b,bind-propagation=odd", "invalid mount config for type \"bind\": invalid propagation mode: odd"),
            ("type=bind,src=/a,target=/b,volume-nocopy", "cannot mix 'volume-*' options with mount type 'bind'"),
            ("type=tmpfs,target=/b,bind-propagation=shared", "cannot mix 'bind-*' options with mount type 'tmpfs'"),
            ("type=tmpfs,src=x,target=/b", "invalid mount config for type \"tmpfs\": field Source must not be specified"),
            ("type=tmpfs,target=/b,tmpfs-size=x", "invalid value for tmpfs-size: x"),
            ("type=tmpfs,target=/b,tmpfs-mode=9", "invalid value for tmpfs-mode: 9"),
            ("target=/b,ro", "invalid mount config for type \"volume\": must not set ReadOnly mode when using anonymous volumes"),
            ("target=/b,ro=maybe", "invalid value for ro: maybe"),
            ("target=/b,volume-subpath=a", "invalid mount config for type \"volume\": must not set Subpath when using anonymous volumes"),
            (
                "src=data,target=/b,volume-subpath=a/../..",
                "invalid mount config for type \"volume\": subpath must be a relative path within the volume"
            ),
            (
                "src=data,target=/b,volume-subpath=../\u{301}/../..",
                "invalid mount config for type \"volume\": subpath must be a relative path within the volume"
            ),
            (
                "src=data,target=/b,volume-subpath=/\u{301}",
                "invalid mount config for type \"volume\": subpath must be a relative path within the volume"
            ),
            (
                "src=data,target=/b,volume-subpath=/a",
                "invalid mount config for type \"volume\": subpath must be a relative path within the volume"
            ),
            ("target=/b,foo=1", "unexpected key 'foo' in 'foo=1'"),
            ("target=/b,foo", "invalid field 'foo' must be a key=value pair"),
            (
                "type=bind,src=/a,target=/b,bind-recursive=odd",
                "invalid value for bind-recursive: odd (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"
            ),
            (
                "type=bind,src=/a,target=/b,bind-recursive=writable",
                "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction"
            ),
            (
                "type=bind,src=/a,target=/b,ro,bind-recursive=readonly",
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction"
            ),
        ])
    func badLong(text: String, expected: String) {
        #expect(message { () throws(Failure) in try long(text) } == expected)
    }

    @Test("a tmpfs starts without programs, set-uid and devices; later words win")
    func tmpfs() throws {
        func options(_ text: String) throws -> TmpfsOptions {
            guard case .tmpfs(let options) = try VolumeRequest(tmpfs: text).kind else { throw Failure(.invalid, "no tmpfs") }
            return options
        }
        #expect(try options("/x").flags == [.noExec, .noSetuid, .noDevices])
        #expect(try options("/x:exec,suid,dev,ro,noatime").flags == [.readOnly, .noAccessTime])
        #expect(try options("/x:exec,noexec,ro,rw,noatime,relatime").flags == [.noExec, .noSetuid, .noDevices])
        #expect(
            try options("/x:size=64k,mode=1777,uid=5,gid=6,nr_inodes=1k,nr_blocks=7").keyValues
                == ["size=65536", "mode=1777", "uid=5", "gid=6", "nr_inodes=1024", "nr_blocks=7"])
        #expect(try options("/x:size=1g,size=50%").keyValues == ["size=50%"])
        #expect(try VolumeRequest(tmpfs: "/x/:ro").readOnly)
        #expect(try VolumeRequest(tmpfs: "/x/:ro").target == "/x")
    }

    @Test(
        "an option the list does not have never reaches the kernel",
        arguments: [
            "foo", "", "size", "size=", "size=x", "size=-1", "size=0%", "size=101%", "size=+5%", "size=1kb", "mode=8", "mode=17777",
            "mode=+7",
            "uid=-1", "uid=x",
            "uid=4294967295", "gid=99999999999", "nr_inodes=1.5k", "huge=always", "mpol=bind:0", "exec=1", "size=1m\u{0}", "bind",
            "remount",
        ])
    func badTmpfs(option: String) {
        let expected = "invalid tmpfs option \"" + option.replacing("\0", with: "\\x00") + "\""
        #expect(message { () throws(Failure) in try VolumeRequest(tmpfs: "/x:rw," + option) } == expected)
    }

    @Test(
        "a tmpfs needs an absolute target below the root",
        arguments: [
            ("x", "invalid mount path: 'x' mount path must be absolute"), ("/", "invalid specification: destination can't be '/'"),
            ("", "invalid mount path: '' mount path must be absolute"),
        ])
    func badTmpfsTarget(text: String, expected: String) {
        #expect(message { () throws(Failure) in try VolumeRequest(tmpfs: text) } == expected)
    }

    @Test(
        "a device is a host path, a container path and rights",
        arguments: [
            ("/dev/null", "/dev/null", "/dev/null", "rwm"),
            ("/dev/null:/dev/x", "/dev/null", "/dev/x", "rwm"),
            ("/dev/null:r", "/dev/null", "/dev/null", "r"),
            ("/dev/null:/dev/./x/:mr", "/dev/null", "/dev/x", "mr"),
        ])
    func devices(text: String, source: String, target: String, permissions: String) throws {
        let request = try DeviceRequest(text)
        #expect([request.source, request.target, request.permissions] == [source, target, permissions])
    }

    @Test(
        "a malformed device is refused with docker's words",
        arguments: [
            ("", "bad format for path: "),
            ("a:b:c:d", "bad format for path: a:b:c:d"),
            (":/x", "bad format for path: :/x"),
            ("/dev/null:/x:q", "bad mode specified: q"),
            ("/dev/null:/x:rr", "bad mode specified: rr"),
            ("/dev/null:/x:", "bad mode specified: "),
            ("/dev/null:rwx", "rwx is not an absolute path"),
            ("null", "null is not an absolute path"),
            ("null:/x", "null is not an absolute path"),
            ("/dev/null:/", "invalid device specification: /dev/null:/"),
        ])
    func badDevices(text: String, expected: String) {
        #expect(message { () throws(Failure) in try DeviceRequest(text) } == expected)
    }
}
