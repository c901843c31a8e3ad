import Primitives
import Testing

@testable import Containers

@Suite struct SettingsTests {
    private static let all: Sysctl.Namespaces = [.network, .ipc, .uts]

    @Test(
        "a namespaced sysctl becomes a path below /proc/sys",
        arguments: [
            ("net.ipv4.ip_forward=1", "net/ipv4/ip_forward", "1"), ("net/ipv4/ip_forward=1", "net/ipv4/ip_forward", "1"),
            ("net.ipv4.conf.eth0/7.rp_filter=2", "net/ipv4/conf/eth0.7/rp_filter", "2"),
            ("net/ipv4/conf/eth0.7/rp_filter=2", "net/ipv4/conf/eth0.7/rp_filter", "2"),
            ("kernel.msgmax=65536", "kernel/msgmax", "65536"), ("kernel.sem=1\t2 3 4", "kernel/sem", "1\t2 3 4"),
            ("kernel/shm_rmid_forced=1", "kernel/shm_rmid_forced", "1"),
            ("fs.mqueue.msg_max=5", "fs/mqueue/msg_max", "5"), ("kernel.domainname=a=b", "kernel/domainname", "a=b"),
            ("net.core.somaxconn=", "net/core/somaxconn", ""),
        ])
    func sysctls(text: String, path: String, value: String) throws {
        let sysctl = try Sysctl(text, own: Self.all)
        #expect(sysctl.path == path && sysctl.value == value)
    }

    @Test(
        "a sysctl outside the container's namespaces is refused",
        arguments: [
            ("kernel.panic=1", all, "sysctl \"kernel.panic\" is not in a separate kernel namespace"),
            ("kernel.msgmaxx=1", all, "sysctl \"kernel.msgmaxx\" is not in a separate kernel namespace"),
            ("kernel.sem.x=1", all, "sysctl \"kernel.sem.x\" is not in a separate kernel namespace"),
            ("fs.mqueue=1", all, "sysctl \"fs.mqueue\" is not in a separate kernel namespace"),
            ("vm.overcommit_memory=1", all, "sysctl \"vm.overcommit_memory\" is not in a separate kernel namespace"),
            ("net/../kernel/panic=1", all, "sysctl 'net/../kernel/panic=1' is not allowed"),
            ("net.//.kernel.panic=1", all, "sysctl 'net.//.kernel.panic=1' is not allowed"),
            ("net/./x=1", all, "sysctl 'net/./x=1' is not allowed"),
            ("net..x=1", all, "sysctl 'net..x=1' is not allowed"),
            ("net.=1", all, "sysctl 'net.=1' is not allowed"),
            ("/net/x=1", all, "sysctl '/net/x=1' is not allowed"),
            ("net. x=1", all, "sysctl 'net. x=1' is not allowed"),
            ("net.x\n=1", all, "sysctl 'net.x\n=1' is not allowed"),
            ("net.x\0=1", all, "sysctl 'net.x\0=1' is not allowed"),
            ("net.x", all, "sysctl 'net.x' is not allowed"),
            ("net=1", all, "sysctl 'net=1' is not allowed"),
            ("=1", all, "sysctl '=1' is not allowed"),
            ("net.x=1\n2", all, "the value of sysctl \"net.x\" is not one line of text"),
            ("net.x=1\0", all, "the value of sysctl \"net.x\" is not one line of text"),
            ("net.ipv4.ip_forward=1", [.ipc, .uts], "sysctl \"net.ipv4.ip_forward\" not allowed in host network namespace"),
            ("kernel/sem=1", [.network], "sysctl \"kernel/sem\" is not allowed in the hosts ipc namespace"),
            ("fs.mqueue.msg_max=1", [.network], "sysctl \"fs.mqueue.msg_max\" is not allowed in the hosts ipc namespace"),
            ("kernel.domainname=1", [.network], "sysctl \"kernel.domainname\" is not in a separate kernel namespace"),
            ("kernel.hostname=1", all, "sysctl \"kernel.hostname\" is not allowed as it conflicts with the host name of the container"),
        ] as [(String, Sysctl.Namespaces, String)])
    func badSysctls(text: String, own: Sysctl.Namespaces, expected: String) {
        #expect(message { () throws(Failure) in try Sysctl(text, own: own) } == expected)
    }

    @Test("two spellings of one sysctl are one, the last counts")
    func sysctlList() throws {
        let list = try Sysctl.all(["net.a=1", "net.b=2", "net/a=3"], own: Self.all)
        #expect(list.map(\.path) == ["net/a", "net/b"] && list.map(\.value) == ["3", "2"])
    }

    @Test("security options are read in both of docker's forms")
    func security() throws {
        #expect(try SecurityOptions.parse([]) == SecurityOptions())
        #expect(try SecurityOptions.parse(["seccomp=unconfined"]).seccomp == .unconfined)
        #expect(try SecurityOptions.parse(["seccomp:unconfined", "seccomp=builtin"]).seccomp == .standard)
        #expect(try SecurityOptions.parse(["seccomp=./a:b.json"]).seccomp == .file("./a:b.json"))
        for text in ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=1"] {
            #expect(try SecurityOptions.parse([text]).noNewPrivileges)
        }
        #expect(try !SecurityOptions.parse(["no-new-privileges", "no-new-privileges=false"]).noNewPrivileges)
        #expect(try SecurityOptions.parse(["systempaths=unconfined"]).systemPathsUnconfined)
        #expect(try SecurityOptions.parse(["unmask=ALL"]).systemPathsUnconfined)
        let both = try SecurityOptions.parse([
            "mask=/a/:/b", "unmask=/proc/kcore", "apparmor:docker-x", "label=type:svirt_t", "label:disable",
        ])
        #expect(both.maskedPaths == ["/a", "/b"] && both.unmaskedPaths == ["/proc/kcore"])
        #expect(both.apparmor == "docker-x" && both.labels == ["type:svirt_t", "disable"])
    }

    @Test(
        "other security options are refused with docker's words",
        arguments: [
            ("foo", "Invalid --security-opt: \"foo\""), ("", "Invalid --security-opt: \"\""),
            ("seccomp=", "Invalid --security-opt: \"seccomp=\""),
            ("label", "Invalid --security-opt: \"label\""), ("foo=bar", "invalid --security-opt 2: \"foo=bar\""),
            ("no-new-privileges=x", "invalid --security-opt 2: \"no-new-privileges=x\""),
            ("systempaths=x", "invalid --security-opt 2: \"systempaths=x\""),
            ("label=x", "invalid --security-opt 2: \"label=x\""), ("label=user:", "invalid --security-opt 2: \"label=user:\""),
            ("mask=a", "invalid --security-opt 2: \"mask=a\""), ("mask=/a:", "invalid --security-opt 2: \"mask=/a:\""),
            ("mask=/a/..", "invalid --security-opt 2: \"mask=/a/..\""),
        ])
    func badSecurity(text: String, expected: String) {
        #expect(message { () throws(Failure) in try SecurityOptions.parse([text]) } == expected)
    }

    @Test("log options are read")
    func log() throws {
        let request = try LogRequest(options: [
            "max-size=10m", "max-file=3", "compress=true", "mode=non-blocking", "max-buffer-size=4m", "labels=a,b", "env=C",
            "tag={{.Name}}",
        ])
        #expect(request.driver == .jsonFile && request.maxSizeBytes == 10_000_000 && request.maxFiles == 3 && request.compress)
        #expect(request.nonBlocking && request.maxBufferBytes == 4 << 20 && request.labels == ["a", "b"] && request.variables == ["C"])
        #expect(request.options.map(\.key) == ["compress", "env", "labels", "max-buffer-size", "max-file", "max-size", "mode", "tag"])
        let last = try LogRequest(driver: "json-file", options: ["max-size=1k", "max-size=1.5k"])
        #expect(last.maxSizeBytes == 1500 && last.maxFiles == 1 && !last.nonBlocking && last.options.count == 1)
        #expect(try LogRequest(driver: "none", options: []).driver == .none)
    }

    @Test(
        "other log options are refused with docker's words",
        arguments: [
            ("", ["foo=1"], "unknown log opt 'foo' for json-file log driver"),
            ("", ["foo"], "unknown log opt 'foo' for json-file log driver"),
            ("", [""], "unknown log opt '' for json-file log driver"), ("none", ["a=b"], "invalid logging opts for driver none"),
            ("nope", [], "logger: no log driver named 'nope' is registered"), ("", ["max-size=x"], "invalid size: 'x'"),
            ("", ["max-size"], "invalid size: ''"),
            ("", ["max-size=0"], "max-size must be a positive number"), ("", ["max-size=-1"], "invalid size: '-1'"),
            ("", ["max-size=9999999p"], "invalid size: '9999999p'"),
            ("", ["max-file=x"], "strconv.Atoi: parsing \"x\": invalid syntax"), ("", ["max-file=0"], "max-file cannot be less than 1"),
            ("", ["max-file=1001"], "max-file cannot be more than 1000"),
            ("", ["compress=x"], "strconv.ParseBool: parsing \"x\": invalid syntax"),
            ("", ["compress=true"], "compress cannot be true when max-file is less than 2 or max-size is not set"),
            ("", ["compress=true", "max-file=2"], "compress cannot be true when max-file is less than 2 or max-size is not set"),
            ("", ["mode=x"], "logger: logging mode not supported: x"),
            ("", ["max-buffer-size=1m"], "logger: max-buffer-size option is only supported with 'mode=non-blocking'"),
            ("", ["mode=non-blocking", "max-buffer-size=x"], "error parsing option max-buffer-size: invalid size: 'x'"),
            ("", ["labels-regex=x"], "log opt 'labels-regex' is not there yet"),
        ] as [(String, [String], String)])
    func badLog(driver: String, options: [String], expected: String) {
        #expect(message { () throws(Failure) in try LogRequest(driver: driver, options: options) } == expected)
    }
}
