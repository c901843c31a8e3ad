import Glibc
import LinuxSys
import Primitives
import Testing

@testable import Layers

/// Archives made by others, unpacked by us and by them: the trees must be the same.
@Suite struct InteroperationTests {
    /// A tree with everything an unprivileged user can make.
    static let makeTree = """
        mkdir -p src/usr/bin src/usr/lib src/var/empty 'src/sp ace' src/closed
        echo '#!/bin/sh' > src/usr/bin/tool; chmod 4755 src/usr/bin/tool; ln src/usr/bin/tool src/usr/bin/same
        ln -s usr/bin src/bin; ln -s /no/where src/dangling; ln src/dangling src/linked-link; mkfifo -m 600 src/pipe
        long=$(printf 'n%.0s' $(seq 200)); echo long > "src/usr/lib/$long"; mkdir "src/usr/lib/d$long"; echo l > "src/usr/lib/d$long/$long"
        ln -s "usr/lib/d$long" src/longlink; ln "src/usr/lib/d$long/$long" src/longhard
        printf 'x' > "$(printf 'src/sp ace/b\\374\\nd')"; : > src/var/none
        dd if=/dev/urandom of=src/usr/lib/large bs=1000 count=1500 2>/dev/null
        echo start > src/sparse; truncate -s 3M src/sparse; echo middle >> src/sparse; truncate -s 9M src/sparse
        for i in $(seq 60); do echo piece$i | dd of=src/pieces bs=4096 seek=$((i * 20)) conv=notrunc 2>/dev/null; done; truncate -s 6M src/pieces
        truncate -s 1M src/hole; touch -d '2001-02-03 04:05:06.789012345' src/usr/bin/tool src/usr/lib/large
        touch -h -d '2002-02-03 04:05:06' src/dangling; chmod 1777 src/var/empty; touch -d '1999-01-01' src/var; chmod 555 src/closed
        """

    /// Type, mode, links, size, time, target and contents of everything, by the system's own tools.
    static func list(_ directory: String, fraction: Bool) -> String {
        let time = fraction ? "%T@" : "%Ts"
        return """
            cd \(directory) && { find . ! -type f -printf '%y %m %n \(time) %l %p\\0' -o -printf '%y %m %n %s \(time) %p\\0' | sort -z; \
            find . -type f -print0 | sort -z | xargs -0 sha256sum; } | tr '\\0' '\\n' > ../list.\(directory.split(separator: "/").last!)
            """
    }

    static let rows: [(name: String, command: String, fraction: Bool)] =
        [
            ("GNU tar, gnu", "tar --format=gnu -cf a.tar -C src .", false),
            ("GNU tar, gnu, sparse", "tar --format=gnu -S -cf a.tar -C src .", false),
            ("GNU tar, posix", "tar --format=posix -cf a.tar -C src .", true),
            ("GNU tar, sparse 0.0", "tar --format=posix -S --sparse-version=0.0 -cf a.tar -C src .", true),
            ("GNU tar, sparse 0.1", "tar --format=posix -S --sparse-version=0.1 -cf a.tar -C src .", true),
            ("GNU tar, sparse 1.0", "tar --format=posix -S --sparse-version=1.0 -cf a.tar -C src .", true),
            ("GNU tar, absolute names", "tar --format=posix -P --transform='s,^\\./,/,rSH' -cf a.tar -C src .", true),
        ]
        + (system("python3 -c 1 2>/dev/null") == 0
            ? [("python, pax", python("PAX_FORMAT"), true), ("python, gnu", python("GNU_FORMAT"), false)] : [])

    static func python(_ format: String) -> String {
        """
        python3 -c "import tarfile; t = tarfile.open('a.tar', 'w', format=tarfile.\(format)); t.add('src', '.'); t.close()"
        """
    }

    @Test("a tree arrives as it does with GNU tar from", arguments: rows)
    func trees(_ row: (name: String, command: String, fraction: Bool)) throws {
        try Scratch.use { scratch in
            try scratch.shell(InteroperationTests.makeTree)
            try scratch.shell("exec 2>/dev/null; \(row.command)")
            try scratch.shell("mkdir theirs && tar --no-same-owner -xpf a.tar -C theirs 2>/dev/null")
            try scratch.extract(try scratch.bytes("a.tar"), owners: .single)
            try scratch.shell("mv outer/root ours; mkdir outer/root; chmod 700 outer/root")
            for directory in ["ours", "theirs"] { try scratch.shell(InteroperationTests.list(directory, fraction: row.fraction)) }
            try scratch.shell("test $(wc -l < list.ours) -gt 35 && diff list.ours list.theirs >&2")
            // A hole stays a hole where the archive tells of it.
            if row.command.contains("sparse") { try scratch.shell("test $(du -k ours/hole | cut -f1) = 0") }
            try scratch.shell("chmod 700 ours/closed theirs/closed src/closed")
        }
    }
}
