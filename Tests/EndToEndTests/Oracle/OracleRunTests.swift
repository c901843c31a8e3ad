import TestSupport
import Testing

@Suite struct OracleRunTests {
    @Test(
        "run ends with docker's code and says docker's words", .enabled(if: Docker.isPossible, Oracle.reason),
        arguments: [
            [
                "busybox true", "busybox false", "busybox nosuch", "busybox /no/such", "busybox /etc", "busybox /etc/passwd",
                "--entrypoint /nosuch busybox",
            ],
            ["--nosuchflag busybox", "--name", "", "--pull never nosuch:1", "--pull bad busybox", "BAD:image", "busybox@sha256:bad"],
            ["-v relative/x:/y busybox true", "-v bad:/y:nosuch busybox true", "-v /a:/b:ro:x busybox true", "-v /tmp:/ busybox true"],
            [
                "--mount type=bind,source=/nonexist,target=/x busybox true", "--mount type=bind busybox true",
                "--mount nosuch busybox true",
                "--mount type=bad,target=/x busybox true", "--mount type=bind,src=/tmp,nokey=1,target=/x busybox true",
                "--mount type=tmpfs,target=rel busybox true", "--tmpfs rel busybox true", "--tmpfs / busybox true",
            ],
            ["--user nosuchuser busybox true", "--user 0:nogrp busybox true", "--workdir rel busybox true"],
            ["--ulimit bad busybox true", "--ulimit nosuch=1 busybox true", "--ulimit nofile=10:5 busybox true"],
            ["--sysctl bad busybox true", "--sysctl a=b busybox true", "--cap-add nosuch busybox true", "--cap-drop nosuch busybox true"],
            [
                "--security-opt bad busybox true", "--security-opt nosuch=1 busybox true", "--shm-size x busybox true",
                "--env-file /nonexist busybox true", "--label-file /nonexist busybox true", "--device /dev/null:/dev/x:q busybox true",
                "--device /dev/nosuch busybox true",
            ],
            ["--oom-score-adj 2000 busybox true", "-d -a stdout busybox true", "--cidfile /etc/passwd busybox true", "-it busybox true"],
        ])
    func messages(_ rows: [String]) throws {
        let oracle = try Oracle()
        for row in rows { try oracle.same("run --rm --network none " + row) }
    }

    @Test("create refuses with docker's codes: its client's with 125, its daemon's with 1", .enabled(if: Docker.isPossible, Oracle.reason))
    func create() throws {
        let oracle = try Oracle()
        try oracle.same("create --network none --name oracle-conflict busybox")
        try oracle.same("create --network none --name oracle-conflict busybox")
        try oracle.same(["create", "--network", "none", "--name", "bad name", "busybox"])
        try oracle.same("create --network none --env-file /nonexist busybox")
        try oracle.same("create --network none --pull never nosuch:1")
        try oracle.forget("oracle-conflict")
    }

    @Test(
        "a signal ends a container with docker's code, and process 1 ignores what it does not handle",
        .enabled(if: Docker.isPossible, Oracle.reason))
    func signals() throws {
        let oracle = try Oracle()
        try oracle.sameInside("kill -9 $$; kill -15 $$; echo still here; exit 4")
        try oracle.sameInside("trap 'echo told; exit 9' TERM; kill -TERM $$; sleep 1")
        try oracle.sameInside("--init", "sh -c 'kill -9 $$'; echo $?; kill -TERM $$; sleep 1")
    }
}
