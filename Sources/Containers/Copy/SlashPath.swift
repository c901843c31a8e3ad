/// A path as docker's `cp` takes it apart: a slash or `/.` at its end means something. Bytes, as names need not be text.
package struct SlashPath: Equatable, Sendable {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var isAbsolute: Bool { bytes.first == slash }
    package var endsInSlash: Bool { bytes.last == slash }
    /// `DIR/.`: what the directory holds.
    package var namesContent: Bool { base == [dot] }
    /// Nothing but a directory can be meant.
    package var assertsDirectory: Bool { endsInSlash || namesContent }

    /// The components, without empty ones.
    package var components: [[UInt8]] { bytes.split(separator: slash).map(Array.init) }

    /// The last component; `.` for nothing, `/` for the root.
    package var base: [UInt8] {
        if bytes.isEmpty { return [dot] }
        return components.last ?? [slash]
    }

    /// The shortest path that means the same when no component is a link.
    package var cleaned: SlashPath {
        var out: [[UInt8]] = []
        for component in components where component != [dot] {
            if component != [dot, dot] {
                out.append(component)
            } else if let last = out.last, last != [dot, dot] {
                out.removeLast()
            } else if !isAbsolute {
                out.append(component)
            }
        }
        let joined = Array(out.joined(separator: [slash]))
        if isAbsolute { return SlashPath([slash] + joined) }
        return SlashPath(joined.isEmpty ? [dot] : joined)
    }

    /// Everything before the last component of the cleaned path.
    package var parent: SlashPath {
        let clean = cleaned
        guard let at = clean.bytes.lastIndex(of: slash) else { return SlashPath([dot]) }
        return SlashPath(at == 0 ? [slash] : Array(clean.bytes[..<at]))
    }

    /// Directory and entry in it; the entry of `DIR/.` is `.` in DIR.
    package var split: (directory: SlashPath, base: [UInt8]) {
        namesContent ? (cleaned, [dot]) : (parent, cleaned.base)
    }

    /// `self` below `directory`, cleaned.
    package func below(_ directory: SlashPath) -> SlashPath { SlashPath(directory.bytes + [slash] + bytes).cleaned }

    /// Cleaned and absolute; what its end says stays.
    package func absolute(from directory: SlashPath) -> SlashPath {
        let clean = isAbsolute ? cleaned : below(directory)
        return clean.keepingEnd(of: self)
    }

    /// The slash or dot at the end of `original` is put behind this path, which has lost it.
    package func keepingEnd(of original: SlashPath) -> SlashPath {
        var copy = self
        if !copy.namesContent, original.namesContent { copy.bytes += (copy.endsInSlash ? [] : [slash]) + [dot] }
        if !copy.endsInSlash, original.endsInSlash { copy.bytes.append(slash) }
        return copy
    }

    /// This path's name where it ends like `path` and is another one: a link was followed.
    func renamed(as path: SlashPath) -> (path: SlashPath, name: [UInt8]?) {
        let whole = keepingEnd(of: path)
        return (whole, path.base == whole.base ? nil : path.base)
    }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
