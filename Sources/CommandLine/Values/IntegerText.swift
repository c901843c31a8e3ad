import Primitives

/// A signed number as Go's ParseInt reads it in base 0: sign, `0x`, `0o`, `0b` or `0`, underscores between digits.
func signedInteger(_ text: String, in range: ClosedRange<Int64>) throws(Failure) -> Int64 {
    var digits = Substring(text)
    var isNegative = false
    if let sign = digits.first, sign == "+" || sign == "-" {
        isNegative = sign == "-"
        digits.removeFirst()
    }
    switch magnitude(digits) {
    case .malformed: throw integerFailure("ParseInt", text, "invalid syntax")
    case .tooLarge: throw integerFailure("ParseInt", text, "value out of range")
    case .number(let number):
        let limit = isNegative ? UInt64(Int64.max) + 1 : UInt64(Int64.max)
        guard number <= limit else { throw integerFailure("ParseInt", text, "value out of range") }
        let value = isNegative ? Int64(truncatingIfNeeded: 0 &- number) : Int64(number)
        guard range.contains(value) else { throw integerFailure("ParseInt", text, "value out of range") }
        return value
    }
}

/// An unsigned number as Go's ParseUint reads it in base 0; a sign is no digit.
func unsignedInteger(_ text: String, max: UInt64) throws(Failure) -> UInt64 {
    switch magnitude(Substring(text)) {
    case .malformed: throw integerFailure("ParseUint", text, "invalid syntax")
    case .number(let number) where number <= max: return number
    case .number, .tooLarge: throw integerFailure("ParseUint", text, "value out of range")
    }
}

private func integerFailure(_ function: String, _ text: String, _ reason: String) -> Failure {
    Failure(.invalid, "strconv.\(function): parsing \(goQuoted(text)): \(reason)")
}

private enum Magnitude {
    case number(UInt64)
    case malformed, tooLarge
}

private func magnitude(_ text: Substring) -> Magnitude {
    let (base, digits) = baseAndDigits(text)
    var value: UInt64 = 0
    var overflowed = false
    // An underscore needs a digit, or the base's prefix, before it and a digit after it.
    var previousIsDigit = base != 10
    var digitsCount = base == 8 && digits.count + 1 == text.count ? 1 : 0
    for byte in digits.utf8 {
        if byte == UInt8(ascii: "_") {
            guard previousIsDigit else { return .malformed }
            previousIsDigit = false
            continue
        }
        guard let digit = digitValue(byte), digit < base else { return .malformed }
        let (product, first) = value.multipliedReportingOverflow(by: base)
        let (sum, second) = product.addingReportingOverflow(digit)
        overflowed = overflowed || first || second
        value = sum
        digitsCount += 1
        previousIsDigit = true
    }
    guard digitsCount > 0, previousIsDigit else { return .malformed }
    return overflowed ? .tooLarge : .number(value)
}

private func baseAndDigits(_ text: Substring) -> (base: UInt64, digits: Substring) {
    guard text.first == "0", text.count > 1 else { return (10, text) }
    switch text.dropFirst().first {
    case "x", "X": return (16, text.dropFirst(2))
    case "o", "O": return (8, text.dropFirst(2))
    case "b", "B": return (2, text.dropFirst(2))
    default: return (8, text.dropFirst())
    }
}

private func digitValue(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
