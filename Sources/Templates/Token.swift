/// A word of the template language, with where it stands.
struct Token: Equatable {
    enum Kind: Equatable {
        case text, leftDelimiter, rightDelimiter, space, end
        case identifier, keyword, field, variable, dot, null
        case bool, number, character, string, rawString
        case pipe, declare, assign, comma, leftParenthesis, rightParenthesis, other
        /// `text` is the message.
        case error
    }
    let kind: Kind
    let text: String
    /// Byte offset in the template.
    let position: Int
    /// From 1.
    let line: Int

    /// As error messages name it.
    var named: String {
        switch kind {
        case .end: "EOF"
        case .error: text
        case .keyword, .dot, .null: "<\(text)>"
        default:
            text.unicodeScalars.count > 10
                ? Quote.go(String(String.UnicodeScalarView(text.unicodeScalars.prefix(10)))) + "..." : Quote.go(text)
        }
    }

    static let keywords: Set<String> = [
        "block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with",
    ]
}
