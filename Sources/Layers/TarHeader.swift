internal import Primitives

/// One 512-byte header block, fields decoded. Spec: POSIX.1-2017, pax, "ustar Interchange Format", and the GNU tar
/// manual, "Basic Tar Format".
struct TarHeader {
    static let size = 512
    enum Format { case v7, posix, gnu }

    let format: Format
    let type: UInt8
    let name: [UInt8]
    let linkName: [UInt8]
    let mode: UInt32
    let userID: UInt64
    let groupID: UInt64
    let size: UInt64
    let modifiedSeconds: Int64
    let deviceMajor: UInt32
    let deviceMinor: UInt32

    /// - Parameter block: 512 bytes that are not all zero.
    init(_ block: UnsafeRawBufferPointer) throws(Failure) {
        guard TarHeader.checksumHolds(block) else { throw Failure(.corrupt, "a header has a wrong checksum") }
        format = TarHeader.format(block)
        type = block[156]
        linkName = TarHeader.text(block, 157, 100)
        let base = TarHeader.text(block, 0, 100)
        let prefix = format == .posix ? TarHeader.text(block, 345, 155) : []
        name = prefix.isEmpty ? base : prefix + [0x2F] + base
        mode = UInt32(truncatingIfNeeded: try TarHeader.number(block, 100, 8, "mode")) & 0o7777
        userID = try TarHeader.number(block, 108, 8, "owner")
        groupID = try TarHeader.number(block, 116, 8, "group")
        size = try TarHeader.number(block, 124, 12, "size")
        modifiedSeconds = try TarHeader.time(block, 136, 12)
        // Old writers leave garbage here for anything but devices.
        let isDevice = (type == 0x33 || type == 0x34) && format != .v7
        deviceMajor = isDevice ? try TarHeader.deviceNumber(block, 329) : 0
        deviceMinor = isDevice ? try TarHeader.deviceNumber(block, 337) : 0
    }

    static func isZero(_ block: UnsafeRawBufferPointer) -> Bool {
        var sum: UInt64 = 0
        for offset in stride(from: 0, to: size, by: 8) { sum |= block.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        return sum == 0
    }

    /// The sum of all bytes, with the checksum field read as spaces.
    static func checksum(_ block: UnsafeRawBufferPointer) -> UInt64 {
        var sum: UInt64 = 8 * 0x20
        for index in 0..<148 { sum += UInt64(block[index]) }
        for index in 156..<size { sum += UInt64(block[index]) }
        return sum
    }

    private static func checksumHolds(_ block: UnsafeRawBufferPointer) -> Bool {
        do throws(Failure) { return try number(block, 148, 8, "checksum") == checksum(block) } catch { return false }
    }

    private static func format(_ block: UnsafeRawBufferPointer) -> Format {
        let magic = block[257..<265]
        // Some writers leave the version out.
        if magic.starts(with: [0x75, 0x73, 0x74, 0x61, 0x72, 0]) { return .posix }
        if magic.elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0x20, 0x20, 0]) { return .gnu }
        return .v7
    }

    private static func text(_ block: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> [UInt8] {
        let field = block[start..<start + count]
        return Array(field.prefix { $0 != 0 })
    }

    private static func deviceNumber(_ block: UnsafeRawBufferPointer, _ start: Int) throws(Failure) -> UInt32 {
        guard let value = UInt32(exactly: try number(block, start, 8, "device")) else {
            throw Failure(.corrupt, "a header has a device number out of range")
        }
        return value
    }

    /// An octal number, or a binary one when the first bit is set (GNU, for what does not fit).
    static func number(_ block: UnsafeRawBufferPointer, _ start: Int, _ count: Int, _ what: StaticString) throws(Failure) -> UInt64 {
        let field = UnsafeRawBufferPointer(rebasing: block[start..<start + count])
        let value = field[0] & 0x80 != 0 ? binary(field) : octal(field)
        guard let value else { throw Failure(.corrupt, "a header has no valid \(what)") }
        return value
    }

    /// As `number`; times may lie before 1970, which all readers of layers cut to 1970.
    private static func time(_ block: UnsafeRawBufferPointer, _ start: Int, _ count: Int) throws(Failure) -> Int64 {
        if block[start] == 0xFF { return 0 }
        let value = try number(block, start, count, "time")
        return value > TarHeader.timeMax ? 0 : Int64(value)
    }

    /// Later times are no times: docker takes them for 1970 too.
    static let timeMax: UInt64 = 1 << 40

    /// Base 256, big-endian, two's complement; negative is refused.
    private static func binary(_ field: UnsafeRawBufferPointer) -> UInt64? {
        if field[0] & 0x40 != 0 { return nil }
        var value = UInt64(field[0] & 0x3F)
        for byte in field.dropFirst() {
            if value >> 56 != 0 { return nil }
            value = value << 8 | UInt64(byte)
        }
        return value
    }

    /// Leading spaces, octal digits, then only spaces and NULs; an empty field is 0.
    static func octal(_ field: UnsafeRawBufferPointer) -> UInt64? {
        var index = 0
        while index < field.count, field[index] == 0x20 { index += 1 }
        var value: UInt64 = 0
        while index < field.count, field[index] >= 0x30, field[index] <= 0x37 {
            value = value << 3 | UInt64(field[index] - 0x30)
            index += 1
        }
        while index < field.count {
            if field[index] != 0x20, field[index] != 0 { return nil }
            index += 1
        }
        return value
    }
}
