internal import Primitives

/// Maps of files with holes. Spec: GNU tar manual, "Storing Sparse Files" and "Old GNU Format".
enum SparseMap {
    /// Checks what a map says: pieces in order, apart, inside the file, and as many bytes as are stored.
    /// - Parameter numbers: offset and size in turn.
    static func ranges(_ numbers: [UInt64], realSize: UInt64, storedSize: UInt64) throws(Failure) -> [TarEntry.SparseRange] {
        let bad = Failure(.corrupt, "a sparse map is damaged")
        guard numbers.count.isMultiple(of: 2) else { throw bad }
        var ranges: [TarEntry.SparseRange] = []
        ranges.reserveCapacity(numbers.count / 2)
        var (end, stored) = (UInt64(0), UInt64(0))
        for index in stride(from: 0, to: numbers.count, by: 2) {
            let (offset, count) = (numbers[index], numbers[index + 1])
            let (next, overflow) = offset.addingReportingOverflow(count)
            guard !overflow, offset >= end, next <= realSize else { throw bad }
            end = next
            stored += count
            if count > 0 { ranges.append(TarEntry.SparseRange(offset: offset, count: count)) }
        }
        guard stored == storedSize else { throw bad }
        return ranges
    }

    /// Format 0.1: all numbers in one record, with commas.
    static func parse(_ map: [UInt8], limits: LayerLimits) throws(Failure) -> [UInt64] {
        var numbers: [UInt64] = []
        for field in map.split(separator: 0x2C, omittingEmptySubsequences: false) {
            guard let number = decimal(field), numbers.count < 2 * limits.sparseRanges else {
                throw Failure(.corrupt, "a sparse map is damaged")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Pairs of 12-byte fields in an old GNU header or its extension; an empty pair ends the list.
    static func fields(_ block: UnsafeRawBufferPointer, at start: Int, count: Int, into numbers: inout [UInt64]) throws(Failure) {
        for index in 0..<count {
            let at = start + 24 * index
            if block[at] == 0 { return }
            numbers.append(try TarHeader.number(block, at, 12, "sparse offset"))
            numbers.append(try TarHeader.number(block, at + 12, 12, "sparse size"))
        }
    }

    /// Format 1.0: decimal lines in front of the data: the number of pieces, then offset and size of each.
    struct Lines {
        private var line: [UInt8] = []
        private var expected: Int?
        private(set) var numbers: [UInt64] = []
        var isComplete: Bool { expected.map { numbers.count == $0 } ?? false }

        mutating func feed(_ block: UnsafeRawBufferPointer, limits: LayerLimits) throws(Failure) {
            for byte in block where !isComplete {
                if byte != 0x0A {
                    line.append(byte)
                    if line.count > 20 { throw Failure(.corrupt, "a sparse map is damaged") }
                    continue
                }
                guard let number = decimal(line) else { throw Failure(.corrupt, "a sparse map is damaged") }
                line.removeAll(keepingCapacity: true)
                if expected != nil {
                    numbers.append(number)
                } else {
                    guard number <= UInt64(limits.sparseRanges) else { throw Failure(.corrupt, "a sparse map has too many pieces") }
                    expected = 2 * Int(number)
                }
            }
        }
    }
}
