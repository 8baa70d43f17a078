// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("RUN and its mounts", .runsBuilds)
struct MountTests {
    @Test("a secret is there for the command alone, and in no layer, configuration or log")
    func secret() async throws {
        try await BuildFixture.with { fixture in
            let word = "sesame-\(UInt64.random(in: .min ... .max))"
            let files = try await fixture.files(
                """
                FROM base
                RUN --mount=type=secret,id=key cat /run/secrets/key | wc -c > /size && \
                    stat -c '%a %u' /run/secrets/key >> /size
                RUN --mount=type=secret,id=key,target=/etc/key,mode=0440,uid=1000,gid=1001 stat -c '%a %u:%g' /etc/key > /own
                RUN --mount=type=secret,id=key,env=KEY printf %s "$KEY" | wc -c > /variable; ls -d /run/secrets || true
                RUN --mount=type=secret,id=absent [ ! -e /run/secrets/absent ]
                """
            ) { $0.secrets["key"] = .bytes(Array(word.utf8)) }
            #expect(try files.text("/size") == "\(word.utf8.count)\n400 0\n")
            #expect(try files.text("/own") == "440 1000:1001\n")
            #expect(try files.text("/variable") == "\(word.utf8.count)\n")
            #expect(files.status("/run") == nil)
            #expect(files.status("/etc/key") == nil)
            let found = try Shell.output("grep -rl '\(word)' '\(fixture.store.root)' || true")
            #expect(found.isEmpty)
        }
    }

    @Test("another value of a secret is no other command")
    func secretAndCache() async throws {
        try await BuildFixture.with { fixture in
            let text = "FROM base\nRUN --mount=type=secret,id=key true"
            try await fixture.build(text) { $0.secrets["key"] = .bytes([1]) }
            let again = try await fixture.build(text) { $0.secrets["key"] = .bytes([2]) }
            #expect(again.cachedStepCount == 1)
        }
    }

    @Test("a cache outlives the build, is no part of the image, and belongs to whom it is said to")
    func cache() async throws {
        try await BuildFixture.with { fixture in
            let text = """
                FROM base
                ARG ROUND
                RUN --mount=type=cache,target=/cache,uid=1000,gid=1001,mode=0700 echo $ROUND >> /cache/rounds && \
                    cp /cache/rounds /seen && stat -c '%a %u:%g' /cache > /own
                """
            _ = try await fixture.files(text) { $0.arguments["ROUND"] = "1" }
            let files = try await fixture.files(text) { $0.arguments["ROUND"] = "2" }
            #expect(try files.text("/seen") == "1\n2\n")
            #expect(try files.text("/own") == "700 1000:1001\n")
            #expect(files.status("/cache") == nil)
            // Another name is another cache, and pruning empties them all.
            let other = try await fixture.files(text.replacing("type=cache,", with: "type=cache,id=x,")) {
                $0.arguments["ROUND"] = "3"
            }
            #expect(try other.text("/seen") == "3\n")
            try await fixture.builder.prune()
            let pruned = try await fixture.files(text) { $0.arguments["ROUND"] = "1" }
            #expect(try pruned.text("/seen") == "1\n")
        }
    }

    @Test("a cache begins with what it is said to come from; a private one is not shared, a locked one is waited for")
    func cacheSharing() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base AS seed
                RUN mkdir /seed && echo seed > /seed/file
                FROM base AS one
                RUN --mount=type=cache,id=p,sharing=private,from=seed,source=/seed,target=/p \
                    --mount=type=cache,id=m,target=/m touch /m/one && cat /p/file > /one && echo one > /p/file && \
                    n=0; while [ ! -e /m/two ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done; cat /p/file >> /one
                FROM base AS two
                RUN --mount=type=cache,id=p,sharing=private,from=seed,source=/seed,target=/p \
                    --mount=type=cache,id=m,target=/m touch /m/two && cat /p/file > /two && echo two > /p/file && \
                    n=0; while [ ! -e /m/one ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done; cat /p/file >> /two
                FROM base AS left
                RUN --mount=type=cache,id=l,sharing=locked,target=/l [ ! -e /l/busy ] && touch /l/busy && sleep 0.2 && rm /l/busy
                FROM base AS right
                RUN --mount=type=cache,id=l,sharing=locked,target=/l [ ! -e /l/busy ] && touch /l/busy && sleep 0.2 && rm /l/busy
                FROM scratch
                COPY --from=one /one /
                COPY --from=two /two /
                COPY --from=left /etc/group /left
                COPY --from=right /etc/group /right
                """
            )
            #expect(try files.text("/one") == "seed\none\n")
            #expect(try files.text("/two") == "seed\ntwo\n")
        }
    }

    @Test("bound files are those of the context that are not ignored, of a stage or an image; nothing written stays")
    func bind() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base AS made
                RUN mkdir /made && echo stage > /made/file && chown 9:9 /made/file
                FROM base
                RUN --mount=target=/context ls -A /context > /seen; echo x > /context/new || echo refused >> /seen
                RUN --mount=target=/context/,rw echo changed > /context/file && cat /context/file > /written
                RUN --mount=from=made,source=/made,target=/made ls -ln /made | tail -n 1 | cut -d ' ' -f 3- | grep -q 9 && \
                    cat /made/file >> /written && ! touch /made/x
                RUN --mount=from=made,target=/made,rw touch /made/made/new && ls /made/made >> /written
                RUN --mount=from=made,source=made/file,target=/single cat /single >> /written
                RUN --mount=from=base,source=etc,target=/other cat /other/group | head -n 1 >> /written
                RUN --mount=type=tmpfs,target=/memory,size=1m echo x > /memory/x && \
                    ! dd if=/dev/zero of=/memory/y bs=1k count=2000
                """,
                ["file": "original", "hidden": "x", ".dockerignore": "hidden"]
            )
            #expect(try files.text("/seen") == ".dockerignore\nfile\nrefused\n")
            #expect(try files.text("/written") == "changed\nstage\nfile\nnew\nstage\nroot:x:0:\n")
            for path in ["/context", "/made", "/single", "/other", "/memory"] { #expect(files.status(path) == nil) }
        }
    }

    @Test("what a mount shows is part of the step's key")
    func bindAndCache() async throws {
        try await BuildFixture.with { fixture in
            let text = "FROM base\nRUN --mount=target=/context,source=sub cat /context/file > /copy"
            try await fixture.build(text, ["sub/file": "1", "other": "1"])
            let other = try await fixture.build(text, ["sub/file": "1", "other": "2"])
            #expect(other.cachedStepCount == 1)
            let changed = try await fixture.build(text, ["sub/file": "2", "other": "2"])
            #expect(changed.cachedStepCount == 0)
        }
    }

    @Test("commands have the user, directory, shell and variables that are in effect")
    func environment() async throws {
        try await BuildFixture.with { fixture in
            let files = try await fixture.files(
                """
                FROM base
                ARG GIVEN=default
                ENV KEPT=kept
                WORKDIR /work
                RUN mkdir /out && chmod 777 /out
                USER user
                WORKDIR own
                RUN id -u > /out/user && id -g >> /out/user && pwd > /out/pwd && echo $GIVEN $KEPT $HOME > /out/env
                SHELL ["/bin/sh", "-ec"]
                RUN false; true || true
                RUN ["sh", "-c", "echo exec $0 > /out/exec"]
                RUN <<EOF
                echo first > /out/script
                echo second >> /out/script
                EOF
                RUN <<-EOF
                \t#!/bin/cat
                \tprogram
                \tEOF
                RUN cat <<ONE - > /out/shell
                in the shell
                ONE
                """.replacing("RUN false; true || true\n", with: "")
            ) { $0.arguments["GIVEN"] = "given" }
            #expect(try files.text("/out/user") == "1000\n1001\n")
            #expect(try files.text("/out/pwd") == "/work/own\n")
            #expect(files.status("/work") == "755 0:0")
            #expect(files.status("/work/own") == "755 1000:1001")
            #expect(try files.text("/out/env") == "given kept /home/user\n")
            #expect(try files.text("/out/exec") == "exec sh\n")
            #expect(try files.text("/out/script") == "first\nsecond\n")
            #expect(try files.text("/out/shell") == "in the shell\n")
            #expect(fixture.output.contains("program"))
        }
    }

    @Test("a command without network has its loopback, and one on the host's sees what the host has")
    func network() async throws {
        try await BuildFixture.with { fixture in
            let text = """
                FROM base
                RUN --network=none ls /sys/class/net; readlink /proc/self/ns/net
                RUN --network=host readlink /proc/self/ns/net
                """
            try await fixture.build(text) { $0.permissions = [.hostNetwork] }
            let host = try Shell.output("readlink /proc/self/ns/net").dropLast()
            #expect(fixture.output.count == 3 && fixture.output.first == "lo")
            #expect(fixture.output.dropFirst().first != String(host) && fixture.output.last == String(host))
            try await fixture.build("FROM base\nRUN grep -c quux /etc/hosts; cat /etc/hosts") {
                $0.hosts = [BuildHost(name: "quux", address: "10.1.2.3")]
            }
            #expect(fixture.output.contains("10.1.2.3\tquux"))
        }
    }

    @Test("a command is confined unless the build is told otherwise")
    func security() async throws {
        try await BuildFixture.with { fixture in
            let text =
                "FROM base\nRUN grep CapEff /proc/self/status\nRUN --security=insecure grep CapEff /proc/self/status"
            try await fixture.build(text) { $0.permissions = [.insecure] }
            #expect(fixture.output.first == "CapEff:\t00000000a80425fb")
            #expect(fixture.output.last != fixture.output.first)
        }
    }

    @Test("an agent's socket is there for the command alone")
    func agent() async throws {
        try await BuildFixture.with { fixture in
            let socket = fixture.directory.appending("agent")
            // A file in its place: the command looks at it, and talks to nobody.
            try BuildFixture.write("", to: socket.string)
            let files = try await fixture.files(
                "FROM base\nRUN --mount=type=ssh echo $SSH_AUTH_SOCK > /socket && [ -e $SSH_AUTH_SOCK ]"
            ) { $0.agents["default"] = BuildAgent(socket: socket) }
            #expect(try files.text("/socket") == "/run/buildkit/ssh_agent.0\n")
            #expect(files.status("/run") == nil)
        }
    }
}
