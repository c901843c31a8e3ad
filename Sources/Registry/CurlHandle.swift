internal import CCurl
internal import Primitives
internal import Synchronization

/// One transfer at a time; keeps its connections between transfers.
final class CurlHandle {
    let raw: UnsafeMutableRawPointer

    fileprivate init(_ raw: UnsafeMutableRawPointer) { self.raw = raw }
    deinit { cc_easy_cleanup(raw) }

    /// - Throws: `.unsupported` when libcurl is not on this host.
    static func make() throws(Failure) -> CurlHandle {
        let result = cc_load()
        guard result == 0 else {
            let reason = result == cc_missing() ? "libcurl.so.4 is not installed" : "libcurl.so.4 cannot be used (\(result))"
            throw Failure(.unsupported, "talking to a registry: \(reason)", hint: "install the Debian package libcurl4")
        }
        guard let raw = cc_easy_init() else { throw Failure(.unavailable, "talking to a registry: libcurl cannot start") }
        return CurlHandle(raw)
    }

    func set(_ option: CURLoption, _ value: Int) { _ = cc_setopt_long(raw, option, value) }
    func set(_ option: CURLoption, _ value: String) { _ = cc_setopt_string(raw, option, value) }
}

/// Idle handles, so that a second request finds the first one's connection open. An open connection was allowed by the
/// policy it was made under, and is found again only under the same.
final class CurlHandlePool: Sendable {
    // SAFETY: a handle is in the pool or with one borrower, never both; libcurl allows handles to change threads.
    private struct Idle: @unchecked Sendable { var handles: [UInt32: [CurlHandle]] = [:] }
    private let idle = Mutex(Idle())

    /// - Parameter policy: the CC_REFUSE_* bits of the requests it is for.
    func take(policy: UInt32) throws(Failure) -> CurlHandle {
        let known = idle.withLock { state -> Idle in
            guard let last = state.handles[policy]?.popLast() else { return Idle() }
            return Idle(handles: [policy: [last]])
        }
        if let handle = known.handles[policy]?.first {
            cc_easy_reset(handle.raw)
            return handle
        }
        return try CurlHandle.make()
    }

    func give(_ handle: CurlHandle, policy: UInt32) {
        let box = Idle(handles: [policy: [handle]])
        idle.withLock { $0.handles.merge(box.handles) { $0 + $1 } }
    }
}
