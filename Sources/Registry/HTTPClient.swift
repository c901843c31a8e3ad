internal import CCurl
internal import Primitives
internal import Synchronization

/// Sends requests and follows redirects on behalf of one registry at a time.
struct HTTPClient: Sendable {
    let settings: RegistrySettings
    private let pool = CurlHandlePool()
    private let known = Known()

    private final class Known: Sendable { let certificates = Mutex<[String: HostCertificates]>([:]) }

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
            if address.scheme == .https { request.certificates = try certificates(for: address, endpoint, isForeign: isForeign) }
            request.connectTimeoutMilliseconds = call.connectTimeoutMilliseconds ?? settings.connectTimeoutMilliseconds
            if isForbidden(request) { return .failure(TransferProblem(.forbiddenAddress, "", address)) }
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

    /// What lies for a host under its name. Our certificate is shown to the registry itself only: whoever it names could
    /// else make us knock at other doors with it.
    private func certificates(for address: WebAddress, _ endpoint: RegistryEndpoint, isForeign: Bool) throws(Failure) -> HostCertificates {
        if settings.certificateFolders.isEmpty { return HostCertificates() }
        let isOwn = address.hasOrigin(of: endpoint.base)
        var names: [String] = []
        for name in (isOwn ? [endpoint.domain] : []) + [address.authority, "\(address.host):\(address.port)"] where !names.contains(name) {
            names.append(name)
        }
        let key = names.joined(separator: " ")
        var found: HostCertificates
        if let before = known.certificates.withLock({ $0[key] }) {
            found = before
        } else {
            found = try HostCertificates.load(names, from: settings.certificateFolders)
            known.certificates.withLock { $0[key] = found }
        }
        if isForeign || !isOwn { found.client = nil }
        return found
    }

    /// Whether an address may not be asked by its very text. Connections are checked when they are made; behind a proxy,
    /// though, the proxy makes them.
    private func isForbidden(_ request: HTTPRequest) -> Bool {
        let host = request.address.host
        guard let literal = HostAddress(host) else {
            // 0x7f.1 and the like are addresses to some and names to others; a name ends in a letter.
            let last = host.split(separator: ".").last ?? ""
            let looksNumeric =
                last.utf8.allSatisfy { $0 &- 0x30 < 10 }
                || (last.hasPrefix("0x") && last.dropFirst(2).utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 6 || $0 &- 0x30 < 10 })
            return looksNumeric && request.refusedAddresses & UInt32(CC_REFUSE_LOOPBACK) != 0
        }
        var policy = cc_address_policy(refuse: request.refusedAddresses, proxy_port: 0, refused: 0)
        return cc_address_refused(&policy, literal.bytes, Int32(literal.bytes.count), UInt32(request.address.port)) != 0
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
