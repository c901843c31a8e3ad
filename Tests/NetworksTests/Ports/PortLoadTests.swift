import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Networks

@Suite("published TCP ports under load") struct PortLoadTests {
    /// Bytes that repeat in no short period, sent in parts until there were so many; with their digest.
    private static func send(_ total: Int, to peer: Peer) throws -> Digest {
        var part = [UInt8](repeating: 0, count: 1_000_003)
        for index in part.indices { part[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
        var hash = SHA256()
        var left = total
        while left > 0 {
            let piece = left < part.count ? Array(part[..<left]) : part
            part[left % part.count] &+= 1
            hash.update(piece)
            try peer.write(piece)
            left -= piece.count
        }
        peer.endWriting()
        return hash.digest()
    }

    private static func receive(from peer: Peer) throws -> (count: Int, digest: Digest) {
        var hash = SHA256()
        var count = 0
        while true {
            let part = try peer.read(1 << 18)
            if part.isEmpty { return (count, hash.digest()) }
            hash.update(part)
            count += part.count
        }
    }

    @Test("two hundred megabytes arrive as they were sent, each way")
    func large() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let (client, server) = try published.connect(networks)
            let total = 200 << 20
            for (from, to) in [(client, server), (server, client)] {
                let sent = Guarded<Digest?>(nil)
                let thread = try Thread.start {
                    let digest = try? Self.send(total, to: from)
                    sent.with { $0 = digest }
                }
                let got = try Self.receive(from: to)
                thread.join()
                #expect(got.count == total)
                #expect(sent.with { $0 } == got.digest)
            }
        }
    }

    @Test("five hundred connections at once")
    func many() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let clients = try (0..<500).map { _ in try Peer.connected(.stream, to: published.host, in: networks.client) }
            for (number, client) in clients.enumerated() { try client.write("client \(number)") }
            let servers = try clients.map { _ in try published.server.accept() }
            #expect(try published.counts().connections == 500)
            for server in servers { try server.write("you said \(try server.readText()) from \(try server.remote)") }
            for (number, client) in clients.enumerated() {
                #expect(try client.readText() == "you said client \(number) from \(client.local)")
            }
        }
    }

    @Test("a slow reader stops the writer and loses nothing")
    func slowReader() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let (client, server) = try published.connect(networks)
            try client.shrinkReceiveBuffer()
            let before = try Self.residentKilobytes()
            let part = [UInt8](repeating: 1, count: 1 << 16)
            var written = 0
            while true {
                let count = server.writeNow(part)
                if count <= 0 { break }
                written += count
                #expect(written < 64 << 20, "nobody reads, and the writer still may")
                if written >= 64 << 20 { return }
            }
            let grown = try Self.residentKilobytes() - before
            #expect(grown < 8 << 10, "\(grown) KiB for \(written) bytes")
            server.endWriting()
            #expect(try client.readAll().count == written)
        }
    }

    private static func flood(_ peer: Peer, _ part: [UInt8]) throws -> LinuxSys.Thread {
        try Thread.start { while (try? peer.write(part)) != nil {} }
    }

    @Test("a client that goes away while data flows takes nobody with it")
    func resetInFlow() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            for _ in 0..<20 {
                var (client, server): (Peer?, Peer?) = try published.connect(networks)
                let part = [UInt8](repeating: 1, count: 4 << 20)
                let writer = try Self.flood(try #require(server), part)
                for _ in 0..<50 { _ = try client?.read() }
                try client?.endWithReset()
                client = nil
                writer.join()
                server = nil
            }
            let (client, server) = try published.connect(networks)
            try client.write("still there")
            #expect(try server.readText() == "still there")
            try eventually { try published.counts().connections == 1 }
        }
    }

    private static func residentKilobytes() throws -> Int {
        let text = try #require(HostFile.text("/proc/self/status"))
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}
