/// Finds the key sequence that detaches in what a person types. Keys that may begin the sequence are held
/// back until the next key decides.
struct DetachKeys {
    private let sequence: [UInt8]
    private var matched = 0

    init(_ sequence: [UInt8]) { self.sequence = sequence }

    /// - Returns: what belongs to the container, and whether the sequence is complete.
    mutating func scan(_ input: some Sequence<UInt8>) -> (forward: [UInt8], detach: Bool) {
        if sequence.isEmpty { return (Array(input), false) }
        var out: [UInt8] = []
        for byte in input {
            if byte == sequence[matched] {
                matched += 1
                if matched == sequence.count { return (out, true) }
                continue
            }
            out.append(contentsOf: sequence[..<matched])
            matched = byte == sequence[0] ? 1 : 0
            if matched == 0 { out.append(byte) } else if sequence.count == 1 { return (out, true) }
        }
        return (out, false)
    }
}
