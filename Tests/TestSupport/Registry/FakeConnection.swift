import Glibc
import LinuxSys

/// One client's connection: requests are read and answered until one side ends it.
final class FakeConnection {
    private let descriptor: Int32
    private var pending: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// - Parameter cut: after how many bytes of a request's body the connection is to be lost; `nil`: not at all.
    func serve(cut: (FakeRequest) -> Int?, _ answer: (FakeRequest) -> FakeResponse?) {
        while let request = readRequest(cut), let response = answer(request) {
            if request.isCut { return }
            guard write(response, isHead: request.method == "HEAD") else { return }
        }
    }

    private func fill() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    private func readRequest(_ cut: (FakeRequest) -> Int?) -> FakeRequest? {
        while true {
            // A TLS handshake: this server has none.
            if pending.first == 0x16 { return nil }
            if let end = headEnd() {
                let lines = String(decoding: pending[..<end], as: UTF8.self).split(separator: "\r\n")
                pending.removeFirst(end + 4)
                return finish(lines, cut)
            }
            guard pending.count < 1 << 20, fill() else { return nil }
        }
    }

    private func headEnd() -> Int? {
        guard pending.count >= 4 else { return nil }
        return (0...pending.count - 4).first { pending[$0...].starts(with: [13, 10, 13, 10]) }
    }

    private func finish(_ lines: [Substring], _ cut: (FakeRequest) -> Int?) -> FakeRequest? {
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        var request = FakeRequest(method: String(words[0]), target: String(words[1]), headers: [], body: [])
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            request.headers.append((line[..<colon].lowercased(), String(value)))
        }
        var length = request["content-length"].flatMap { Int($0) } ?? 0
        if let limit = cut(request), limit < length {
            length = limit
            request.isCut = true
        }
        while pending.count < length { guard fill() else { return nil } }
        request.body = Array(pending[..<length])
        pending.removeFirst(length)
        return request
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return false }
            sent += count
        }
        return true
    }

    /// - Returns: whether the connection may be used again.
    private func write(_ response: FakeResponse, isHead: Bool) -> Bool {
        func head(_ length: Int?) -> [UInt8] {
            var text = "HTTP/1.1 \(response.status) Fake\r\n"
            for header in response.headers { text += "\(header.name): \(header.value)\r\n" }
            if let length, !response.headers.contains(where: { $0.name == "Content-Length" }) { text += "Content-Length: \(length)\r\n" }
            if length == nil { text += "Connection: close\r\n" }
            return Array((text + "\r\n").utf8)
        }
        switch response.body {
        case .whole(let bytes): return send(head(bytes.count) + (isHead ? [] : bytes))
        case .cut(let bytes, let count):
            _ = send(head(bytes.count) + bytes.prefix(count))
            return false
        case .stall(let bytes, let count):
            if send(head(bytes.count) + bytes.prefix(count)) { while fill() {} }
            return false
        case .unannounced(let bytes):
            _ = send(head(nil) + bytes)
            return false
        case .endless(let bytes):
            guard send(head(nil)) else { return false }
            while send(bytes) {}
            return false
        case .drip(let bytes, let pause):
            guard send(head(bytes.count)) else { return false }
            for byte in bytes {
                guard send([byte]) else { return false }
                Clock.sleep(nanoseconds: pause * 1_000_000)
            }
            return true
        case .rubbish(let bytes):
            _ = send(bytes)
            return false
        }
    }
}
