import Primitives
import TestSupport
import Testing

/// Lists, documents and templates.
@Suite struct OracleListTests {
    @Test("ps shows docker's fields, tables and mistakes, and filters as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func containers() throws {
        let oracle = try Oracle()
        let common = ["--network", "none", "--label", "oracle=ps"]
        try oracle.same(
            ["run", "-d", "--name", "oracle-up", "-l", "z=1", "-v", "/usr/share:/host:ro"] + common + ["busybox", "sleep", "60"])
        try oracle.same(["run", "--name", "oracle-end"] + common + ["busybox", "sh", "-c", "exit 4"])
        try oracle.same(["create", "--name", "oracle-new"] + common + ["busybox", "echo", "a & <b>", "a rather long command"])
        let list = ["ps", "-a", "--filter", "label=oracle=ps"]
        let fields =
            "{{.ID}} {{.Names}} {{.Image}} {{.Command}} {{.Ports}} {{.State}} {{.Size}} {{.Labels}} {{.Label \"z\"}} {{.Mounts}} {{.Networks}} {{.LocalVolumes}}"
        for format in [
            fields,
            "table {{.Names}}\\t{{.Image}}\\t{{.Command}}\\t{{.State}}\\t{{.Label \"z\"}}\\t{{.Mounts}}\\t{{.Networks}}\\t{{.Size}}",
            "{{.nosuch}}", "{{.ID", "{{upper .Names}} {{len .ID}} {{json .Names}}",
        ] { try oracle.same(list + ["--format", format]) }
        try oracle.same(list + ["-q"])
        try oracle.same(list + ["-q", "--format", "{{.Names}}"])
        try oracle.same(list + ["--no-trunc", "--format", "{{.Command}} {{.Mounts}} {{.Names}}"])
        for filter in [
            "name=oracle-up", "name=^oracle-up$", "id=zzz", "status=exited", "status=running", "status=bad", "exited=4", "exited=x",
            "label=z",
            "label=z=2", "ancestor=busybox", "ancestor=busybox:latest", "ancestor=nosuch", "before=oracle-end", "since=oracle-end",
            "before=nosuch", "volume=/host", "volume=/nosuch", "network=none", "network=bad", "health=none", "health=bad", "is-task=false",
            "nosuch=1",
        ] { try oracle.same(list + ["--filter", filter, "--format", "{{.Names}}"]) }
        try oracle.forget("oracle-up", "oracle-end", "oracle-new")
    }

    @Test("images, tag and rmi print and refuse as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func images() throws {
        let oracle = try Oracle()
        let fields = "{{.ID}} {{.Repository}} {{.Tag}} {{.Digest}} {{.CreatedSince}} {{.CreatedAt}} {{.Size}} {{.Containers}}"
        try oracle.same("tag busybox busybox:oracle-two")
        for row in [
            "images nosuch", "images busybox:oracle-two", "images busybox:oracle*", "images -q busybox:oracle-two",
            "images --digests busybox:oracle-two",
            "images --no-trunc busybox:oracle-two", "images --filter reference=busybox:oracle-*", "images --filter dangling=x",
            "images --filter nosuch=1", "images --filter since=nosuch", "tag busybox BAD", "tag nosuch x", "rmi nosuch",
            "rmi busybox:oracle-two",
        ] { try oracle.same(row) }
        try oracle.same(["images", "--format", fields, "busybox:latest"])
    }

    @Test(
        "the document of a container has docker's keys and types", .enabled(if: Docker.isPossible, Oracle.reason),
        arguments: [
            "create --network none",
            "create --network none -it -h hh --domainname dd -u user -e A=1 -l x=y -v /usr/share:/t:ro --tmpfs /q:size=1m -w /w --entrypoint sh "
                + "--cap-add SYS_ADMIN --cap-add net_admin --cap-drop chown --security-opt no-new-privileges --group-add wheel --ulimit nofile=50:60 "
                + "--sysctl net.core.somaxconn=5 --shm-size 1m --stop-signal INT --stop-timeout 3 --add-host a:1.1.1.1 --dns 1.1.1.1 --dns-search s "
                + "--expose 80 --oom-score-adj 5 --log-opt max-size=1m --ipc private --device /dev/null:/dev/n --init --read-only",
            "create --network none --mount type=bind,src=/usr/share,dst=/a,ro --mount type=bind,src=/usr,dst=/b,bind-propagation=rslave,bind-recursive=disabled "
                + "--mount type=bind,src=/usr,dst=/c,bind-nonrecursive,consistency=cached --mount type=tmpfs,dst=/d,tmpfs-size=1m,tmpfs-mode=700 "
                + "--mount type=tmpfs,dst=/e,ro",
            "run --network none", "create --network host --ipc host --uts host --cgroupns host --no-healthcheck",
        ])
    func document(_ flags: String) throws {
        let oracle = try Oracle()
        let name = "oracle-document-\(flags.utf8.count)"
        let words = flags.split(separator: " ").map(String.init)
        _ = try oracle.both([words[0], "--name", name] + words.dropFirst() + ["busybox", "false"])
        let (docker, ours) = try oracle.both(["inspect", name])
        // The first two are gone from today's docker; the third depends on the host's control groups.
        let differing: Set<String> = [
            ".HostConfig.KernelMemory", ".HostConfig.KernelMemoryTCP", ".HostConfig.OomKillDisable", ".HostConfig.SecurityOpt",
        ]
        let found = Self.differences(try JSON.parse(docker.text), try JSON.parse(ours.text)).filter { !differing.contains($0.path) }
        #expect(found.map(\.description) == [])
        for template in [
            "{{.State.Status}} {{.State.Running}} {{.State.ExitCode}} {{.Name}} {{.Config.Image}} {{.RestartCount}}",
            "{{json .Config.Env}}",
            "{{json .Config.Cmd}} {{json .Config.Entrypoint}} {{json .Config.Labels}} {{json .Config.ExposedPorts}} {{json .Config.Volumes}}",
            "{{json .HostConfig.Binds}} {{json .HostConfig.Mounts}} {{json .HostConfig.CapAdd}} {{json .HostConfig.CapDrop}} {{json .HostConfig.Tmpfs}} {{.HostConfig.RestartPolicy.Name}}",
            // docker tells several of them in any order.
            flags.contains("--mount")
                ? "{{len .Mounts}}" : "{{range .Mounts}}{{.Type}} {{.Source}} {{.Destination}} {{.Mode}} {{.RW}};{{end}}",
            "{{.Image}} {{.Driver}} {{.Platform}} {{.GraphDriver.Name}}",
            "{{json .NetworkSettings.Ports}} {{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}", "{{.nosuch}}", "{{.Id",
        ] { try oracle.same(["inspect", "-f", template, name]) }
        try oracle.forget(name)
    }

    @Test("inspect finds images, and refuses as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func inspect() throws {
        let oracle = try Oracle()
        let (docker, ours) = try oracle.both(["image", "inspect", "busybox"])
        let gone: Set<String> = [".Container", ".ContainerConfig", ".VirtualSize"]
        let found = Self.differences(try JSON.parse(docker.text), try JSON.parse(ours.text)).filter { !gone.contains($0.path) }
        #expect(found.map(\.description) == [])
        for row in [
            "inspect nosuch", "inspect --type bad x", "inspect --type image nosuch", "inspect --type container busybox",
            "container inspect nosuch",
            "image inspect nosuch", "inspect -f {{.Id}} busybox nosuch", "inspect -f {{json .RepoTags}} busybox",
            "version --format {{.Client.Os}}/{{.Server.Arch}}", "version --format {{.nosuch}}", "version --format {{.Client",
            "info --format {{.OSType}}/{{.Swarm.LocalNodeState}}/{{.Driver}}/{{.NCPU}}", "info --format {{.nosuch}}",
        ] { try oracle.same(row) }
    }

    struct Difference: CustomStringConvertible {
        var path: String
        var what: String
        var description: String { "\(path): \(what)" }
    }

    /// Keys that docker has and we lack, and values of another type; arrays are compared by their first element.
    private static func differences(_ docker: JSON, _ ours: JSON, _ path: String = "") -> [Difference] {
        if let object = docker.object, ours.object != nil {
            return object.members.flatMap { member in
                let path = "\(path).\(member.key)"
                return ours[member.key].map { differences(member.value, $0, path) } ?? [Difference(path: path, what: "missing")]
            }
        }
        if let array = docker.array, let other = ours.array {
            guard let first = array.first, let second = other.first else { return [] }
            return differences(first, second, path)
        }
        return kind(docker) == kind(ours) ? [] : [Difference(path: path, what: "\(kind(docker)) is \(kind(ours))")]
    }

    private static func kind(_ value: JSON) -> String {
        if value == .null { return "null" }
        if value.object != nil { return "object" }
        if value.array != nil { return "array" }
        if value.string != nil { return "text" }
        return value.bool != nil ? "truth" : "number"
    }
}
