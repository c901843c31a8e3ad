import Primitives

/// What `images PATTERN` and `--filter reference=` match: `NAME[:TAG]`, each with the wild cards of Go's
/// `path.Match`: `*` and `?` stop at a slash, `[a-z]` is one of a set.
struct ReferencePattern {
    private let text: [Character]
    private let hasTag: Bool

    init(_ text: String) throws(Failure) {
        if text.utf8.count > 4096 { throw Failure(.invalid, "invalid reference format") }
        self.text = Array(text)
        guard Self.isWellFormed(self.text[...]) else { throw Failure(.invalid, "syntax error in pattern") }
        let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        hasTag = last.contains(":")
    }

    func matches(_ name: ImageReference) -> Bool {
        let candidates = hasTag ? [name.familiar, name.canonical] : [name.familiarName, name.name]
        return candidates.contains { Self.matches(text[...], Array($0)[...]) }
    }

    /// Every set is closed and holds something, and nothing ends with a backslash.
    private static func isWellFormed(_ pattern: ArraySlice<Character>) -> Bool {
        var rest = pattern
        while let character = rest.popFirst() {
            if character == "\\" { if rest.popFirst() == nil { return false } }
            guard character == "[" else { continue }
            if rest.first == "^" { rest = rest.dropFirst() }
            guard let end = rest.dropFirst().firstIndex(of: "]") else { return false }
            rest = rest[(end + 1)...]
        }
        return true
    }

    /// Remembers only the last star: no pattern takes more than pattern times text steps.
    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        var (at, here) = (pattern.startIndex, text.startIndex)
        var star: (pattern: Int, text: Int)?
        while here < text.endIndex {
            if at < pattern.endIndex, pattern[at] == "*" {
                star = (at + 1, here)
                at += 1
            } else if at < pattern.endIndex, let next = one(pattern[at...], text[here]) {
                at = next
                here += 1
            } else if let last = star, text[last.text] != "/" {
                star = (last.pattern, last.text + 1)
                (at, here) = (last.pattern, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }

    /// Where the pattern goes on when its first element matches `character`.
    private static func one(_ pattern: ArraySlice<Character>, _ character: Character) -> Int? {
        let start = pattern.startIndex
        switch pattern[start] {
        case "?": return character == "/" ? nil : start + 1
        case "\\": return start + 1 < pattern.endIndex && pattern[start + 1] == character ? start + 2 : nil
        case "[":
            guard let end = pattern.dropFirst(2).firstIndex(of: "]") else { return nil }
            var set = pattern[(start + 1)..<end]
            let negated = set.first == "^"
            if negated { set = set.dropFirst() }
            var found = false
            while let low = set.popFirst() {
                if set.first == "-", let high = set.dropFirst().first {
                    found = found || (low...max(low, high)).contains(character)
                    set = set.dropFirst(2)
                } else {
                    found = found || low == character
                }
            }
            return found != negated && character != "/" ? end + 1 : nil
        default: return pattern[start] == character ? start + 1 : nil
        }
    }
}
