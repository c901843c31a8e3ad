internal import CCurl
internal import Primitives

/// Why a transfer ended without a whole answer.
struct TransferProblem: Error, Equatable {
    enum Cause: Equatable, Sendable {
        case unresolved, refused, unreachable, forbiddenAddress, timedOut, tooSlow, cutOff, tls, untrusted, other
    }
    var cause: Cause
    /// libcurl's words, cleaned.
    var text: String
    /// Whom we were talking to.
    var address: WebAddress

    init(_ cause: Cause, _ text: String, _ address: WebAddress) {
        self.cause = cause
        self.text = text
        self.address = address
    }

    /// - Parameter systemError: the errno of the last connection attempt, 0 when unknown.
    init(code: CURLcode, text: String, _ address: WebAddress, systemError: Int, refused: UInt32) {
        self.text = text
        self.address = address
        cause =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .unresolved
            case CURLE_COULDNT_CONNECT: refused != 0 ? .forbiddenAddress : systemError == Int(ECONNREFUSED) ? .refused : .unreachable
            case CURLE_OPERATION_TIMEDOUT: .timedOut
            case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_HTTP2,
                CURLE_HTTP2_STREAM:
                .cutOff
            case CURLE_SSL_CONNECT_ERROR: .tls
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: .untrusted
            default: .other
            }
    }

    /// Another attempt may succeed.
    var isTransient: Bool {
        switch cause {
        case .unreachable, .timedOut, .tooSlow, .cutOff: true
        case .unresolved, .refused, .forbiddenAddress, .tls, .untrusted, .other: false
        }
    }

    /// https was tried on a server that may speak http: nobody there, or no TLS.
    var suggestsPlain: Bool {
        switch cause {
        case .refused, .unreachable, .timedOut, .tls, .cutOff, .other: true
        case .unresolved, .forbiddenAddress, .tooSlow, .untrusted: false
        }
    }

    var failure: Failure {
        let host = "\"\(address.authority)\""
        switch cause {
        case .unresolved:
            return Failure(
                .unavailable, "cannot find the host \"\(address.host)\"", hint: "check the name, the network and the resolver's settings")
        case .refused:
            // With a proxy, it may be the one that refused; libcurl's text names it.
            if !address.isLoopback, UserProxy.port(for: address.scheme) != 0 {
                return Failure(.unavailable, "cannot connect to \(host): \(text)")
            }
            return Failure(.unavailable, "\(host) refused the connection", hint: "nothing listens there: check host and port")
        case .unreachable: return Failure(.unavailable, "cannot connect to \(host): \(text)")
        case .forbiddenAddress:
            return Failure(.denied, "\(host) leads to an address that no registry may send us to (link-local, multicast or this host)")
        case .timedOut: return Failure(.unavailable, "\(host) did not answer in time")
        case .tooSlow: return Failure(.unavailable, "\(host) sends too slowly: \(text)")
        case .cutOff: return Failure(.unavailable, "\(host) ended the connection too early: \(text)")
        case .tls:
            return Failure(
                .unavailable, "no TLS connection with \(host): \(text)",
                hint: "if this registry has no TLS, allow it with PROA_INSECURE_REGISTRIES=\(address.authority)")
        case .untrusted:
            return Failure(
                .unavailable, "the certificate of \(host) is not trusted: \(text)",
                hint:
                    "put its CA certificate into /etc/docker/certs.d/\(address.authority)/ca.crt or the system's store, or allow it with PROA_INSECURE_REGISTRIES=\(address.authority)"
            )
        case .other: return Failure(.unavailable, "talking to \(host): \(text)")
        }
    }
}
