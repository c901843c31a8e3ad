import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Layers

/// A fresh directory with an empty `outer/root`, and beside it a canary that no archive may touch.
struct Scratch {
    let path: String
    var root: String { path + "/outer/root" }

    /// Runs `body` and removes everything; fails the test when the canary changed.
    static func use(_ body: (Scratch) throws -> Void) throws {
        let place = try TestSupport.Scratch("layers")
        let scratch = Scratch(path: place.path)
        mkdir(scratch.path + "/outer", 0o700)
        mkdir(scratch.root, 0o700)
        mkdir(scratch.path + "/outer/canary", 0o750)
        try scratch.write("outer/canary/file", "untouched")
        let before = scratch.canary
        let result = Result { try body(scratch) }
        #expect(scratch.canary == before)
        try withExtendedLifetime(place) { try result.get() }
    }

    func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = try Directory.open(path).openFile(name, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes)
    }

    /// Everything the canary shows: its names, contents, modes, owners, times and link counts.
    private var canary: String {
        let directory = listing("outer/canary")
        let file = HostFile.text(path + "/outer/canary/file") ?? "gone"
        return directory + file + listing("outer", recursive: false)
    }

    private func listing(_ name: String, recursive: Bool = true) -> String {
        guard let directory = try? Directory.open(path + "/" + name), let names = try? directory.names() else { return "gone" }
        var out = names.sorted().joined(separator: " ")
        if recursive {
            for name in names + ["."] {
                let status = try? directory.status(of: RawPath(name.utf8)!)
                out += " \(name) \(status.map { "\($0)" } ?? "gone")"
            }
        }
        return out
    }

    /// Whether this process may give files away.
    static var owners: OwnerPolicy { geteuid() == 0 ? .all : .single }

    @discardableResult
    func extract(_ archive: [UInt8], _ limits: LayerLimits = LayerLimits(), owners: OwnerPolicy = Scratch.owners) throws -> LayerExtractor<
        MemorySource
    > {
        let extractor = try LayerExtractor(MemorySource(archive), into: try Directory.open(root), owners: owners, limits: limits)
        try extractor.run()
        return extractor
    }

    /// What `name` below the root is, without following it.
    func isWhiteout(_ name: String) throws -> Bool {
        try status(name).map { try Directory.open(root).isWhiteout(RawPath(name.utf8)!, $0) } ?? false
    }

    func status(_ name: String) -> NodeStatus? {
        try? Directory.open(root).status(of: RawPath(name.utf8)!)
    }
    func text(_ name: String) -> String? { HostFile.text(root + "/" + name) }

    func isOpaque(_ name: String) throws -> Bool {
        try Directory.open(root + "/" + name).descriptor.attribute(RawPath("user.overlay.opaque".utf8)!) == [0x79]
    }

    /// Runs a shell command in the scratch directory.
    func shell(_ command: String) throws {
        let status = system("cd '\(path)' && { \(command); }")
        if status != 0 { throw Failure(.invalid, "\"\(command)\" ended with \(status)") }
    }
    func bytes(_ name: String) throws -> [UInt8] { try HostFile.read(path + "/" + name, limit: 1 << 30) }
}

/// An archive in memory, given out in pieces of `chunkBytes`.
final class MemorySource: BlockSource {
    private let memory: UnsafeMutableRawBufferPointer
    private var rest: UnsafeRawBufferPointer
    private let chunkBytes: Int

    init(_ bytes: [UInt8], chunkBytes: Int = 1024) {
        memory = .allocate(byteCount: bytes.count, alignment: 8)
        memory.copyBytes(from: bytes)
        rest = UnsafeRawBufferPointer(memory)
        self.chunkBytes = chunkBytes
    }
    deinit { memory.deallocate() }

    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        let chunk = UnsafeRawBufferPointer(rebasing: rest.prefix(chunkBytes))
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(chunkBytes))
        return chunk
    }
}

/// Builds archives by hand, right and wrong ones.
struct ArchiveMaker {
    var bytes: [UInt8] = []

    /// One header with a right checksum. `patch` changes fields before it is computed.
    mutating func header(
        _ name: String, _ type: Character = "0", size: Int = 0, link: String = "", mode: Int = 0o644,
        patch: (inout [UInt8]) -> Void = { _ in }
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ start: Int, _ text: String) { block.replaceSubrange(start..<start + text.utf8.count, with: text.utf8) }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(0, name)
        put(100, octal(mode, 7))
        put(108, octal(0, 7))
        put(116, octal(0, 7))
        put(124, octal(size, 11))
        put(136, octal(1_000_000_000, 11))
        put(156, String(type))
        put(157, link)
        put(257, "ustar\u{0}00")
        patch(&block)
        ArchiveMaker.seal(&block)
        bytes += block
    }

    static func seal(_ block: inout [UInt8]) {
        block.replaceSubrange(148..<156, with: [UInt8](repeating: 0x20, count: 8))
        let sum = block.reduce(0) { $0 + Int($1) }
        let text = String(sum, radix: 8)
        block.replaceSubrange(148..<156, with: Array((String(repeating: "0", count: 6 - text.count) + text).utf8) + [0, 0x20])
    }

    mutating func data(_ data: [UInt8]) { bytes += data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512) }

    mutating func file(_ name: String, _ text: String = "", mode: Int = 0o644) {
        header(name, "0", size: text.utf8.count, mode: mode)
        data(Array(text.utf8))
    }
    mutating func directory(_ name: String, mode: Int = 0o755) { header(name, "5", mode: mode) }
    mutating func link(_ name: String, to target: String) { header(name, "2", link: target) }
    mutating func hardLink(_ name: String, to target: String) { header(name, "1", link: target) }

    /// A header of type x or g.
    mutating func pax(_ records: [(String, String)], _ type: Character = "x") {
        var text: [UInt8] = []
        for (key, value) in records {
            let fixed = key.utf8.count + value.utf8.count + 3
            var length = fixed + 1
            while String(length).count + fixed != length { length = String(length).count + fixed }
            text += Array("\(length) \(key)=\(value)\n".utf8)
        }
        raw(text, type)
    }
    mutating func raw(_ text: [UInt8], _ type: Character) {
        header("extended", type, size: text.count)
        data(text)
    }
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    static func make(_ build: (inout ArchiveMaker) -> Void) -> [UInt8] {
        var maker = ArchiveMaker()
        build(&maker)
        maker.end()
        return maker.bytes
    }
}
