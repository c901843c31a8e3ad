import Primitives

/// Nanoseconds of one of Go's durations: signed numbers with a fraction and a unit each, such as `1h15m30.918s`.
package func nanoseconds(_ text: String) throws(Failure) -> Int64 {
    let invalid = Failure(.invalid, "time: invalid duration \(goQuoted(text))")
    var rest = Substring(text)
    var isNegative = false
    if let sign = rest.first, sign == "-" || sign == "+" {
        isNegative = sign == "-"
        rest.removeFirst()
    }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { throw invalid }
    var total: Int64 = 0
    while !rest.isEmpty {
        let number = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
        rest = rest[number.endIndex...]
        guard number.contains(where: { $0 != "." }), number.count(where: { $0 == "." }) <= 1 else { throw invalid }
        let unit = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
        rest = rest[unit.endIndex...]
        if unit.isEmpty { throw Failure(.invalid, "time: missing unit in duration \(goQuoted(text))") }
        guard let scale = unitNanoseconds(unit) else {
            throw Failure(
                .invalid, "time: unknown unit \(goQuoted(String(unit))) in duration \(goQuoted(text))")
        }
        guard let part = scaled(number, scale) else { throw invalid }
        let (sum, overflow) = total.addingReportingOverflow(part)
        if overflow { throw invalid }
        total = sum
    }
    return isNegative ? -total : total
}

private func unitNanoseconds(_ unit: Substring) -> Int64? {
    switch unit {
    case "ns": 1
    case "us", "\u{b5}s", "\u{3bc}s": 1_000
    case "ms": 1_000_000
    case "s": 1_000_000_000
    case "m": 60_000_000_000
    case "h": 3_600_000_000_000
    default: nil
    }
}

/// `number` times `scale`, digits below one nanosecond dropped; nil when it does not fit.
private func scaled(_ number: Substring, _ scale: Int64) -> Int64? {
    let (whole, fraction) = String(number).splitOnce(".")
    guard let units = whole.isEmpty ? 0 : Int64(whole) else { return nil }
    let (product, overflow) = units.multipliedReportingOverflow(by: scale)
    if overflow { return nil }
    // An hour has fewer than 2^42 nanoseconds, so a Double holds the part below one unit exactly enough.
    let part = Double("0." + (fraction ?? "0").prefix(18)).map { Int64($0 * Double(scale)) } ?? 0
    let (sum, carry) = product.addingReportingOverflow(part)
    return carry ? nil : sum
}
