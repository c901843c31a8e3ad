import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    static var hostAddress: Self { .enabled(if: HostSide.address != nil, "this host has no address beside loopback") }
    static var wayOutside: Self {
        .enabled(if: HostSide.isReachable, "inside a container bridges cannot be kept from the host's br_netfilter")
    }
}

/// The host beside the containers, as a test sees and uses it.
enum HostSide {
    /// The IPv4 address by which this host reaches others; `nil` for a host without a default route.
    static let address: String? = {
        // Nothing is sent there: the kernel is asked for the way.
        guard let answer = try? Command("ip", ["-4", "-o", "route", "get", "203.0.113.1"]).check().line else { return nil }
        let words = answer.split(separator: " ")
        guard let index = words.firstIndex(of: "src"), index + 1 < words.count else { return nil }
        return String(words[index + 1])
    }()

    /// Containers of bridges reach the host and what is beyond. Where br_netfilter is loaded it has to be switched off for our
    /// bridges: it loses the socket that a relayed packet was meant for.
    static let isReachable = !Place.isNested || !HostFile.exists("/proc/sys/net/bridge/bridge-nf-call-iptables")

    static let hasIPv6Loopback = HostFile.text("/proc/net/if_inet6")?.contains("00000000000000000000000000000001 ") == true

    /// What a client of the host gets; an empty text when there is none within five seconds.
    static func fetch(_ host: String, _ port: String) throws -> String {
        try Command("/bin/busybox", ["timeout", "5", "wget", "-qO-", "http://\(host):\(port)/"]).run().text
    }

    /// The processes of a store's network service.
    static func services(of proa: Proa) throws -> [Int32] {
        let runtime = try #require(proa.environment["XDG_RUNTIME_DIR"])
        return try Fault.processes(with: "proa:net").filter { pid in
            HostFile.text("/proc/\(pid)/environ")?.contains("XDG_RUNTIME_DIR=\(runtime)\0") == true
        }
    }
}

extension Proa {
    /// A web server that logs its clients, `/` being `says`. It answers when this returns. - Returns: the container's id.
    @discardableResult
    func serve(_ name: String, _ options: [String] = [], says text: String? = nil) throws -> String {
        let text = text ?? name
        let id = try start(
            ["--name", name] + options, "mkdir /www; echo \(text) >/www/index.html; exec httpd -f -vv -h /www -p 80")
        try eventually("\(name) serves") { try command(["exec", name, "wget", "-qO-", "http://127.0.0.1/"]).run().line == text }
        return id
    }

    /// A container that waits. - Returns: its id.
    @discardableResult
    func idle(_ name: String, _ options: [String] = []) throws -> String {
        try command(["run", "-d", "--name", name] + options + ["busybox", "sleep", "600"]).check().line
    }

    /// A script inside a running container.
    func inside(_ container: String, _ script: String) throws -> Outcome {
        try command(["exec", container, "sh", "-c", script]).run()
    }

    /// What a client in a container gets; an empty text when there is none within five seconds.
    func fetch(from container: String, _ host: String, _ port: String = "80") throws -> String {
        try inside(container, "timeout 5 wget -qO- http://\(host):\(port)/").line
    }

    /// The container's IPv4 addresses, in the order of its networks' names.
    func addresses(of container: String) throws -> [String] {
        try inspect(container, "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}").split(separator: " ").map(String.init)
    }
    func address(of container: String) throws -> String { try #require(try addresses(of: container).first) }

    /// The port of the host behind which a container's port is.
    func hostPort(of container: String, _ port: String) throws -> String {
        let first = try #require(try check("port", container, port).lines.first)
        return String(try #require(first.split(separator: ":").last))
    }
}
