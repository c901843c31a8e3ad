/// A request as a fake server received it.
package struct FakeRequest: Sendable {
    package var method: String
    /// Path and query.
    package var target: String
    /// Names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// The connection was lost in the middle of the body.
    package var isCut = false

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
    package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// An answer, with the faults that a test wants.
package struct FakeResponse: Sendable {
    package enum Body: Sendable {
        case whole([UInt8])
        /// The length is announced, then the connection ends after so many bytes.
        case cut([UInt8], after: Int)
        /// The length is announced, then nothing comes after so many bytes until the client has gone.
        case stall([UInt8], after: Int)
        /// The bytes without an announced length; the end of the connection ends them.
        case unannounced([UInt8])
        /// These bytes again and again until the client has enough.
        case endless([UInt8])
        /// A byte at a time.
        case drip([UInt8], pauseMilliseconds: Int64)
        /// Instead of any HTTP.
        case rubbish([UInt8])
    }
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(_ status: Int = 200, _ headers: [(name: String, value: String)] = [], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }
    package init(_ status: Int = 200, _ headers: [(name: String, value: String)] = [], _ text: String = "") {
        self.init(status, headers, body: .whole(Array(text.utf8)))
    }

    /// A redirect.
    package static func to(_ location: String, _ status: Int = 307) -> FakeResponse { FakeResponse(status, [("Location", location)]) }
    /// An error as the distribution specification writes it.
    package static func error(
        _ status: Int, _ code: String, _ message: String, _ headers: [(name: String, value: String)] = []
    ) -> FakeResponse {
        FakeResponse(status, headers + [("Content-Type", "application/json")], #"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"#)
    }
}
