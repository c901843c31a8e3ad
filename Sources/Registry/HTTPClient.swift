internal import Primitives

/// Sends requests and follows redirects on behalf of one registry at a time.
struct HTTPClient: Sendable {
    let settings: RegistrySettings
    private let pool = CurlHandlePool()

    init(_ settings: RegistrySettings) { self.settings = settings }

    /// What is to be asked, and the receivers of a successful answer.
    struct Call {
        var method = "GET"
        var address: WebAddress
        var headers: [String] = []
        /// Sent to the first address's origin only, and never again after leaving it.
        var authorization: String?
        var body = HTTPBody.none
        /// The body holds a secret: it goes to one address only.
        var isSecret = false
        var connectTimeoutMilliseconds: Int?
        var cancellation: CancellationFlag
    }

    /// One request with its redirects.
    /// - Parameters:
    ///   - onHead: called once before the first byte of a 2xx answer (also when it has no body).
    ///   - onBody: the bytes of a 2xx answer; what it throws ends the transfer.
    /// - Throws: what the receivers throw, `.cancelled`, `.denied` for a redirect that is not allowed.
    func send(
        _ call: Call, for endpoint: RegistryEndpoint, onHead: (HTTPHead) throws(Failure) -> Void, onBody: (Bytes) throws(Failure) -> Void
    ) throws(Failure) -> Result<HTTPAnswer, TransferProblem> {
        let result = withoutActuallyEscaping(onHead) { onHead in
            withoutActuallyEscaping(onBody) { onBody -> Result<Result<HTTPAnswer, TransferProblem>, Failure> in
                Result { () throws(Failure) in try follow(call, endpoint, onHead, onBody) }
            }
        }
        return try result.get()
    }

    private func follow(
        _ call: Call, _ endpoint: RegistryEndpoint, _ onHead: @escaping (HTTPHead) throws(Failure) -> Void,
        _ onBody: @escaping (Bytes) throws(Failure) -> Void
    ) throws(Failure) -> Result<HTTPAnswer, TransferProblem> {
        var address = call.address
        var authorization = call.authorization
        var isForeign = false
        for _ in 0...settings.redirectsMax {
            var request = HTTPRequest(method: call.method, address: address, body: call.body, headers: call.headers)
            if let authorization { request.headers.append("Authorization: \(authorization)") }
            request.verifiesPeer = endpoint.verifiesPeer(address)
            request.refusedAddresses = endpoint.refusedAddresses(for: address)
            request.connectTimeoutMilliseconds = call.connectTimeoutMilliseconds ?? settings.connectTimeoutMilliseconds
            var answer: HTTPAnswer
            switch try once(request, call.cancellation, onHead, onBody) {
            case .failure(let problem): return .failure(problem)
            case .success(let value): answer = value
            }
            answer.isForeign = isForeign
            // What changes something is repeated elsewhere only where the answer demands the same method.
            let isReading = call.method == "GET" || call.method == "HEAD"
            let redirects = isReading ? [301, 302, 303, 307, 308] : call.isSecret ? [] : [307, 308]
            guard redirects.contains(answer.head.status) else { return .success(answer) }
            let next = try destination(of: answer, endpoint)
            if !next.hasOrigin(of: call.address) {
                isForeign = true
                authorization = nil
            }
            address = next
        }
        throw Failure(
            .unavailable, "\(endpoint.shown): more than \(settings.redirectsMax) redirects, the last to \(Shown.quoted(address.shown))")
    }

    private func once(
        _ request: HTTPRequest, _ cancellation: CancellationFlag, _ onHead: @escaping (HTTPHead) throws(Failure) -> Void,
        _ onBody: @escaping (Bytes) throws(Failure) -> Void
    ) throws(Failure) -> Result<HTTPAnswer, TransferProblem> {
        let handle = try pool.take(policy: request.refusedAddresses)
        defer { pool.give(handle, policy: request.refusedAddresses) }
        return try Transfer(settings, cancellation, onHead: onHead, onBody: onBody).run(request, on: handle)
    }

    /// Where an answer sends us.
    /// - Throws: `.denied` for what is no web address, and for a step from TLS to none unless the registry may be without.
    func destination(of answer: HTTPAnswer, _ endpoint: RegistryEndpoint) throws(Failure) -> WebAddress {
        guard let location = answer.head["location"], let next = answer.address.resolving(location) else {
            throw Failure(.denied, "\(endpoint.shown): redirects to what is no web address: \(Shown.quoted(answer.head["location"] ?? ""))")
        }
        if next.scheme == .http, answer.address.scheme == .https, !endpoint.isInsecure {
            throw Failure(.denied, "\(endpoint.shown): redirects to \(Shown.quoted(next.shown)), which has no TLS")
        }
        return next
    }
}
