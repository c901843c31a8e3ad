/// Whether a text is an IPv4 address in four plain decimals or an IPv6 address, without a port, a prefix or a zone.
package func isIPAddress(_ text: String) -> Bool {
    guard text.contains(":") else { return isIPv4(text[...]) }
    return isIPv6(text)
}

private func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
        && parts.allSatisfy { part in
            (1...3).contains(part.utf8.count) && isDecimal(part) && (part.count == 1 || part.first != "0")
                && UInt16(part).map { $0 < 256 } == true
        }
}

private func isIPv6(_ text: String) -> Bool {
    guard text.utf8.count <= 45 else { return false }
    var groups = text.split(separator: ":", omittingEmptySubsequences: false)
    // `::` leaves one empty group inside, two at an end; more or a lone colon at an end is malformed.
    let gapsCount = zip(groups, groups.dropFirst()).count { $0.isEmpty && $1.isEmpty }
    if groups.first?.isEmpty == true {
        guard groups.count > 2, groups[1].isEmpty else { return false }
        groups.removeFirst()
    }
    if groups.last?.isEmpty == true {
        guard groups.count > 1, groups[groups.count - 2].isEmpty || text == "::" else { return false }
        groups.removeLast()
    }
    guard gapsCount <= (text == "::" ? 2 : 1) else { return false }
    let emptyCount = groups.count { $0.isEmpty }
    guard emptyCount <= 1 else { return false }
    var width = groups.count - emptyCount
    if let last = groups.last, last.contains(".") {
        guard isIPv4(last) else { return false }
        groups.removeLast()
        width += 1
    }
    let isHex = groups.allSatisfy { $0.utf8.count <= 4 && $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    return isHex && (emptyCount == 1 ? width < 8 : width == 8)
}

private func isDecimal(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
}
