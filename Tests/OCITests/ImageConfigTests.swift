import OCI
import Primitives
import Testing

@Suite struct ImageConfigTests {
    func parse(_ members: String, diffIDs: String = "[\"\(digestA)\"]", layers: Int? = nil) throws -> ImageConfig {
        try ImageConfig.parse(
            Array(#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":\#(diffIDs)}\#(members)}"#.utf8),
            layerCount: layers)
    }

    @Test("every member of the configuration is read")
    func full() throws {
        let config = try parse(
            #"""
            ,"created":"2024-01-01T00:00:00Z","author":"a","x-ours":1,
            "history":[{"created_by":"ADD","created":"2024"},{"created_by":"CMD","empty_layer":true}],
            "config":{"Env":["A=1","B="],"Cmd":["sh"],"Entrypoint":["/e"],"User":"1:2","WorkingDir":"/w","Volumes":{"/v":{},"/u":{}},
            "ExposedPorts":{"80/tcp":{}},"Labels":{"z":"1","a":"2"},"StopSignal":"SIGINT","StopTimeout":3,"Shell":["/bin/sh","-c"],
            "OnBuild":["RUN x"],"Healthcheck":{"Test":["CMD","x"],"Interval":5,"Timeout":6,"StartPeriod":7,"StartInterval":8,"Retries":9}}
            """#, layers: 1)
        let defaults = config.config
        #expect(config.platform.description == "linux/amd64")
        #expect(config.created == "2024-01-01T00:00:00Z")
        #expect(config.history.map(\.emptyLayer) == [false, true])
        #expect(defaults.environment == ["A=1", "B="])
        #expect(defaults.command == ["sh"])
        #expect(defaults.entrypoint == ["/e"])
        #expect(defaults.user == "1:2")
        #expect(defaults.workingDirectory == "/w")
        #expect(defaults.volumes == ["/v", "/u"])
        #expect(defaults.exposedPorts == ["80/tcp"])
        #expect(defaults.labels.map(\.key) == ["z", "a"])
        #expect(defaults.stopSignal == "SIGINT")
        #expect(defaults.stopTimeoutSeconds == 3)
        #expect(defaults.shell == ["/bin/sh", "-c"])
        #expect(defaults.onBuild == ["RUN x"])
        #expect(defaults.healthcheck?.test == ["CMD", "x"])
        #expect(defaults.healthcheck?.startIntervalNanoseconds == 8)
        #expect(config.raw["x-ours"] == 1)
    }

    @Test("null is as good as absent, and an empty list differs from none")
    func nulls() throws {
        let config = try parse(
            #","history":null,"config":{"Env":null,"Cmd":null,"Entrypoint":[],"Labels":null,"Volumes":null,"Healthcheck":null}"#)
        #expect(config.config.command == nil)
        #expect(config.config.entrypoint == [])
        #expect(config.config.healthcheck == nil)
    }

    @Test("one string stands for a list of one word")
    func oneWord() throws { #expect(try parse(#","config":{"Cmd":"sh"}"#).config.command == ["sh"]) }

    @Test(
        "a wrong configuration is refused",
        arguments: [
            #","config":{"Env":"A=1"}"#, #","config":{"Env":[1]}"#, #","config":{"Labels":{"a":1}}"#, #","config":[]"#,
            #","config":{"User":0}"#,
            #","history":{}"#, #","config":{"Healthcheck":{"Interval":-1}}"#, #","config":{"Volumes":[]}"#,
        ])
    func refuses(_ members: String) {
        #expect { try parse(members) } throws: { ($0 as? Failure)?.kind == .corrupt }
    }

    @Test(
        "layers and diff ids must be as many, and each a digest",
        arguments: [("[]", 1), ("[\"x\"]", 1), ("[\"\(digestA)\"]", 2), ("{}", 0), ("[7]", 1)])
    func diffIDs(_ list: String, _ layers: Int) {
        #expect { try parse("", diffIDs: list, layers: layers) } throws: { ($0 as? Failure)?.kind == .corrupt }
    }
}
