package import Primitives

/// One file from a web server that the user has named: no credentials, redirects under the same rules as a registry's.
package struct FileDownload {
    private let client: HTTPClient
    private let cancellation: CancellationFlag

    package init(_ settings: RegistrySettings, cancellation: CancellationFlag) {
        client = HTTPClient(settings)
        self.cancellation = cancellation
    }

    /// Gives the file's bytes in order.
    /// - Throws: `.invalid` for what is no web address; `.unavailable` when the server does not give the file.
    package func run(_ text: String, sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        guard let address = WebAddress(text) else { throw Failure(.invalid, "\(Shown.quoted(text)) is no web address") }
        let call = HTTPClient.Call(address: address, cancellation: cancellation)
        let shown = Shown.quoted(address.shown)
        switch try client.send(call, for: RegistryEndpoint(file: address), onHead: { _ in }, onBody: sink) {
        case .failure(let problem): throw problem.failure.within(shown)
        case .success(let answer):
            guard answer.head.isSuccess else { throw Failure(.unavailable, "\(shown): the server answered with \(answer.head.status)") }
        }
    }
}

extension RegistryEndpoint {
    /// The server of a file; nothing about it is trusted.
    init(file address: WebAddress) {
        domain = address.authority
        base = address
        isInsecure = false
    }
}
