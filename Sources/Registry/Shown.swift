/// Hostile text made fit for a terminal: no control characters, short, without secrets.
enum Shown {
    static let charactersMax = 200

    /// - Parameter secrets: replaced by `***` wherever they occur.
    static func text(_ text: String, hiding secrets: [String] = [], charactersMax: Int = Self.charactersMax) -> String {
        var hidden = Array(text.utf8.prefix(65536))
        for secret in secrets where secret.utf8.count >= 3 { hidden = replace(Array(secret.utf8), in: hidden) }
        var out = ""
        var count = 0
        for scalar in String(decoding: hidden, as: UTF8.self).unicodeScalars {
            if count == charactersMax { return out + "…" }
            out.unicodeScalars.append(isPlain(scalar) ? scalar : " ")
            count += 1
        }
        return out
    }

    static func quoted(_ text: String) -> String { "\"\(self.text(text))\"" }

    /// Neither a control character nor one that reorders or hides text.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    private static func replace(_ secret: [UInt8], in text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == secret[0], text[index...].starts(with: secret) {
                out += "***".utf8
                index += secret.count
            } else {
                out.append(text[index])
                index += 1
            }
        }
        return out
    }
}
