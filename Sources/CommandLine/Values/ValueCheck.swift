import Primitives

/// What docker's client checks in a value before it asks anybody, with its texts.
package enum ValueCheck: Equatable, Sendable {
    case anything
    /// `NAME=VALUE` or `NAME`; the name may not be empty.
    case environment
    /// `KEY[=VALUE]`; the key may not be empty.
    case label
    /// stdin, stdout or stderr, in any case; stored in lower case.
    case stream
    /// `NAME:IP` or `NAME=IP`, IPv6 with or without brackets, or `host-gateway`; stored as `NAME:IP`.
    case extraHost
    /// An address, stored without white space around it.
    case address
    /// A domain, or `.` for none.
    case domain
    /// `NAME=SOFT[:HARD]`.
    case ulimit
    /// A kernel setting that belongs to the container alone.
    case sysctl
    /// `NAME=VALUE`; an empty text counts for nothing.
    case filter
    /// The fields of `--mount`.
    case mount
    /// A network, or the fields of `--network`.
    case network
    /// `CONTAINER[:ALIAS]`.
    case link

    /// The text to store, nil for none. - Throws: `.invalid` with docker's reason.
    func checked(_ text: String) throws(Failure) -> String? {
        switch self {
        case .anything: return text
        case .environment: try require(!(text.isEmpty || text.hasPrefix("=")), "invalid environment variable: \(text)")
        case .label: try require(!(text.isEmpty || text.hasPrefix("=")), "invalid label '\(text)': empty name")
        case .stream:
            let stream = text.lowercased()
            try require(
                ["stdin", "stdout", "stderr"].contains(stream), "valid streams are STDIN, STDOUT and STDERR")
            return stream
        case .extraHost: return try checkedExtraHost(text)
        case .address:
            let address = trimmed(text)
            try require(HostAddress(address) != nil, "IP address is not correctly formatted: \(text)")
            return address
        case .domain: return try checkedDomain(text)
        case .ulimit: _ = try Ulimit(text)
        case .sysctl: try require(isSysctlOfContainer(text), "sysctl '\(text)' is not allowed")
        case .filter: return try checkedFilter(text)
        case .mount: _ = try MountFields(text)
        case .network: _ = try NetworkFields(text)
        case .link:
            try require(!text.isEmpty, "empty string specified for links")
            try require(text.utf8.count { $0 == UInt8(ascii: ":") } <= 1, "bad format for links: \(text)")
        }
        return text
    }
}

func require(_ condition: Bool, _ message: @autoclosure () -> String) throws(Failure) {
    guard condition else { throw Failure(.invalid, message()) }
}

func trimmed(_ text: String) -> String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
}

private func checkedExtraHost(_ text: String) throws(Failure) -> String {
    let separator: Character = text.contains("=") ? "=" : ":"
    let (name, value) = text.splitOnce(separator)
    guard let value, !name.isEmpty else { throw Failure(.invalid, "bad format for add-host: \(goQuoted(text))") }
    var address = value
    if address.hasPrefix("["), address.hasSuffix("]") { address = String(address.dropFirst().dropLast()) }
    try require(
        address == "host-gateway" || HostAddress(address) != nil, "invalid IP address in add-host: \(goQuoted(value))")
    return name + ":" + address
}

/// Labels of letters, digits and dashes between single dots, at least one letter, at most 255 bytes.
private func checkedDomain(_ text: String) throws(Failure) -> String {
    let name = trimmed(text)
    if name == "." { return name }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    let isGood = labels.enumerated().allSatisfy { index, label in
        let isTrailingDot = label.isEmpty && index == labels.count - 1 && index > 0
        return isTrailingDot
            || !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }
    try require(
        isGood && name.utf8.count <= 255 && name.contains(where: \.isLetter), "\(text) is not a valid domain")
    return name
}

private func isSysctlOfContainer(_ text: String) -> Bool {
    let (name, value) = text.splitOnce("=")
    let exact = [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax",
        "kernel.shmmni", "kernel.shm_rmid_forced",
    ]
    return value != nil && (exact.contains(name) || name.hasPrefix("net.") || name.hasPrefix("fs.mqueue."))
}

private func checkedFilter(_ text: String) throws(Failure) -> String? {
    if text.isEmpty { return nil }
    let (name, value) = text.splitOnce("=")
    guard let value else { throw Failure(.invalid, "bad format of filter (expected name=value)") }
    return trimmed(name).lowercased() + "=" + trimmed(value)
}
