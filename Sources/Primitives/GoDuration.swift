/// A length of time in whole nanoseconds, in the spelling of Go: `1h15m30.5s`, `-1.5h`, `300ms`.
package struct GoDuration: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package static func seconds(_ seconds: Int64) -> GoDuration {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return GoDuration(nanoseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }

    package var seconds: Double { Double(nanoseconds) / 1e9 }
    package static func < (a: GoDuration, b: GoDuration) -> Bool { a.nanoseconds < b.nanoseconds }

    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// - Throws: `.invalid` with Go's words, to be wrapped by the flag's parser.
    package init(_ text: String) throws(Failure) {
        let invalid = Failure(.invalid, "time: invalid duration \(JSON.string(text).compact())")
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) {
            nanoseconds = 0
            return
        }
        if rest.isEmpty { throw invalid }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let whole = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest[whole.endIndex...]
            var fraction = rest[rest.startIndex..<rest.startIndex]
            var hasPoint = false
            if rest.first == UInt8(ascii: ".") {
                hasPoint = true
                fraction = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
                rest = rest[fraction.endIndex...]
            }
            if whole.isEmpty && (fraction.isEmpty || !hasPoint) { throw invalid }
            let name = rest.prefix { $0 != UInt8(ascii: ".") && !(0x30...0x39).contains($0) }
            rest = rest[name.endIndex...]
            let unitName = String(Substring(name))
            if name.isEmpty {
                throw Failure(.invalid, "time: missing unit in duration \(JSON.string(text).compact())")
            }
            guard let unit = Self.units.first(where: { $0.name == unitName })?.nanoseconds else {
                throw Failure(
                    .invalid,
                    "time: unknown unit \(JSON.string(unitName).compact()) in duration \(JSON.string(text).compact())")
            }
            guard let part = Self.part(whole, fraction, unit) else { throw invalid }
            let (sum, overflow) = total.addingReportingOverflow(part)
            if overflow || sum > 1 << 63 { throw invalid }
            total = sum
        }
        if isNegative {
            nanoseconds = Int64(truncatingIfNeeded: 0 &- total)
        } else {
            guard let value = Int64(exactly: total) else { throw invalid }
            nanoseconds = value
        }
    }

    private static func part(_ whole: Substring.UTF8View, _ fraction: Substring.UTF8View, _ unit: UInt64) -> UInt64? {
        var value: UInt64 = 0
        for digit in whole {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit - 0x30))
            if overflow || carry { return nil }
            value = sum
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        // Digits below a nanosecond are cut off.
        var numerator = 0.0
        var scale = 1.0
        for digit in fraction.prefix(18) {
            numerator = numerator * 10 + Double(digit - 0x30)
            scale *= 10
        }
        let (sum, carry) = product.addingReportingOverflow(UInt64(numerator * (Double(unit) / scale)))
        return carry ? nil : sum
    }

    /// `1h15m30.5s`; below a second `1.5ms`, `2µs`, `0s`.
    package var description: String {
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        let value = nanoseconds.magnitude
        if value < 1_000_000_000 {
            let (unit, places): (String, Int) = value < 1000 ? ("ns", 0) : value < 1_000_000 ? ("µs", 3) : ("ms", 6)
            return sign + Self.fixed(value, places: places) + unit
        }
        let minutes = value / 60_000_000_000
        var out = Self.fixed(value % 60_000_000_000, places: 9) + "s"
        if minutes > 0 { out = "\(minutes % 60)m\(out)" }
        if minutes >= 60 { out = "\(minutes / 60)h\(out)" }
        return sign + out
    }

    /// `value` × 10^−places without trailing zeros.
    private static func fixed(_ value: UInt64, places: Int) -> String {
        let scale = (0..<places).reduce(UInt64(1)) { power, _ in power * 10 }
        var fraction = String(value % scale)
        fraction = String(repeating: "0", count: max(0, places - fraction.utf8.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return "\(value / scale)" + (fraction.isEmpty || places == 0 ? "" : ".\(fraction)")
    }
}
