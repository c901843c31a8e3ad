/// Messages of netlink(7) one after the other, as the kernel reads them: numbers in the order of this machine, everything
/// padded to four bytes. Pure.
package struct NetlinkBytes: Equatable, Sendable {
    package private(set) var bytes: [UInt8] = []
    private var lastMessage: Int?

    package init() {}

    /// A message: its header (struct nlmsghdr), then what `body` appends.
    package mutating func message(_ type: UInt16, flags: UInt16, sequence: UInt32, _ body: (inout NetlinkBytes) -> Void) {
        let start = bytes.count
        lastMessage = start
        append(UInt32(0))
        append(type)
        append(flags)
        append(sequence)
        append(UInt32(0))
        body(&self)
        let size = UInt32(bytes.count - start)
        withUnsafeBytes(of: size) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    }

    /// The kernel is to answer the last message in any case (NLM_F_ACK); others only when it refuses them.
    package mutating func acknowledgeLast() {
        if let lastMessage { bytes[lastMessage + (1.bigEndian == 1 ? 7 : 6)] |= 0x4 }
    }

    /// A plain number, as in the fixed head of a message.
    package mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// An attribute (struct nlattr): at most 65,531 bytes of value.
    package mutating func attribute(_ type: UInt16, _ value: some Collection<UInt8>) {
        append(UInt16(4 + value.count))
        append(type)
        bytes.append(contentsOf: value)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    package mutating func attribute(_ type: UInt16, _ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { attribute(type, $0) }
    }

    /// Text ends with a zero byte, as the kernel's own names do.
    package mutating func attribute(_ type: UInt16, text: String) { attribute(type, Array(text.utf8) + [0]) }

    /// An attribute made of attributes (NLA_F_NESTED); also one that begins with a fixed head.
    package mutating func nested(_ type: UInt16, _ body: (inout NetlinkBytes) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(type | 0x8000)
        body(&self)
        let size = UInt16(bytes.count - start)
        withUnsafeBytes(of: size) { bytes.replaceSubrange(start..<start + 2, with: $0) }
    }
}

/// The attributes of a message or of a nested attribute, read one by one; ends at the first that is not whole.
package struct NetlinkAttributes: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    package mutating func next() -> (type: UInt16, value: ArraySlice<UInt8>)? {
        guard let size = rest.number(UInt16.self).map(Int.init), let type = rest.dropFirst(2).number(UInt16.self), size >= 4,
            size <= rest.count
        else { return nil }
        let value = rest.dropFirst(4).prefix(size - 4)
        rest = rest.dropFirst((size + 3) & ~3)
        return (type & 0x3FFF, value)
    }

    /// The first of a type.
    package func first(_ type: UInt16) -> ArraySlice<UInt8>? { first { $0.type == type }?.value }
}

extension ArraySlice<UInt8> {
    /// The number at the beginning, in the order of this machine; `nil` when too few bytes are left.
    package func number<T: FixedWidthInteger>(_: T.Type) -> T? {
        guard count >= MemoryLayout<T>.size else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(as: T.self) }
    }

    /// Text up to the first zero byte.
    package var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
