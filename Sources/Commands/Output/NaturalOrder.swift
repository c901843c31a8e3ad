/// The order of docker's lists: text by its bytes, but digits in a row by their value.
enum NaturalOrder {
    static func isBefore(_ left: String, _ right: String) -> Bool {
        var (a, b) = (Array(left.utf8)[...], Array(right.utf8)[...])
        while let first = a.first, let second = b.first {
            guard isDigit(first), isDigit(second) else {
                if first != second { return first < second }
                a.removeFirst()
                b.removeFirst()
                continue
            }
            let (one, two) = (a.prefix(while: isDigit), b.prefix(while: isDigit))
            let (x, y) = (one.drop { $0 == 0x30 }, two.drop { $0 == 0x30 })
            if x.count != y.count { return x.count < y.count }
            if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
            if one.count != two.count { return one.count < two.count }
            a = a.dropFirst(one.count)
            b = b.dropFirst(two.count)
        }
        return a.count < b.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
