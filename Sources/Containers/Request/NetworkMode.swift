/// Where a container's interfaces come from (docker: `HostConfig.NetworkMode`).
package enum NetworkMode: Equatable, Sendable {
    /// The default network.
    case bridge
    /// Loopback alone.
    case none
    /// The host's own interfaces.
    case host
    /// Those of another container: its name or id.
    case container(String)
    /// Those of a namespace, by the path of its file.
    case namespace(path: String)
    /// A process of its own that passes packets on, with what follows the colon.
    case pasta(options: [String])
    case slirp4netns(options: [String])
    /// Networks that a user made; the first one's name or id as typed.
    case network(String)

    package init(_ text: String) {
        func rest(_ mode: String) -> String? {
            if text == mode { return "" }
            return text.utf8.starts(with: (mode + ":").utf8) ? String(text.utf8.dropFirst(mode.utf8.count + 1)) : nil
        }
        func options(_ text: String) -> [String] { text.parts(",").filter { !$0.isEmpty } }
        switch text {
        case "bridge", "default": self = .bridge
        case "none": self = .none
        case "host": self = .host
        default:
            if text.utf8.starts(with: "container:".utf8), let name = rest("container") {
                self = .container(name)
            } else if text.utf8.starts(with: "ns:".utf8), let path = rest("ns") {
                self = .namespace(path: path)
            } else if let given = rest("pasta") {
                self = .pasta(options: options(given))
            } else if let given = rest("slirp4netns") {
                self = .slirp4netns(options: options(given))
            } else {
                self = .network(text)
            }
        }
    }

    /// As it stands in the record; reading it again gives the same mode.
    package var text: String {
        func with(_ mode: String, _ options: [String]) -> String { options.isEmpty ? mode : mode + ":" + options.joined(separator: ",") }
        return switch self {
        case .bridge: "bridge"
        case .none: "none"
        case .host: "host"
        case .container(let name): "container:" + name
        case .namespace(let path): "ns:" + path
        case .pasta(let options): with("pasta", options)
        case .slirp4netns(let options): with("slirp4netns", options)
        case .network(let name): name
        }
    }

    /// The container is on networks of ours: it has endpoints.
    package var hasNetworks: Bool {
        switch self {
        case .bridge, .network: true
        default: false
        }
    }

    /// docker's words for a network that a user made.
    package var isUserDefined: Bool { if case .network = self { true } else { false } }

    /// The container has a network namespace that was made for it.
    package var hasOwnNamespace: Bool {
        switch self {
        case .host, .container, .namespace: false
        default: true
        }
    }
}
