import Primitives

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
