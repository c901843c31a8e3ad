import Primitives

/// Bytes of a size such as `64m`, `1.5 GiB` or `512`; every unit is a power of 1024, as docker reads sizes in RAM.
package func byteSize(_ text: String) throws(Failure) -> Int64 {
    let isNumeric: (Character) -> Bool = { ("0"..."9").contains($0) || $0 == "." || $0 == " " }
    guard let end = text.lastIndex(where: isNumeric) else { throw Failure(.invalid, "invalid size: '\(text)'") }
    let suffix = text[text.index(after: end)...]
    let digits = text[end] == " " ? text[..<end] : text[...end]
    // Whole numbers are multiplied exactly: a Double would round the largest ones up.
    if let whole = Int64(digits), whole >= 0 {
        guard let unit = unitBytes(suffix) else { throw Failure(.invalid, "invalid suffix: '\(suffix)'") }
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow else { throw Failure(.invalid, "invalid size: '\(text)'") }
        return bytes
    }
    let number = try floatingPoint(digits)
    guard number >= 0 else { throw Failure(.invalid, "invalid size: '\(text)'") }
    guard let unit = unitBytes(suffix) else { throw Failure(.invalid, "invalid suffix: '\(suffix)'") }
    let bytes = number * Double(unit)
    guard bytes < 0x1p63 else { throw Failure(.invalid, "invalid size: '\(text)'") }
    return Int64(bytes)
}

/// A number as Go's ParseFloat reads it; a hexadecimal one needs an exponent there.
private func floatingPoint(_ digits: Substring) throws(Failure) -> Double {
    let isBareHex = digits.contains { $0 == "x" || $0 == "X" } && !digits.contains { $0 == "p" || $0 == "P" }
    let number = isBareHex ? nil : Double(digits)
    let reason = number == nil ? "invalid syntax" : "value out of range"
    guard let number, number.isFinite else {
        throw Failure(.invalid, "strconv.ParseFloat: parsing \(goQuoted(String(digits))): \(reason)")
    }
    return number
}

private func unitBytes(_ suffix: Substring) -> Int64? {
    switch suffix.lowercased() {
    case "", "b": 1
    case "k", "kb", "kib": 1 << 10
    case "m", "mb", "mib": 1 << 20
    case "g", "gb", "gib": 1 << 30
    case "t", "tb", "tib": 1 << 40
    case "p", "pb", "pib": 1 << 50
    default: nil
    }
}

/// Billionths of a decimal number such as `1.5`: exact, because a rounded limit would be another limit.
func billionths(_ text: String) throws(Failure) -> Int64 {
    let isNegative = text.hasPrefix("-")
    let (whole, fraction) = String(isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]).splitOnce(".")
    let isDigits: (String) -> Bool = { $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
    var tail = fraction ?? ""
    guard isDigits(whole), isDigits(tail), !(whole + tail).isEmpty else {
        throw Failure(.invalid, "failed to parse \(text) as a rational number")
    }
    while tail.hasSuffix("0") { tail.removeLast() }
    guard tail.count <= 9 else { throw Failure(.invalid, "value is too precise") }
    tail += String(repeating: "0", count: 9 - tail.count)
    guard let value = Int64(whole + tail) else { throw Failure(.invalid, "value is too large") }
    return isNegative ? -value : value
}
