import Primitives

/// The `--format` of a list command: which of docker's forms it is, and the whole output for some rows.
package enum ListFormat: Equatable, Sendable {
    /// `table`, or nothing given: the command's own columns.
    case table
    /// `table TEMPLATE`: aligned, under a header row.
    case tableTemplate(String)
    /// `json`: one compact object a line.
    case json
    /// `raw`: the command's own blocks of `key: value`.
    case raw
    /// One execution and a newline a row.
    case template(String)

    /// Docker's reading: whatever begins with `table` is one, and the two characters `\t` and `\n` mean
    /// tab and newline.
    package init(_ text: String) {
        switch text {
        case "", "table": self = .table
        case "json": self = .json
        case "raw": self = .raw
        default:
            let isTable = text.hasPrefix("table")
            let template = Self.unescaped((isTable ? text.dropFirst(5) : text[...]).drop { $0 == " " })
            let trimmed = String(template.reversed().drop { $0 == " " }.reversed())
            self = !isTable ? .template(trimmed) : trimmed.isEmpty ? .table : .tableTemplate(trimmed)
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let letter = rest.first, letter == UInt8(ascii: "t") || letter == UInt8(ascii: "n") {
                out.append(letter == UInt8(ascii: "t") ? 0x09 : 0x0A)
                rest.removeFirst()
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What a command brings: its own template and headers.
    package struct Listing: Sendable {
        /// Template of the own table, cells separated by tabs.
        package var table: String
        /// Template of `raw`, ended by what separates the blocks; nil where docker has none.
        package var raw: String?
        /// Field name to header text.
        package var headers: [String: String]
        package var options: Template.Options
        /// `*formatter.ContainerContext`, for the message about an unknown field.
        package var rowName: String

        package init(
            table: String, headers: [String: String], raw: String? = nil, rowName: String = "",
            options: Template.Options = Template.Options(missingKey: .error)
        ) {
            (self.table, self.headers, self.raw) = (table, headers, raw)
            (self.rowName, self.options) = (rowName, options)
        }

        var rowOptions: Template.Options {
            var options = options
            if !rowName.isEmpty { options.rowName = rowName }
            options.escapesObjects = true
            return options
        }
    }

    /// The whole output, ready to be written. A table of no rows is its header, anything else is empty.
    /// - Throws: `.invalid` in docker's words.
    package func render(_ rows: [JSON], _ listing: Listing) throws(Failure) -> String {
        switch self {
        case .json: return try lines(try Template(parsing: "{{json .}}"), rows, listing)
        case .table: return try table(listing.table, rows, listing)
        case .tableTemplate(let text): return try table(text, rows, listing)
        case .raw: return try lines(try Template(parsing: listing.raw ?? "raw"), rows, listing)
        case .template(let text): return try lines(try Template(parsing: text), rows, listing)
        }
    }

    private func lines(_ template: Template, _ rows: [JSON], _ listing: Listing) throws(Failure) -> String {
        var out = ""
        for row in rows { out += try template.execute(on: row, listing.rowOptions) + "\n" }
        return out
    }

    private func table(_ text: String, _ rows: [JSON], _ listing: Listing) throws(Failure) -> String {
        let template = try Template(parsing: text)
        let body = try lines(template, rows, listing)
        var options = Template.Options(isHeader: true)
        options.methods = ["Label": Self.labelHeader]
        var headers = JSONObject()
        for (name, header) in listing.headers { headers[name] = .string(header) }
        // Docker prints no header that its functions cannot make, and says nothing about it.
        let header = (try? template.execute(on: .object(headers), options)) ?? ""
        return TableWriter().aligned(header + "\n" + body)
    }

    /// `com.example.my-app` is headed `my app`.
    @Sendable private static func labelHeader(_ receiver: JSON, _ arguments: [JSON]) throws(Failure) -> JSON {
        guard arguments.count == 1, let label = arguments[0].string else {
            throw Failure(.invalid, "wrong number of args for Label: want 1 got \(arguments.count)")
        }
        let last = label.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        return .string(String(last.map { $0 == "-" || $0 == "_" ? " " : $0 }))
    }
}
