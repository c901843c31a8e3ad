/// Bytes of a number such as `64m`, `1.5g`, `10KiB`: each letter is 1,024 times the one before. nil when malformed,
/// negative or too large.
func binarySize(_ text: String) -> Int64? { size(text, base: 1024) }

/// As `binarySize`, with steps of 1,000: how docker reads the size of a log file.
func decimalSize(_ text: String) -> Int64? { size(text, base: 1000) }

private func size(_ text: String, base: Int64) -> Int64? {
    let digits = text.utf8.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
    guard let first = digits.first, first.isDigit, digits.count <= 20, let number = Double(String(Substring(digits))) else { return nil }
    var unit = String(Substring(text.utf8.dropFirst(digits.count)))
    if unit.utf8.first == UInt8(ascii: " ") { unit.removeFirst() }
    guard let exponent = exponent(unit.lowercased()) else { return nil }
    let scale = (0..<exponent).reduce(Int64(1)) { scale, _ in scale * base }
    if let whole = Int64(String(Substring(digits))) {
        let (bytes, overflow) = whole.multipliedReportingOverflow(by: scale)
        return overflow ? nil : bytes
    }
    let bytes = number * Double(scale)
    return bytes < 0x1p62 ? Int64(bytes) : nil
}

private func exponent(_ unit: String) -> Int? {
    switch unit {
    case "", "b": 0
    case "k", "kb", "kib": 1
    case "m", "mb", "mib": 2
    case "g", "gb", "gib": 3
    case "t", "tb", "tib": 4
    case "p", "pb", "pib": 5
    default: nil
    }
}
