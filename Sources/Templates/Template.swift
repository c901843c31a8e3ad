import Primitives

/// A Go text/template with docker's functions, parsed once and executed on any number of values.
///
/// Limits hold for hostile input: text length, nesting, template calls, steps, output size. A template
/// that would not end is stopped by its steps.
package struct Template: Sendable {
    /// What a field that the value does not have means.
    package enum MissingKey: Sendable {
        /// It prints `<no value>`, as Go's default for maps.
        case noValue
        /// It is an error that names the key.
        case error
    }

    /// What `.Name ARGUMENTS…` calls on an object, such as `.Label "key"`. The closure checks its arguments;
    /// its failure becomes `error calling Name: …`.
    package typealias Method = @Sendable (_ receiver: JSON, _ arguments: [JSON]) throws(Failure) -> JSON

    package struct Options: Sendable {
        package var missingKey: MissingKey
        /// Structures and their field names; `.none` for plain JSON.
        package var schema: Schema
        /// Field names of templates to keys of the JSON, tried after the exact key.
        package var aliases: [String: String]
        package var methods: [String: Method]
        /// Header rows: docker's added functions except `pad` return their first operand unchanged.
        package var isHeader: Bool
        /// The Go type of the value, such as `*formatter.ContainerContext`: a field that it lacks is then
        /// reported as Go does for structures.
        package var rowName: String?
        /// `json` of an object escapes `<`, `>` and `&`: a row of a list writes itself, with Go's default encoder.
        package var escapesObjects = false
        /// Bytes of the output, and of any text computed on the way; all of those together may have 32 times
        /// as many.
        package var outputMax = 8 << 20
        /// Nodes, commands and iterations together.
        package var stepsMax = 2_000_000

        package init(
            missingKey: MissingKey = .noValue, schema: Schema = .none, aliases: [String: String] = [:],
            methods: [String: Method] = [:], isHeader: Bool = false
        ) {
            (self.missingKey, self.schema, self.aliases) = (missingKey, schema, aliases)
            (self.methods, self.isHeader) = (methods, isHeader)
        }
    }

    /// Longer templates are refused.
    package static let textMax = 1 << 20

    /// As error messages name it; docker's are mostly nameless, `version` is not.
    package let name: String
    let root: [Node]
    let definitions: [String: [Node]]
    /// For the columns of error messages.
    let text: [UInt8]

    /// - Throws: `.invalid`: `template parsing error: template: NAME:LINE: …`.
    package init(parsing text: String, name: String = "") throws(Failure) {
        if text.utf8.count > Self.textMax {
            throw Failure(.invalid, "template parsing error: template: \(name):1: longer than \(Self.textMax) bytes")
        }
        var parser = Parser(text: text, name: name)
        do throws(Failure) { root = try parser.parse() } catch { throw error.within("template parsing error") }
        definitions = parser.definitions
        self.name = name
        self.text = Array(text.utf8)
    }

    /// - Throws: `.invalid`: `template parsing error: template: NAME:LINE:COLUMN: executing "NAME" at <…>: …`;
    ///   what was written before the error is lost.
    package func execute(on value: JSON, _ options: Options = Options()) throws(Failure) -> String {
        var execution = Execution(template: self, options: options)
        do throws(Failure) {
            return try execution.run(on: options.schema.value(value, options.schema.root))
        } catch { throw error.within("template parsing error") }
    }
}
