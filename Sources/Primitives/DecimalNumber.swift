/// The exact decimal value of a finite `Double`, and its text in the forms of C and Go (`%e`, `%f`, `%g`).
///
/// Rounding is to nearest, ties to even, on the exact value; the shortest form is the shortest text that
/// reads back as the same number. No locale, no allocation proportional to anything from outside beyond
/// `precisionMax` digits.
package struct DecimalNumber: Equatable, Sendable {
    /// Decimal digits (0–9), the first one not zero; empty for zero.
    private(set) var digits: [UInt8]
    /// Where the decimal point stands, counted from the first digit: 0.digits × 10^point.
    private(set) var point: Int
    let isNegative: Bool

    /// More digits than this are never written after the point.
    package static let precisionMax = 1000

    /// - Parameter value: finite.
    init(exactly value: Double) {
        isNegative = value.sign == .minus
        (digits, point) = ([], 0)
        if value == 0 { return }
        // value = significand × 2^exponent with a whole significand.
        let significand =
            value.exponentBitPattern == 0
            ? value.significandBitPattern : value.significandBitPattern | 1 << 52
        let exponent = max(Int(value.exponentBitPattern), 1) - 1075
        // Little-endian limbs of nine decimal digits.
        var limbs: [UInt32] = [UInt32(significand % 1_000_000_000), UInt32(significand / 1_000_000_000)]
        func multiply(_ factor: UInt64) {
            var carry: UInt64 = 0
            for index in limbs.indices {
                carry += UInt64(limbs[index]) * factor
                limbs[index] = UInt32(carry % 1_000_000_000)
                carry /= 1_000_000_000
            }
            if carry > 0 { limbs.append(UInt32(carry)) }
        }
        // Dividing by two is multiplying by five and moving the point.
        for _ in 0..<abs(exponent) { multiply(exponent > 0 ? 2 : 5) }
        for var limb in limbs {
            for _ in 0..<9 {
                digits.append(UInt8(limb % 10))
                limb /= 10
            }
        }
        digits.reverse()
        point = digits.count - max(0, -exponent)
        trim()
    }

    /// The shortest digits that read back as `value`, which is finite.
    init(shortest value: Double) {
        isNegative = value.sign == .minus
        (digits, point) = ([], 0)
        if value == 0 { return }
        var exponent = 0
        var beforePoint: Int?
        let text = Array("\(value.magnitude)".utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                beforePoint = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte - 0x30)
            }
        }
        point = (beforePoint ?? digits.count) + exponent
        trim()
    }

    private mutating func trim() {
        let zeros = digits.prefix { $0 == 0 }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { point = 0 }
    }

    /// Keeps `count` digits (zero or fewer keep none), rounding to nearest, ties to even.
    private mutating func round(to count: Int) {
        guard count < digits.count else { return }
        if count < 0 {
            (digits, point) = ([], 0)
            return
        }
        let rest = digits[count...]
        let isOdd = count > 0 && digits[count - 1] % 2 == 1
        let up = rest.first! > 5 || (rest.first! == 5 && (rest.count > 1 || isOdd))
        digits.removeSubrange(count...)
        if up {
            var index = count - 1
            while index >= 0, digits[index] == 9 {
                digits[index] = 0
                index -= 1
            }
            if index >= 0 {
                digits[index] += 1
            } else {
                digits.insert(1, at: 0)
                point += 1
            }
        }
        trim()
    }

    /// From this decimal exponent on the shortest `%g` is written as `%e`.
    private static let exponentFrom = 6

    /// `value` as `%.precisionVERB` writes it; `precision` nil means the shortest exact text.
    /// - Parameters:
    ///   - verb: `e`, `f` or `g`, upper case for an upper-case exponent letter.
    package static func text(_ value: Double, _ verb: Character = "g", precision: Int? = nil) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let precision = precision.map { min($0, precisionMax) }
        var number = precision == nil ? DecimalNumber(shortest: value) : DecimalNumber(exactly: value)
        let letter = verb.isUppercase ? "E" : "e"
        let body: String
        switch verb {
        case "e", "E":
            if let precision { number.round(to: precision + 1) }
            body = number.scientific(precision ?? max(number.digits.count - 1, 0), letter)
        case "f", "F":
            if let precision { number.round(to: number.point + precision) }
            body = number.plain(precision ?? max(number.digits.count - number.point, 0))
        default:
            let wanted = precision.map { max($0, 1) }
            if let wanted { number.round(to: wanted) }
            let exponent = number.digits.isEmpty ? 0 : number.point - 1
            if exponent < -4 || exponent >= wanted ?? Self.exponentFrom {
                body = number.scientific(max(number.digits.count - 1, 0), letter)
            } else {
                body = number.plain(max(number.digits.count - number.point, 0))
            }
        }
        return (number.isNegative ? "-" : "") + body
    }

    private func digit(_ index: Int) -> UInt8 {
        digits.indices.contains(index) ? digits[index] + 0x30 : 0x30
    }

    private func plain(_ precision: Int) -> String {
        var out: [UInt8] = []
        if digits.isEmpty || point <= 0 { out.append(0x30) } else { out = (0..<point).map(digit) }
        if precision > 0 {
            out.append(UInt8(ascii: "."))
            for index in 0..<precision { out.append(digits.isEmpty ? 0x30 : digit(point + index)) }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func scientific(_ precision: Int, _ letter: String) -> String {
        var out = [digit(0)]
        if precision > 0 {
            out.append(UInt8(ascii: "."))
            out += (1...precision).map(digit)
        }
        let exponent = digits.isEmpty ? 0 : point - 1
        let magnitude = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
        return String(decoding: out, as: UTF8.self) + letter + (exponent < 0 ? "-" : "+") + magnitude
    }
}
