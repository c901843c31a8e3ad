/// The order in which docker's client lists names: numbers in them by their value, `a2` before `a10`.
package enum NaturalOrder {
    package static func precedes(_ a: String, _ b: String) -> Bool {
        var (x, y) = (Array(a.utf8)[...], Array(b.utf8)[...])
        while let p = x.first, let q = y.first {
            switch (isDigit(p), isDigit(q)) {
            case (true, false): return true
            case (false, true): return false
            case (false, false):
                if p != q { return p < q }
                x.removeFirst()
                y.removeFirst()
            case (true, true):
                let (left, right) = (number(&x), number(&y))
                if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
                if left.digits != right.digits { return left.digits.lexicographicallyPrecedes(right.digits) }
                if left.zeros != right.zeros { return left.zeros < right.zeros }
            }
        }
        return x.count < y.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Takes the digits at the beginning: how many zeros lead, and what follows them.
    private static func number(_ text: inout ArraySlice<UInt8>) -> (zeros: Int, digits: ArraySlice<UInt8>) {
        let zeros = text.prefix { $0 == UInt8(ascii: "0") }
        text = text.dropFirst(zeros.count)
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return (zeros.count, digits)
    }
}
