/// Sizes as docker's flags read them and its tables show them.
package enum ByteSize {
    /// Reads `64m`, `1.5g`, `100`, `10kb`, `2 GiB`: binary multiples whatever the spelling of the unit.
    /// Units are b, k, m, g, t, p, each alone or with `b` or `ib`, in any case.
    /// - Returns: whole bytes, the fraction cut off.
    /// - Throws: `.invalid` with docker's words, to be wrapped by the flag's parser.
    package static func parse(_ text: String) throws(Failure) -> Int64 { try parse(text, step: 1024) }

    /// The same spelling with decimal multiples, as in `10kB` being 10000 bytes.
    package static func parseDecimal(_ text: String) throws(Failure) -> Int64 { try parse(text, step: 1000) }

    private static func parse(_ text: String, step: Int64) throws(Failure) -> Int64 {
        let bytes = Array(text.utf8)
        guard let last = bytes.lastIndex(where: { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x20 }) else {
            throw Failure(.invalid, "invalid size: '\(text)'")
        }
        let digits = String(decoding: bytes[...(bytes[last] == 0x20 ? last - 1 : last)], as: UTF8.self)
        guard let number = decimal(digits) else {
            throw Failure(.invalid, "strconv.ParseFloat: parsing \"\(digits)\": invalid syntax")
        }
        let invalid = Failure(.invalid, "invalid size: '\(text)'")
        if number < 0 { throw invalid }
        let suffix = String(decoding: bytes[(last + 1)...], as: UTF8.self)
        guard let factor = factor(suffix.lowercased(), step) else {
            throw Failure(.invalid, "invalid suffix: '\(suffix.utf8.count > 3 ? suffix : suffix.lowercased())'")
        }
        // Whole numbers are multiplied exactly: a Double would round the largest ones up.
        if let whole = Int64(digits) {
            let (size, overflow) = whole.multipliedReportingOverflow(by: factor)
            if overflow { throw invalid }
            return size
        }
        let size = number * Double(factor)
        guard size < 0x1p63 else { throw invalid }
        return Int64(size)
    }

    private static func decimal(_ text: String) -> Double? {
        // Double(_:) also knows hexadecimal, infinities and NaN, which are no sizes.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) })
        else { return nil }
        var text = text
        if text.last == "." { text += "0" }
        return Double(text)
    }

    private static func factor(_ suffix: String, _ step: Int64) -> Int64? {
        guard let unit = suffix.first else { return 1 }
        if unit == "b" { return suffix == "b" ? 1 : nil }
        guard let power = Array("kmgtp").firstIndex(of: unit), ["", "b", "ib"].contains(suffix.dropFirst()) else {
            return nil
        }
        return (0...power).reduce(1) { product, _ in product * step }
    }

    /// `21.5MB`, `0B`: decimal units. Docker shows images and disk usage with 3 significant digits, the
    /// rest with 4.
    package static func decimal(_ bytes: Double, digits: Int = 3) -> String {
        text(bytes, step: 1000, digits, ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"])
    }
    package static func decimal(_ bytes: Int64, digits: Int = 3) -> String { decimal(Double(bytes), digits: digits) }

    /// `1.953MiB`: binary units, 4 significant digits, as docker shows memory.
    package static func binary(_ bytes: Double, digits: Int = 4) -> String {
        text(bytes, step: 1024, digits, ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"])
    }
    package static func binary(_ bytes: Int64, digits: Int = 4) -> String { binary(Double(bytes), digits: digits) }

    private static func text(_ bytes: Double, step: Double, _ digits: Int, _ units: [String]) -> String {
        var size = bytes
        var unit = 0
        while size >= step, unit < units.count - 1 {
            size /= step
            unit += 1
        }
        return DecimalNumber.text(size, "g", precision: digits) + units[unit]
    }
}
