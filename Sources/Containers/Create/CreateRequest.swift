internal import Primitives
package import Sandbox

/// Everything `run` and `create` were asked for, checked where one value says enough. One field per flag; the
/// value travels unchanged from the command line to the record.
package struct CreateRequest: Sendable {
    package init() {}

    package var imageName = ""
    /// What follows the image on the command line.
    package var command: [String] = []
    package var name: String?
    package var hostname = ""
    package var domainname = ""
    package var user = ""
    package var workingDirectory = ""
    /// `nil` keeps the image's, an empty list clears it.
    package var entrypoint: [String]?
    package var environment = EnvironmentRequest.none
    package var labels: [KeyValue] = []
    package var annotations: [KeyValue] = []
    package var tty = false
    package var interactive = false
    package var detach = false
    /// Streams named by `-a`; `nil`: docker's default.
    package var attach: [String]?
    package var autoRemove = false
    package var stopSignal: String?
    package var stopTimeoutSeconds: Int64?
    package var initProcess = false
    package var readOnlyRoot = false
    package var privileged = false
    package var capAdd: [String] = []
    package var capDrop: [String] = []
    package var securityTexts: [String] = []
    package var groupAdd: [String] = []
    package var volumes: [VolumeRequest] = []
    /// The texts of `-v`, for `HostConfig.Binds`.
    package var volumeTexts: [String] = []
    /// `--volumes-from`, as typed.
    package var volumesFrom: [String] = []
    /// `--volume-driver`; empty for the default.
    package var volumeDriver = ""
    /// `--tmpfs`, target to options.
    package var tmpfsTexts: [KeyValue] = []
    package var devices: [DeviceRequest] = []
    package var sysctlTexts: [String] = []
    package var limits: [(name: String, soft: Int64, hard: Int64)] = []
    package var sharedMemoryBytes: Int64 = 0
    package var oomScoreAdjustment: Int64 = 0
    /// `--network` and the flags that go with it.
    package var selection = NetworkSelection()
    /// Every `-p`, port by port.
    package var ports: [PortRequest] = []
    package var publishAll = false
    package var pidMode: NamespaceMode?
    package var ipcMode: NamespaceMode?
    package var utsMode: NamespaceMode?
    package var userNamespace = UserNamespaceRequest()
    /// What became of it; `nil`: the user's default map.
    package var idMap: IdMap?
    /// The caller's line for /etc/passwd, where he is the container's user.
    package var passwdEntry: String?
    package var cgroupnsMode: NamespaceMode?
    package var extraHosts: [String] = []
    package var dns: [String] = []
    package var dnsSearch: [String] = []
    package var dnsOptions: [String] = []
    package var exposed: [String] = []
    package var log: LogRequest?
    package var noHealthcheck = false
    package var platform = ""
}

extension CreateRequest {
    /// Networks that exist or are looked up at the start, and what is asked for there.
    package var networks: [NetworkAttachment] { selection.attachments }
    package var mode: NetworkMode { selection.mode }
    /// docker's `NetworkMode`.
    package var network: String { mode.text }
    package var links: [String] { selection.links }
}

extension EnvironmentRequest {
    /// Nothing asked for.
    package static var none: EnvironmentRequest {
        // Without texts there is nothing to be wrong with.
        do throws(Failure) { return try EnvironmentRequest(caller: { _ in nil }) } catch { preconditionFailure(error.message) }
    }
}
