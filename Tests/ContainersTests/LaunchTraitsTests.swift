import LinuxSys
import OCI
import Primitives
import Sandbox
import Store
import Testing

@testable import Containers
@testable import Images

@Suite("What the monitor must know")
struct LaunchTraitsTests {
    static let requests: [(String, @Sendable (inout CreateRequest) throws -> Void)] = [
        ("nothing asked for", { _ in }),
        ("a terminal", { $0.tty = true }),
        ("interactive", { $0.interactive = true }),
        ("interactive and detached", { ($0.interactive, $0.detach) = (true, true) }),
        ("auto-remove", { $0.autoRemove = true }),
        ("the host's network", { $0.selection = try NetworkSelection(networks: ["host"], NetworkSelection.Flags()) }),
        ("the host's processes", { $0.pidMode = .host }),
        ("the host's ipc and names", { ($0.ipcMode, $0.utsMode) = (.host, .host) }),
        ("the host's cgroups", { $0.cgroupnsMode = .host }),
        ("no log", { $0.log = try LogRequest(driver: "none", options: []) }),
        ("a log that is rotated", { $0.log = try LogRequest(options: ["max-size=3k", "max-file=4"]) }),
    ]

    static func image() throws -> StoredImage {
        let id = Digest(sha256: [UInt8](repeating: 7, count: 32))
        let config = try ImageConfig(["os": "linux", "architecture": "amd64", "rootfs": ["type": "layers", "diff_ids": []]])
        let record = ImageRecord(id: id, manifest: id, blobs: [], diffIDs: [], repositoryDigests: [], sizeBytes: 0, storedAt: "")
        return StoredImage(record: record, config: config, names: [])
    }

    @Test("the request and the record made of it say the same", arguments: requests.indices)
    func agree(_ index: Int) throws {
        let (what, change) = Self.requests[index]
        var request = CreateRequest()
        request.imageName = "busybox"
        request.command = ["sh"]
        try change(&request)
        let record = try RecordBuilder(
            request: request, image: try Self.image(), id: String(repeating: "a", count: 64), name: "x", security: try .parse([]),
            mounts: [],
            containerDirectory: "/c", capabilities: .dockerDefault, created: "2026-01-01T00:00:00Z"
        ).record()
        #expect(try LaunchTraits(record) == LaunchTraits(request), "\(what)")
        if index > 0 { #expect(LaunchTraits(request) != LaunchTraits(CreateRequest()), "\(what) changes something") }
    }
}
