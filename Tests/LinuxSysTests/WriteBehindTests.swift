import Glibc
import LinuxSys
import Primitives
import Testing

@Suite struct WriteBehindTests {
    @Test("a file sent to the disk while it grows has all its bytes", arguments: [0, 1, 4 << 20, (13 << 20) + 5])
    func whole(_ size: Int) throws {
        var template = Array("/tmp/proa-test-XXXXXX".utf8CString)
        let file = Descriptor(owning: mkstemp(&template))
        unlink(template)
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 >> 8 ^ $0) }
        var behind = WriteBehind(from: 0)
        var end = 0
        while end < size {
            let next = min(size, end + 300_000)
            try file.write(Array(bytes[end..<next]))
            try behind.advance(to: UInt64(next), in: file)
            end = next
        }
        try file.sync()
        file.forgetCached()
        try file.seek(to: 0)
        #expect(try file.readAll() == bytes)
    }

    @Test("what cannot be sent to a disk is left alone")
    func pipe() throws {
        var behind = WriteBehind(from: 0)
        try behind.advance(to: 64 << 20, in: try DescriptorPair.pipe().closingFirst())
    }

    @Test("a descriptor that is not open is a failure")
    func closed() {
        var behind = WriteBehind(from: 0)
        #expect(throws: Failure.self) { try behind.advance(to: 64 << 20, in: Descriptor(owning: -1)) }
    }
}
