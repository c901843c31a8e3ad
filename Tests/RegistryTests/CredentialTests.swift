import Primitives
import TestSupport
import Testing

@testable import Registry

@Suite struct CredentialTests {
    static let file = #"""
        {"auths": {
          "https://index.docker.io/v1/": {"auth": "aHViOnB3"},
          "quay.io": {"auth": "cXVheTpwOnc="},
          "quay.io/team": {"auth": "dGVhbTpwdw=="},
          "https://legacy.example/v1/": {"username": "old", "password": "pw"},
          "http://plain.example:5000": {"username": "plain", "password": ""},
          "id.example": {"auth": "PHRva2VuPjo=", "identitytoken": "refresh"},
          "kept.example": {}
        }, "credHelpers": {"helped.example": "pass", "kept.example": "pass"}, "HttpHeaders": {"x": "y"}}
        """#

    static let lookups: [(String, String, RegistryCredential?)] = [
        ("docker.io", "library/busybox", .password(user: "hub", password: "pw")),
        ("quay.io", "other/x", .password(user: "quay", password: "p:w")),
        ("quay.io", "team/x", .password(user: "team", password: "pw")),
        ("quay.io", "teamster/x", .password(user: "quay", password: "p:w")),
        ("QUAY.io", "team", .password(user: "team", password: "pw")),
        ("legacy.example", "x", .password(user: "old", password: "pw")),
        ("plain.example:5000", "x", .password(user: "plain", password: "")),
        ("plain.example", "x", nil),
        ("id.example", "x", .identityToken("refresh")),
        ("evil-quay.io", "team/x", nil),
        ("io", "x", nil),
    ]

    @Test("the entry of the longest prefix is taken", arguments: lookups)
    func lookup(_ domain: String, _ path: String, _ expected: RegistryCredential?) throws {
        let file = try CredentialFile(Array(Self.file.utf8), path: "/f")
        #expect(file.find(domain: domain, path: path) == expected.map { .credential($0) })
    }

    @Test(
        "a helper is asked for the name that the file knows",
        arguments: [
            ("kept.example", "pass", "kept.example"), ("helped.example", "pass", "helped.example"),
            ("old.example", "pass", "https://old.example/v1/"), ("docker.io", "all", "https://index.docker.io/v1/"),
            ("other.example:1", "all", "other.example:1"),
        ])
    func helper(_ domain: String, _ name: String, _ server: String) throws {
        let text =
            #"{"auths":{"kept.example":{},"https://old.example/v1/":{}},"credHelpers":{"helped.example":"pass","kept.example":"pass","old.example":"pass"},"credsStore":"all"}"#
        let file = try CredentialFile(Array(text.utf8), path: "/f")
        #expect(file.find(domain: domain, path: "x") == .helper(name, server: server))
    }

    @Test(
        "a file that is wrong is named, its content is not",
        arguments: [
            "", "[]", #"{"auths":[]}"#, #"{"auths":{"a":7}}"#, #"{"auths":{"a":{"auth":"c2VjcmV0"}}}"#,
            #"{"auths":{"a":{"auth":"%secret%"}}}"#, "secret",
        ])
    func wrong(_ text: String) {
        #expect { try CredentialFile(Array(text.utf8), path: "/f") } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.kind == .invalid && failure.message.contains("\"/f\"") && !failure.message.contains("secret")
        }
    }

    @Test(
        "empty or null members are none",
        arguments: ["{}", #"{"auths":null}"#, #"{"auths":{"a":{"auth":"","identitytoken":""}},"credsStore":""}"#])
    func empty(_ text: String) throws {
        #expect(try CredentialFile(Array(text.utf8), path: "/f").find(domain: "a", path: "x") == nil)
    }

    @Test("files are looked for where docker and podman keep them")
    func paths() {
        func paths(_ variables: [String: String]) -> [String] { CredentialStore.standardPaths { variables[$0] } }
        #expect(paths(["HOME": "/h"]) == ["/h/.docker/config.json", "/h/.config/containers/auth.json"])
        #expect(
            paths(["HOME": "/h", "DOCKER_CONFIG": "/d", "XDG_RUNTIME_DIR": "/r", "XDG_CONFIG_HOME": "/c"])
                == ["/d/config.json", "/r/containers/auth.json", "/c/containers/auth.json"])
        #expect(paths(["HOME": "/h", "REGISTRY_AUTH_FILE": "/a"]) == ["/a"])
        #expect(paths([:]).isEmpty)
    }

    @Test("the first file that knows the registry wins, and a missing one is none")
    func store2() throws {
        let scratch = try Scratch("auth")
        let first = try scratch.write("1.json", #"{"auths":{"a":{"username":"one","password":"x"}}}"#)
        let second = try scratch.write(
            "2.json", #"{"auths":{"a":{"username":"two","password":"x"},"b":{"username":"two","password":"y"}}}"#)
        let store = CredentialStore(paths: ["\(scratch.path)/0.json", first, second])
        #expect(try store.credential(domain: "a", path: "x") == .password(user: "one", password: "x"))
        #expect(try store.credential(domain: "b", path: "x") == .password(user: "two", password: "y"))
        #expect(try store.credential(domain: "c", path: "x") == nil)
    }
}
