internal import Primitives

/// One request to one address; nothing is followed or repeated.
struct HTTPRequest {
    var method = "GET"
    var address: WebAddress
    var body = HTTPBody.none
    /// `Name: value`; the values hold no line break (checked when sent).
    var headers: [String] = []
    /// Whether the server must prove who it is.
    var verifiesPeer = true
    /// In place of and beside what the system trusts, and what we show.
    var certificates = HostCertificates()
    /// CC_REFUSE_* bits.
    var refusedAddresses: UInt32 = 0
    var connectTimeoutMilliseconds = 30_000
}

/// Status and headers of an answer.
struct HTTPHead: Equatable, Sendable {
    static let headersMax = 256
    static let bytesMax = 256 << 10

    var status = 0
    private(set) var fields: [Field] = []
    private var bytes = 0

    struct Field: Equatable, Sendable {
        /// Lower case.
        var name: String
        var value: String
    }

    init() {}

    /// Takes one line as it came. A status line begins a new head (after a 1xx).
    /// - Throws: `.corrupt` beyond the limits.
    mutating func take(line: UnsafeRawBufferPointer) throws(Failure) {
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            let words = text.split(separator: " ", maxSplits: 2)
            self = HTTPHead()
            status = words.count > 1 ? Int(words[1].prefix { $0.isASCII && $0.isNumber }) ?? 0 : 0
            return
        }
        bytes += line.count
        guard bytes <= Self.bytesMax, fields.count < Self.headersMax else { throw Failure(.corrupt, "the answer's header is too large") }
        guard let colon = text.utf8.firstIndex(of: 0x3A) else { return }
        let value = text[text.utf8.index(after: colon)...].utf8.drop { Self.isBlank($0) }
        let end = value.lastIndex { !Self.isBlank($0) }.map { value.index(after: $0) } ?? value.startIndex
        fields.append(Field(name: text[..<colon].lowercased(), value: String(Substring(value[..<end]))))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// The first header of this lower-case name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    var isSuccess: Bool { (200..<300).contains(status) }
}

/// What came of a request.
struct HTTPAnswer {
    var head: HTTPHead
    /// The body of an answer that is no success, cut off at `errorBodyBytesMax`.
    var errorBody: [UInt8] = []
    var address: WebAddress
    /// True when another origin than the first answered.
    var isForeign = false

    static let errorBodyBytesMax = 64 << 10
}
