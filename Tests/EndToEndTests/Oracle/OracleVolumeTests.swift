import Primitives
import TestSupport
import Testing

/// Volumes, side by side with docker.
@Suite struct OracleVolumeTests {
    @Test("volumes are made, listed, shown and removed with docker's words", .enabled(if: Docker.isPossible, Oracle.reason))
    func life() throws {
        let oracle = try Oracle()
        defer { _ = try? oracle.both(["volume", "rm", "-f", "ov-one", "ov-two", "ov-9", "ov-10", "ov-t"]) }
        try oracle.same("volume create ov-one")
        try oracle.same("volume create ov-one")
        try oracle.same("volume create --label ov=b --label c --name ov-two")
        try oracle.same("volume create -o type=tmpfs -o device=tmpfs -o o=size=1m,uid=1000 ov-t")
        for row in [
            "volume create --name a b", "volume create a/b", "volume create x", "volume create -d nodriver ov-x",
            "volume create -d nodriver ov-one", "volume create -o bad=1 ov-x", "volume create -o type=nfs ov-x",
            "volume create -o device=/x ov-x",
            "volume create -o type=none -o o=bind ov-x", "volume create -o size=10m ov-x", "volume ls x",
            "volume ls -f name=ov-", "volume ls -q -f name=ov-", "volume ls -f name=^ov-one$", "volume ls -f driver=loc -f name=ov-",
            "volume ls -f driver=local -f name=ov-", "volume ls -f label=ov", "volume ls -f label=ov=b -f label=c",
            "volume ls -f label=ov=x",
            "volume ls -f dangling=false -f name=ov-", "volume ls -f dangling=1 -f name=ov-", "volume ls -f dangling=x",
            "volume ls -f nope=x",
            "volume ls -f x", "volume ls --format raw -f name=ov-", "volume ls -q --format {{.Name}} -f name=ov-",
            "volume ls --format {{.Nope}}",
            "volume ls --format {{.Name", "volume inspect nope", "volume inspect", "volume inspect -f {{.Name}}{{.Foo}} ov-one",
            "volume inspect -f {{.Name}}{{json", "inspect --type volume nope", "volume rm nope", "volume rm", "volume rm -f nope",
            "volume nope",
            "volume prune -f --filter label=ov-nosuch", "volume prune -f --filter x=y", "volume prune -f --filter dangling=true",
        ] { try oracle.same(row) }
        // Not {{.Labels}}: docker shows them in another order each time.
        let row =
            "{{.Name}} {{.Label \"ov\"}} {{.Scope}} {{.Links}} {{.Size}} {{.Availability}} {{.Group}} {{.Status}} {{.Driver}}"
        for format in [row, "table " + row, "table {{.Label \"ov\"}}"] {
            try oracle.same(["volume", "ls", "-f", "name=ov-", "--format", format])
        }
        let shown = "{{.Name}} {{.Driver}} {{json .Labels}} {{json .Options}} {{.Scope}} {{json .Status}}"
        try oracle.same(["volume", "inspect", "-f", shown, "ov-one", "ov-two", "ov-t", "nope"])
        try oracle.same(["inspect", "-f", shown, "ov-two"])
        let (docker, ours) = try oracle.both(["volume", "inspect", "ov-one", "ov-t"])
        #expect(keys(docker) == keys(ours))
        try oracle.same("volume create ov-10")
        try oracle.same("volume create ov-9")
        try oracle.same("volume ls -q -f name=ov-")
        try oracle.same("volume rm ov-one nope ov-two")
        try oracle.same("volume ls -q -f name=ov-")
    }

    private func keys(_ outcome: Outcome) -> [String] {
        outcome.lines.compactMap {
            $0.contains("CreatedAt") || $0.contains("Mountpoint") ? $0.split(separator: ":").first.map(String.init) : $0
        }
    }

    @Test("what a container's document says of volumes is docker's", .enabled(if: Docker.isPossible, Oracle.reason))
    func documents() throws {
        let oracle = try Oracle()
        defer { _ = try? oracle.both(["volume", "rm", "-f", "ovd-a", "ovd-b", "ovd-c"]) }
        let one =
            "{{range .Mounts}}{{.Type}} {{if eq .Destination \"/anon\" \"/an\"}}name{{else}}{{.Name}}{{end}} {{.Destination}} {{.Driver}} [{{.Mode}}] {{.RW}} [{{.Propagation}}]\n{{end}}"
        let host =
            "{{json .HostConfig.Binds}} {{json .Config.Volumes}} {{json .HostConfig.Mounts}} {{json .HostConfig.VolumesFrom}} {{json .HostConfig.VolumeDriver}}"
        for (index, options) in [
            ["-v", "ovd-a:/data", "-v", "/anon"], ["-v", "ovd-a:/data:ro,nocopy"], ["-v", "ovd-a:/data:ro,Z"], ["-v", "ovd-a:/data:rw"],
            ["--mount", "type=volume,src=ovd-a,dst=/data,readonly,volume-nocopy"], ["--mount", "dst=/an"], ["-v", "/tmp:/b:ro,rslave"],
            ["--mount", "src=ovd-b,dst=/lv,volume-label=a=b,volume-driver=local,volume-opt=type=tmpfs,volume-opt=device=tmpfs"],
            ["--volumes-from", "ovd-0"], ["--volumes-from", "ovd-0:ro", "-v", "ovd-c:/data"], ["--volumes-from", "ovd-1:rw"],
        ].enumerated() {
            let name = "ovd-\(index)"
            _ = try oracle.both(["create", "--name", name, "--network", "none"] + options + ["busybox", "true"])
            for format in [one, host, "{{len .Mounts}}"] {
                let (docker, ours) = try oracle.both(["inspect", "-f", format, name])
                #expect(ours.lines.sorted() == docker.lines.sorted(), "\(options)")
            }
        }
        try oracle.same("ps -a -f volume=ovd-b --format {{.Names}}")
        try oracle.same("volume ls -q -f dangling=false -f name=ovd")
        try oracle.same("volume rm ovd-b")
        for row in [
            "create --volumes-from nosuch busybox", "create --volumes-from ovd-0:xx busybox", "create -v a/b:/x busybox",
            "create -v ovd-a:/x -v ovd-c:/x busybox", "create -v ovd-a:/x:rshared busybox", "create -v /x:/y:nocopy busybox",
            "create -v ovd-a:/ busybox", "create -v ovd-a:x busybox", "create -v /x:ro busybox",
            "create --mount src=ovd-new,dst=/x,volume-opt=type=nfs busybox",
        ] { try oracle.same(row) }
        for index in 0...10 { try oracle.forget("ovd-\(index)") }
    }
}
