internal import CCurl
internal import LinuxSys
internal import Primitives

typealias Bytes = UnsafeRawBufferPointer

/// One request under way: what libcurl's callbacks see.
final class Transfer {
    private let settings: RegistrySettings
    private let cancellation: CancellationFlag
    private let onHead: (HTTPHead) throws(Failure) -> Void
    private let onBody: (Bytes) throws(Failure) -> Void
    private(set) var head = HTTPHead()
    private(set) var errorBody: [UInt8] = []
    /// Ours: it ended the transfer.
    private var failure: Failure?
    private var tooSlow = false
    private var isEnough = false
    private var bodyBegan = false
    private var body = HTTPBody.none
    /// Bytes of the body that libcurl has taken, and has put on the connection.
    private var bodyPosition: UInt64 = 0
    private var sentBytes: UInt64 = 0
    // Speed, over windows of time that leave out what the receiver took.
    private var receiverNanoseconds: Int64 = 0
    private var windowStart: Int64
    private var windowBytes: UInt64 = 0

    init(
        _ settings: RegistrySettings, _ cancellation: CancellationFlag, onHead: @escaping (HTTPHead) throws(Failure) -> Void,
        onBody: @escaping (Bytes) throws(Failure) -> Void
    ) {
        self.settings = settings
        self.cancellation = cancellation
        self.onHead = onHead
        self.onBody = onBody
        windowStart = Clock.monotonicNanoseconds()
    }

    /// Runs to the end.
    /// - Throws: what `onHead`, `onBody` or the cancellation said.
    func run(_ request: HTTPRequest, on handle: CurlHandle) throws(Failure) -> Result<HTTPAnswer, TransferProblem> {
        try cancellation.check()
        guard request.headers.allSatisfy({ header in header.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw Failure(.invalid, "a request's header holds a control character")
        }
        var policy = cc_address_policy(
            refuse: request.refusedAddresses, proxy_port: UserProxy.port(for: request.address.scheme), refused: 0)
        var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        var list: OpaquePointerToList = nil
        for header in request.headers + Self.standing(request) { list = cc_slist_append(list, header) ?? list }
        defer { cc_slist_free(list) }
        let code = withUnsafeMutablePointer(to: &policy) { policy in
            message.withUnsafeMutableBufferPointer { message in
                configure(handle, request)
                _ = cc_setopt_policy(handle.raw, policy)
                _ = cc_setopt_pointer(handle.raw, CURLOPT_ERRORBUFFER, message.baseAddress)
                _ = cc_setopt_pointer(handle.raw, CURLOPT_HTTPHEADER, list)
                return withBody(request.body, handle) { cc_easy_perform(handle.raw) }
            }
        }
        if let failure { throw failure }
        if tooSlow {
            return .failure(TransferProblem(.tooSlow, "less than \(settings.lowSpeedBytesPerSecond) bytes a second", request.address))
        }
        guard code == 0 || isEnough else {
            let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let text = words.isEmpty ? String(cString: cc_easy_strerror(code)) : words
            return .failure(
                TransferProblem(
                    code: CURLcode(UInt32(code)), text: Shown.text(text), request.address,
                    systemError: cc_getinfo_long(handle.raw, CURLINFO_OS_ERRNO), refused: policy.refused))
        }
        if head.isSuccess, !bodyBegan { try onHead(head) }
        return .success(HTTPAnswer(head: head, errorBody: errorBody, address: request.address))
    }

    private func configure(_ handle: CurlHandle, _ request: HTTPRequest) {
        handle.set(CURLOPT_URL, request.address.description)
        if request.method == "HEAD" { handle.set(CURLOPT_NOBODY, 1) } else { handle.set(CURLOPT_CUSTOMREQUEST, request.method) }
        _ = cc_setopt_web_only(handle.raw)
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        handle.set(CURLOPT_PATH_AS_IS, 1)
        handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        handle.set(CURLOPT_TCP_KEEPALIVE, 1)
        handle.set(CURLOPT_BUFFERSIZE, 256 << 10)
        handle.set(CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeoutMilliseconds)
        handle.set(CURLOPT_SSL_VERIFYPEER, request.verifiesPeer ? 1 : 0)
        handle.set(CURLOPT_SSL_VERIFYHOST, request.verifiesPeer ? 2 : 0)
        // Beside the system's: a registry may have its own authority today and a public one tomorrow.
        if !request.certificates.authorities.isEmpty {
            (HostCertificates.systemAuthorities + request.certificates.authorities).withUnsafeBytes {
                _ = cc_setopt_blob(handle.raw, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
            }
        }
        if let client = request.certificates.client {
            handle.set(CURLOPT_SSLCERT, client.certificate)
            handle.set(CURLOPT_SSLKEY, client.key)
        }
        handle.set(CURLOPT_USERAGENT, settings.userAgent)
        // This host is reached directly, as by docker, whatever the proxy variables say.
        if request.address.isLoopback { handle.set(CURLOPT_NOPROXY, "*") }
        if let proxy = UserProxy.unseen(for: request.address.scheme) { handle.set(CURLOPT_PROXY, proxy) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = cc_setopt_header(
            handle.raw, { data, size, count, context in Transfer.receive(context, data, size * count) { $0.takeHeader($1) } }, context)
        _ = cc_setopt_body(
            handle.raw, { data, size, count, context in Transfer.receive(context, data, size * count) { $0.takeBody($1) } }, context)
        _ = cc_setopt_progress(handle.raw, { context, _, _, _, sent in Transfer.from(context).mayGoOn(Int64(sent)) ? 0 : 1 }, context)
    }

    /// libcurl's own habits are switched off: it would wait for "100 Continue", and call every body a form.
    private static func standing(_ request: HTTPRequest) -> [String] {
        let hasType = request.headers.contains { $0.utf8.prefix(13).elementsEqual("Content-Type:".utf8) }
        return hasType ? ["Expect:"] : ["Expect:", "Content-Type:"]
    }

    private func withBody(_ body: HTTPBody, _ handle: CurlHandle, _ perform: () -> Int32) -> Int32 {
        self.body = body
        switch body {
        case .none: return perform()
        case .bytes(let bytes):
            return bytes.withUnsafeBytes { bytes in
                _ = cc_setopt_offset(handle.raw, CURLOPT_POSTFIELDSIZE_LARGE, Int64(bytes.count))
                // Without bytes libcurl wants an address all the same.
                let start = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
                _ = cc_setopt_pointer(handle.raw, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: start))
                return perform()
            }
        case .file(let slice):
            let context = Unmanaged.passUnretained(self).toOpaque()
            _ = cc_setopt_upload(
                handle.raw, Int64(clamping: slice.sizeBytes),
                { data, size, count, context in Transfer.from(context).giveBody(data, size * count) },
                { context, offset, origin in Transfer.from(context).seekBody(Int64(offset), origin) }, context)
            return perform()
        }
    }

    private func giveBody(_ data: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard case .file(let slice) = body else { return 0 }
        var given = 0
        let went = attempt { () throws(Failure) in
            try cancellation.check()
            given = try slice.read(into: UnsafeMutableRawBufferPointer(start: data, count: count), at: bodyPosition)
        }
        guard went else { return Int(CC_ABORT) }
        bodyPosition += UInt64(given)
        slice.progress(bodyPosition)
        return given
    }

    /// libcurl would send a body again by itself when a connection that was open already is lost; the server may have
    /// some of it, though, and would then have it twice. Whoever sends asks first.
    private func seekBody(_ offset: Int64, _ origin: Int32) -> Int32 {
        origin == 0 && offset >= 0 && UInt64(offset) == bodyPosition ? 0 : 1
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
    }

    /// A callback's answer: all bytes were taken, or none to end the transfer.
    private static func receive(
        _ context: UnsafeMutableRawPointer?, _ data: UnsafeMutablePointer<CChar>?, _ count: Int, _ take: (Transfer, Bytes) -> Bool
    ) -> Int {
        take(from(context), Bytes(start: data, count: count)) ? count : count == 0 ? 1 : 0
    }

    private func attempt(_ body: () throws(Failure) -> Void) -> Bool {
        do throws(Failure) {
            try body()
            return true
        } catch {
            failure = error
            return false
        }
    }

    private func takeHeader(_ line: Bytes) -> Bool { attempt { () throws(Failure) in try head.take(line: line) } }

    private func takeBody(_ bytes: Bytes) -> Bool {
        windowBytes += UInt64(bytes.count)
        guard head.isSuccess else {
            let room = HTTPAnswer.errorBodyBytesMax - errorBody.count
            errorBody += bytes.prefix(room)
            // The rest of an endless page is of no use; what came is enough to say what is wrong.
            isEnough = room <= bytes.count
            return !isEnough
        }
        let start = Clock.monotonicNanoseconds()
        defer { receiverNanoseconds += Clock.monotonicNanoseconds() - start }
        return attempt { () throws(Failure) in
            try cancellation.check()
            if !bodyBegan {
                bodyBegan = true
                try onHead(head)
            }
            try onBody(bytes)
        }
    }

    /// Called by libcurl at least once a second.
    private func mayGoOn(_ sent: Int64) -> Bool {
        let sent = UInt64(clamping: sent)
        if sent > sentBytes {
            windowBytes += sent - sentBytes
            sentBytes = sent
        }
        guard attempt({ () throws(Failure) in try cancellation.check() }) else { return false }
        let now = Clock.monotonicNanoseconds() - receiverNanoseconds
        // A registry that has a large blob may need long to look through it before it answers.
        let isWaiting = body.sizeBytes > 0 && sentBytes >= body.sizeBytes && head.status == 0
        let patience = isWaiting ? max(settings.answerSeconds, settings.lowSpeedSeconds) : settings.lowSpeedSeconds
        guard now - windowStart >= patience * 1_000_000_000 else { return true }
        if windowBytes < settings.lowSpeedBytesPerSecond * UInt64(patience) {
            tooSlow = true
            return false
        }
        windowStart = now
        windowBytes = 0
        return true
    }
}

typealias OpaquePointerToList = UnsafeMutablePointer<curl_slist>?
