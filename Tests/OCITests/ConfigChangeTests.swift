import OCI
import Primitives
import Testing

@Suite struct ConfigChangeTests {
    @Test(
        "an instruction changes the configuration as a Dockerfile would",
        arguments: [
            ("CMD [\"a\", \"b\"]", #"{"Cmd":["a","b"]}"#), ("cmd a b", #"{"Cmd":["/bin/sh","-c","a b"]}"#),
            ("ENTRYPOINT [\"x\"]", #"{"Entrypoint":["x"]}"#), ("ENV A b c", #"{"Env":["A=b c"]}"#),
            ("ENV A=1 B='x y' C=\"q\\\"\" D=e\\ f", #"{"Env":["A=1","B=x y","C=q\"","D=e f"]}"#),
            ("LABEL a.b=c", #"{"Labels":{"a.b":"c"}}"#),
            ("EXPOSE 80 81/udp 90-91", #"{"ExposedPorts":{"80/tcp":{},"81/udp":{},"90/tcp":{},"91/tcp":{}}}"#),
            ("USER a:b", #"{"User":"a:b"}"#), ("VOLUME /a /b", #"{"Volumes":{"/a":{},"/b":{}}}"#),
            ("VOLUME [\"/a b\"]", #"{"Volumes":{"/a b":{}}}"#), ("WORKDIR x/../y", #"{"WorkingDir":"/y"}"#),
            ("STOPSIGNAL SIGINT", #"{"StopSignal":"SIGINT"}"#), ("ONBUILD RUN x", #"{"OnBuild":["RUN x"]}"#),
            ("SHELL [\"/bin/bash\"]", #"{"Shell":["/bin/bash"]}"#),
        ])
    func changes(_ text: String, _ expected: String) throws {
        var config = JSONObject()
        try ConfigChange(text).apply(to: &config)
        #expect(JSON.object(config).compact() == expected)
    }

    @Test("a variable that is set again is set once, and a directory follows the last")
    func twice() throws {
        var config = JSONObject()
        for text in ["ENV A=1 AB=2", "ENV A=3", "WORKDIR /a", "WORKDIR b"] { try ConfigChange(text).apply(to: &config) }
        #expect(config["Env"] == ["AB=2", "A=3"] && config["WorkingDir"] == "/a/b")
    }

    @Test(
        "what is no instruction is refused",
        arguments: [
            "", "RUN x", "FROM x", "ENV", "ENV A", "ENV =x", "LABEL a=b c", "EXPOSE 0", "EXPOSE 70000", "EXPOSE 9-8", "EXPOSE 80/x",
            "USER a b", "SHELL x", "LABEL \"a", "HEALTHCHECK NONE",
        ])
    func refused(_ text: String) {
        #expect(throws: Failure.self) {
            var config = JSONObject()
            try ConfigChange(text).apply(to: &config)
        }
    }
}
