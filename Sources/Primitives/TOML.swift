/// A TOML document as a tree: tables keep the order of their keys. Spec: toml.io, 1.0.0.
///
/// Own code: what settings need is small, and errors should say where they are. Dates and times are refused: nothing
/// that we read has them.
package enum TOML: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case bool(Bool)
    case array([TOML])
    case table(Table)

    package struct Table: Equatable, Sendable, ExpressibleByDictionaryLiteral {
        package struct Member: Equatable, Sendable {
            package var key: String
            package var value: TOML
        }
        package var members: [Member] = []

        package init() {}
        package init(dictionaryLiteral elements: (String, TOML)...) { for (key, value) in elements { self[key] = value } }

        package subscript(key: String) -> TOML? {
            get { members.first { $0.key == key }?.value }
            set {
                let index = members.firstIndex { $0.key == key }
                switch (index, newValue) {
                case (let index?, let value?): members[index].value = value
                case (let index?, nil): members.remove(at: index)
                case (nil, let value?): members.append(Member(key: key, value: value))
                case (nil, nil): break
                }
            }
        }
    }

    package subscript(key: String) -> TOML? { table?[key] }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [TOML]? { if case .array(let value) = self { value } else { nil } }
    package var table: Table? { if case .table(let value) = self { value } else { nil } }

    package static let bytesMax = 1 << 20
    static let depthMax = 32
    static let valuesMax = 100_000

    /// - Throws: `.invalid` with the line and what is wrong there.
    package static func parse(_ bytes: [UInt8]) throws(Failure) -> Table {
        guard bytes.count <= bytesMax else { throw Failure(.invalid, "TOML: larger than \(bytesMax) bytes") }
        var parser = TOMLParser(bytes)
        return try parser.document()
    }
}
