import Primitives
import Templates
import Testing

@Suite struct SchemaTests {
    static let text = """
        {"Id": "0123", "Name": "/web", "State": {"Status": "running", "Running": true, "Pid": 42},
         "Mounts": [{"Type": "bind", "Source": "/a", "Destination": "/b", "RW": true, "Propagation": "rprivate"}],
         "Config": {"Cmd": null, "Labels": {"b": "2", "a": "1"}, "Env": ["A=1"], "ExposedPorts": {"80/tcp": {}}},
         "HostConfig": {"RestartPolicy": {"Name": "always"}, "CpuShares": 5, "Dns": [], "Binds": null},
         "NetworkSettings": {
           "IPAddress": "10.0.0.2", "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/tcp": null},
           "Networks": {"bridge": {"IPAddress": "10.0.0.2"}}}}
        """
    static let container = Result { try JSON.parse(text) }

    static let options = Template.Options(missingKey: .error, schema: .container)

    @Test(
        "an API object is seen as the Go structure behind it",
        arguments: [
            ("{{.Id}} {{.ID}}", "0123 0123"), ("{{.State.Status}} {{.State.Pid}}", "running 42"),
            ("{{.State}}", "{running true false false false false 42 0    <nil>}"), ("{{.State.Health}}", "<nil>"),
            ("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", "none"),
            ("{{.Config.Cmd}} {{len .Config.Cmd}}", "[] 0"), ("{{json .Config.Cmd}}", "null"),
            ("{{.Config.Labels}}", "map[a:1 b:2]"), ("{{json .Config.Labels}}", #"{"a":"1","b":"2"}"#),
            ("{{.Config.Labels.zz}}", "<no value>"), (#"[{{index .Config.Labels "zz"}}]"#, "[]"),
            ("{{.HostConfig.RestartPolicy}}", "{always 0}"), ("{{.HostConfig.CPUShares}} {{.HostConfig.CpuShares}}", "5 5"),
            ("{{.HostConfig.LogConfig}}", "{ map[]}"), ("{{.HostConfig.Memory}}", "0"), ("{{.Mounts}}", "[{bind  /a /b   true rprivate}]"),
            ("{{range .Mounts}}{{.Source}}:{{.Destination}}:{{.RW}}{{end}}", "/a:/b:true"),
            (#"{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}"#, "8080"),
            ("{{.NetworkSettings.Ports}}", "map[80/tcp:[{0.0.0.0 8080}] 81/tcp:[]]"),
            ("{{.NetworkSettings.IPAddress}}", "10.0.0.2"), ("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "10.0.0.2"),
            ("{{.NetworkSettings.Networks.bridge.IPAddress}}", "10.0.0.2"), ("{{.Config.ExposedPorts}}", "map[80/tcp:{}]"),
            (#"{{join .Config.Env ","}}"#, "A=1"),
            (#"{{printf "%T %T %+v" .Config.Env .State.Pid .HostConfig.RestartPolicy}}"#, "[]string int {Name:always MaximumRetryCount:0}"),
            ("{{json .State}}", #"{"Status":"running","Running":true,"Pid":42}"#), ("{{.RestartCount}}{{.Platform}}", "0"),
            ("{{range .HostConfig.Binds}}x{{else}}none{{end}}", "none"), ("{{eq .HostConfig.Init nil}}", "true"),
        ] as [(String, String)])
    func container(_ row: (template: String, output: String)) throws {
        let output = try Template(parsing: row.template).execute(on: Self.container.get(), Self.options)
        #expect(output == row.output)
    }

    @Test(
        "a field that neither the structure nor the JSON has is an error",
        arguments: [
            ("{{.Foo}}", #"template parsing error: template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo""#),
            ("{{.State.Foo}}", #"template parsing error: template: :1:8: executing "" at <.State.Foo>: map has no entry for key "Foo""#),
            (
                "{{.State.Health.Status}}",
                #"template parsing error: template: :1:8: executing "" at <.State.Health.Status>: map has no entry for key "Health""#
            ),
        ] as [(String, String)])
    func missing(_ row: (template: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try Template(parsing: row.template).execute(on: Self.container.get(), Self.options) }
        #expect(failure?.message == row.message)
    }

    @Test("every API schema reads, and its zero object prints")
    func schemas() throws {
        for schema in [Schema.container, .image, .network, .volume] {
            let options = Template.Options(missingKey: .error, schema: schema)
            #expect(try Template(parsing: "{{.}}").execute(on: [:], options).hasPrefix("{"))
        }
        #expect(try Template(parsing: "{{.ID}}{{.IPAM.Config}}").execute(on: ["Id": "n"], .init(schema: .network)) == "n[]")
        #expect(try Template(parsing: "{{.RootFS.Layers}}{{.Config}}").execute(on: [:], .init(schema: .image)) == "[]<nil>")
        #expect(try Template(parsing: "{{.Labels}}").execute(on: ["Labels": .null], .init(schema: .volume)) == "map[]")
    }

    @Test("without a schema aliases find the JSON key")
    func aliases() throws {
        let options = Template.Options(missingKey: .error, aliases: Schema.apiAliases)
        #expect(try Template(parsing: "{{.ID}} {{.Actor.ID}}").execute(on: ["Id": "a", "Actor": ["ID": "b"]], options) == "a b")
    }
}
