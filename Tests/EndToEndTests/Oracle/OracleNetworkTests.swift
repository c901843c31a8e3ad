import TestSupport
import Testing

/// Networks and ports as docker speaks of them. Its daemon here has no default network, so that is left out.
@Suite struct OracleNetworkTests {
    @Test("network create, ls, inspect and rm print and refuse as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func networks() throws {
        let oracle = try Oracle()
        try oracle.same("network create --subnet 198.18.0.0/24 --label a=b --label c -o k=v oracle-net")
        for row in [
            "--gateway 1.2.3.4", "--subnet 198.18.1.0/24 --gateway 198.18.2.1", "--subnet 198.18.1.0/24 --gateway banana",
            "--subnet 198.18.1.0/24 --gateway 198.18.1.1,198.18.1.2", "--subnet 198.18.1.0/24 --subnet 198.18.1.0/25",
            "--subnet 198.18.1.0/24 --subnet 198.18.2.0/24 --gateway 198.18.1.1,198.18.1.2",
            "--subnet 198.18.1.0/24 --subnet 198.18.2.0/24 --ip-range 198.18.1.0/25,198.18.1.128/25",
            "--subnet 198.18.1.0/24 --subnet 198.18.2.0/24",
            "--subnet 198.18.1.0/24 --ip-range 198.18.2.0/25", "--subnet 198.18.1.0/24 --aux-address a=198.18.2.1",
            "--subnet 198.18.1.0/24 --aux-address a", "--subnet banana --gateway 198.18.2.1", "-d nonsense", "-d host", "-d null",
            "--label =x",
            "--subnet 198.18.1.0/24 --gateway 198.18.1.0", "--subnet 198.18.1.0/24 --gateway 198.18.1.255", "--subnet 198.18.1.0/32",
        ] { try oracle.same("network create \(row) oracle-bad") }
        for name in ["oracle-net", "host", "none", "bridge", "default"] { try oracle.same("network create \(name)") }
        try oracle.same("network create")
        for row in [
            "--ip-range 198.18.1.0/25", "--gateway 198.18.1.9", "--aux-address a=198.18.1.7 --aux-address b=198.18.1.8", "--internal",
            "--attachable",
            "--scope local", "--ipv6 --subnet 2001:db8::/64",
        ] {
            try oracle.same("network create --subnet 198.18.1.0/24 \(row) oracle-good")
            try oracle.same([
                "network", "inspect", "oracle-good", "-f",
                "{{json .IPAM}} {{.EnableIPv6}} {{.Internal}} {{.Attachable}} {{json .Options}} {{json .Labels}} {{json .Containers}} {{.ConfigOnly}}",
            ])
            try oracle.same("network rm oracle-good")
        }
        let mine = ["network", "ls", "--filter", "name=oracle-net"]
        try oracle.same(mine)
        for format in [
            "{{.Name}} {{.Driver}} {{.Scope}} {{.IPv6}} {{.Internal}} {{.Labels}} {{.Label \"a\"}}", "raw", "table {{.Name}}\\t{{.Labels}}",
            "{{.nosuch}}",
            "{{.Name",
        ] { try oracle.same(mine + ["--format", format]) }
        for filter in [
            "driver=bridge", "driver=x", "scope=local", "scope=swarm", "type=custom", "type=builtin", "type=x", "dangling=true",
            "dangling=x",
            "label=a", "label=a=b", "label=a=c", "foo=1", "foo",
        ] { try oracle.same(mine + ["--filter", filter, "--format", "{{.Name}}"]) }
        for row in [
            "inspect nosuch-network", "inspect oracle-net nosuch-network -f {{.Name}}", "inspect -f {{.X}} oracle-net",
            "inspect -f {{.Name oracle-net",
            "inspect none host -f {{.Name}}{{.Driver}}{{.Scope}}{{.IPAM}}", "rm -f nosuch-network", "rm oracle-net",
        ] { try oracle.same("network " + row) }
        try oracle.same("network prune")
    }

    @Test(
        "-p, --expose, --network and what goes with them are read and refused as docker does",
        .enabled(if: Docker.isPossible, Oracle.reason))
    func flags() throws {
        let oracle = try Oracle()
        try oracle.same("network create --subnet 198.18.7.0/24 oracle-flags")
        let template =
            "{{json .HostConfig.PortBindings}} {{json .Config.ExposedPorts}} {{json .NetworkSettings.Networks}} {{json .HostConfig.Links}}"
        for row in [
            "-p 80", "-p 8080:80", "-p 127.0.0.1:8080:80", "-p [::1]:8080:80", "-p ::1:8080:80", "-p 8000-8002:80-82", "-p 8000-8010:80",
            "-p 53:53/UDP",
            "-p 0:80", "-p 127.0.0.1::80", "-p published=8080,target=80,protocol=udp", "-P --expose 80-82/udp --expose 90",
            "--network none -p 80:80",
            "--network host -p 80:80", "--network oracle-flags --ip 198.18.7.5 --network-alias a --network-alias b",
            "--network name=oracle-flags,ip=198.18.7.5,alias=a,driver-opt=k=v", "--network oracle-flags --link nosuch:x",
            "--network nosuch-network",
            "--network oracle-flags --ip6 2001:db8::5", "--network oracle-flags --link-local-ip 169.254.1.1", "--network container:nosuch",
        ] {
            try oracle.same("create --name oracle-made \(row) busybox true")
            try oracle.same(["inspect", "oracle-made", "-f", template])
            try oracle.forget("oracle-made")
        }
        for row in [
            "-p 8000-8001:80-82", "-p 80/foo", "-p foo", "-p 80:", "-p :", "-p 65536", "-p 70000:80", "-p 80-79", "-p a-b:80",
            "-p localhost:80:80",
            "-p [::1:80:80", "-p published=1,x", "-p 8080:80-81", "--expose 80:81", "--expose foo", "--expose 80-79", "--expose 70000",
            "--network oracle-flags --network oracle-flags", "--network oracle-flags --network host", "--network-alias x",
            "--mac-address banana",
            "--network name=oracle-flags,ip=198.18.7.5 --ip 198.18.7.6", "--network name=a,alias=x --network-alias y",
            "--network name=a,foo=b",
            "--network name=a,foo", "--network ip=10.0.0.1", "--network name=a,driver-opt=b", "--network name=a,gw-priority=x",
            "--link a:b:c",
            "--network name=a,mac-address=x", "--network name=a,ip=banana", "--ip 2001:db8::1", "--ip6 10.0.0.1",
            "--network host --link a:b",
            "--network container:a --link a:b", "--network container:a -p 80", "--network container:a -h x",
            "--network container:a --dns 1.1.1.1",
            "--network container:a --add-host a:1.1.1.1", "--network container:a --expose 80", "--link nosuch:x",
        ] { try oracle.same("create --name oracle-made \(row) busybox true") }
        for row in ["port nosuch", "port", "ps --filter publish=80:80", "ps --filter publish=foo", "ps --filter expose=x"] {
            try oracle.same(row)
        }
        try oracle.same("network rm oracle-flags")
    }
}
