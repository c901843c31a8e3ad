import CShim
import Glibc
internal import Primitives

/// Memory shared with children at the same address: strings, pointer arrays and steps of a plan live here.
/// Reserved, not committed: only touched pages cost. Freed in `deinit`.
final class Arena {
    private let base: UnsafeMutableRawPointer
    private let size: Int
    private var used = 0

    init(size: Int = 64 << 20) throws(Failure) {
        guard let base = cs_arena_new(size) else { throw .kernel("reserving memory for the set-up plan", errno) }
        self.base = base
        self.size = size
    }

    deinit { cs_arena_free(base, size) }

    /// Zeroed room for `count` values of a C type.
    func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int = 1) throws(Failure) -> UnsafeMutablePointer<T> {
        used = (used + 15) & ~15
        let bytes = MemoryLayout<T>.stride * count
        guard used + bytes <= size else { throw Failure(.invalid, "the command line and the environment are larger than \(size) bytes") }
        defer { used += bytes }
        return (base + used).bindMemory(to: T.self, capacity: count)
    }

    /// A C string. - Throws: `.invalid` when the text holds a NUL.
    func string(_ text: String) throws(Failure) -> UnsafePointer<CChar> {
        var copy = text
        let at = try allocate(CChar.self, count: copy.utf8.count + 1)
        let clean = copy.withUTF8 { bytes -> Bool in
            UnsafeMutableRawPointer(at).copyMemory(from: bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!, byteCount: bytes.count)
            return !bytes.contains(0)
        }
        guard clean else { throw Failure(.invalid, "\"\(text.prefix(64))\" holds a NUL byte") }
        return UnsafePointer(at)
    }

    func string(_ text: String?) throws(Failure) -> UnsafePointer<CChar>? {
        guard let text else { return nil }
        let pointer: UnsafePointer<CChar> = try string(text)
        return pointer
    }

    /// A NULL-terminated array of C strings.
    func strings(_ texts: [String]) throws(Failure) -> UnsafeMutablePointer<UnsafePointer<CChar>?> {
        let array = try allocate(UnsafePointer<CChar>?.self, count: texts.count + 1)
        for (index, text) in texts.enumerated() { array[index] = try string(text) }
        return array
    }

    func bytes(_ bytes: [UInt8]) throws(Failure) -> UnsafeMutableRawPointer {
        let at = try allocate(UInt8.self, count: max(bytes.count, 1))
        bytes.withUnsafeBytes {
            if let from = $0.baseAddress { UnsafeMutableRawPointer(at).copyMemory(from: from, byteCount: bytes.count) }
        }
        return UnsafeMutableRawPointer(at)
    }
}
