internal import Primitives

/// The records of one extended header that matter to us. Spec: POSIX.1-2017, pax, "pax Extended Header".
struct PAXRecords {
    var path: [UInt8]?
    var linkPath: [UInt8]?
    var size: UInt64?
    var userID: UInt64?
    var groupID: UInt64?
    var modified: (seconds: Int64, nanoseconds: Int32)?
    var attributes: [TarEntry.Attribute] = []
    var sparse = SparseRecords()

    /// GNU.sparse.* of the formats 0.0, 0.1 and 1.0.
    struct SparseRecords {
        var major: UInt64?
        var minor: UInt64?
        var name: [UInt8]?
        /// GNU.sparse.size (0.x) or GNU.sparse.realsize (1.0).
        var realSize: UInt64?
        var count: UInt64?
        /// 0.0: offset and size alternate, one record each; 0.1: one record with all of them.
        var numbers: [UInt64] = []
        var map: [UInt8]?
        var isPresent: Bool { major != nil || realSize != nil || count != nil || map != nil || name != nil || !numbers.isEmpty }
    }

    init() {}

    /// - Parameter global: a header for all entries that follow; it may not name or size any of them.
    init(_ bytes: [UInt8], global: Bool, limits: LayerLimits) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let (key, value) = try PAXRecords.next(&rest)
            try take(key, value, limits: limits)
        }
        if global, path != nil || linkPath != nil || size != nil || sparse.isPresent || !attributes.isEmpty {
            throw Failure(.corrupt, "a global header names or sizes single files")
        }
    }

    /// One record is `LENGTH KEY=VALUE\n`, where LENGTH counts all of it.
    private static func next(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        let bad = Failure(.corrupt, "an extended header is damaged")
        guard let space = rest.prefix(20).firstIndex(of: 0x20), let length = decimal(rest[..<space]),
            length <= UInt64(rest.count), rest.startIndex + Int(length) > space + 1
        else { throw bad }
        let end = rest.startIndex + Int(length)
        let record = rest[(space + 1)..<(end - 1)]
        guard rest[end - 1] == 0x0A, let equals = record.firstIndex(of: 0x3D), equals > record.startIndex else { throw bad }
        rest = rest[end...]
        return (record[..<equals], record[(equals + 1)...])
    }

    private mutating func take(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, limits: LayerLimits) throws(Failure) {
        let attribute = Array("SCHILY.xattr.".utf8)
        if key.starts(with: attribute) {
            let name = Array(key.dropFirst(attribute.count))
            guard !name.isEmpty, name.count <= 255, !name.contains(0) else { throw PAXRecords.bad(key) }
            attributes.append(TarEntry.Attribute(name: name, value: Array(value)))
            return
        }
        switch String(decoding: key, as: UTF8.self) {
        case "path": try PAXRecords.set(&path, key, value)
        case "linkpath": try PAXRecords.set(&linkPath, key, value)
        case "size": try PAXRecords.set(&size, key, value)
        case "uid": userID = try PAXRecords.number(key, value)
        case "gid": groupID = try PAXRecords.number(key, value)
        case "mtime": modified = try PAXRecords.time(key, value)
        case "GNU.sparse.major": try PAXRecords.set(&sparse.major, key, value)
        case "GNU.sparse.minor": try PAXRecords.set(&sparse.minor, key, value)
        case "GNU.sparse.name": try PAXRecords.set(&sparse.name, key, value)
        case "GNU.sparse.size", "GNU.sparse.realsize": try PAXRecords.set(&sparse.realSize, key, value)
        case "GNU.sparse.numblocks": try PAXRecords.set(&sparse.count, key, value)
        case "GNU.sparse.map": try PAXRecords.set(&sparse.map, key, value)
        case "GNU.sparse.offset": try sparse.append(PAXRecords.number(key, value), isOffset: true, limits)
        case "GNU.sparse.numbytes": try sparse.append(PAXRecords.number(key, value), isOffset: false, limits)
        default: break
        }
    }

    private static func bad(_ key: ArraySlice<UInt8>) -> Failure {
        Failure(.corrupt, "an extended header has no valid \(printable(key))")
    }

    /// What decides where bytes go may be said once only: readers differ on which one counts.
    private static func set(_ field: inout [UInt8]?, _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Failure) {
        guard field == nil, !value.isEmpty, !value.contains(0) else { throw bad(key) }
        field = Array(value)
    }
    private static func set(_ field: inout UInt64?, _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Failure) {
        guard field == nil else { throw bad(key) }
        field = try number(key, value)
    }

    private static func number(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Failure) -> UInt64 {
        guard let number = decimal(value) else { throw bad(key) }
        return number
    }

    /// Seconds with an optional fraction, cut to nanoseconds; before 1970 is 1970.
    private static func time(_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) throws(Failure) -> (Int64, Int32) {
        let negative = value.first == 0x2D
        let parts = (negative ? value.dropFirst() : value).split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let seconds = decimal(first) else { throw bad(key) }
        var nanoseconds: Int32 = 0
        if parts.count == 2 {
            guard parts[1].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { throw bad(key) }
            var scale: Int32 = 100_000_000
            for digit in parts[1].prefix(9) {
                nanoseconds += Int32(digit - 0x30) * scale
                scale /= 10
            }
        }
        return negative || seconds > TarHeader.timeMax ? (0, 0) : (Int64(seconds), nanoseconds)
    }
}

extension PAXRecords.SparseRecords {
    mutating func append(_ number: UInt64, isOffset: Bool, _ limits: LayerLimits) throws(Failure) {
        guard numbers.count.isMultiple(of: 2) == isOffset, numbers.count < 2 * limits.sparseRanges else {
            throw Failure(.corrupt, "a sparse map is damaged")
        }
        numbers.append(number)
    }
}

/// An unsigned decimal number: digits only, at least one, no overflow.
func decimal(_ digits: some Collection<UInt8>) -> UInt64? {
    if digits.isEmpty { return nil }
    var value: UInt64 = 0
    for digit in digits {
        guard digit >= 0x30, digit <= 0x39 else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, more) = product.addingReportingOverflow(UInt64(digit - 0x30))
        if overflow || more { return nil }
        value = sum
    }
    return value
}
