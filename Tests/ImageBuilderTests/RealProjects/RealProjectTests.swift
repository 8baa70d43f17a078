// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ImageBuilder
import ImageStore
import SystemPackage
import Testing

@Suite("Real projects", .runsBuilds, .needs("mmdebstrap", "python3"))
struct RealProjectTests {
    /// Runs an image's program, and gives what it wrote.
    private func run(_ image: Image, _ fixture: BuildFixture) async throws -> String {
        let root = try await fixture.store.prepareRootfs(of: image)
        let scratch = fixture.directory.appending("run-\(UInt32.random(in: .min ... .max))")
        try Shell.run("mkdir -p '\(scratch)/upper' '\(scratch)/work'")
        let defaults = image.defaults
        let process = ProcessConfiguration(
            (defaults.entrypoint ?? []) + (defaults.command ?? []),
            environment: defaults.environment ?? [],
            workingDirectory: FilePath(defaults.workingDirectory ?? "/"),
            user: defaults.user.map { .named($0) } ?? .root,
            output: .stream,
            error: .inherited
        )
        let configuration = ContainerConfiguration(
            rootFilesystem: .overlay(
                layers: root.layers,
                writable: .init(upper: scratch.appending("upper"), work: scratch.appending("work"), isVolatile: true)
            ),
            process: process
        )
        return try await fixture.runtime.withContainer(configuration) { container in
            let bytes = try await container.standardOutput.collect(upTo: 1 << 20)
            let status = try await container.wait()
            #expect(status.isSuccess)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test("a C program in stages on Debian: compiled, tested, and run alone and from scratch")
    func program() async throws {
        try await BuildFixture.with { fixture in
            try await DebianBase.importInto(fixture)
            let result = try await fixture.build(
                """
                # syntax=docker/dockerfile:1
                FROM debian AS build
                WORKDIR /src
                COPY src/ .
                ARG GREETING=hello
                RUN --mount=type=cache,target=/objects \
                    tcc -DGREETING="\\"$GREETING\\"" -c -o /objects/main.o main.c && tcc -c -o /objects/add.o add.c && \
                    mkdir /out && tcc -o /out/program /objects/main.o /objects/add.o && \
                    cp --parents $(ldd /out/program | grep -o '/[^ ]*') /out
                FROM build AS test
                RUN [ "$(/out/program)" = "hello 5" ] && echo passed > /passed
                FROM scratch
                COPY --from=test /passed /passed
                COPY --from=build /out /
                USER 1234
                ENTRYPOINT ["/program"]
                """,
                [
                    "src/main.c": """
                    #include <stdio.h>
                    #include "add.h"
                    int main(void) { printf("%s %d\\n", GREETING, add(2, 3)); return 0; }

                    """,
                    "src/add.c": "#include \"add.h\"\nint add(int a, int b) { return a + b; }\n",
                    "src/add.h": "int add(int a, int b);\n",
                ]
            )
            let image = try #require(result.image)
            #expect(image.manifest.layers.count == 2)
            let output = try await run(image, fixture)
            #expect(output == "hello 5\n")
        }
    }

    @Test("a Python service with a package from an index: the cache mount keeps what pip fetched")
    func service() async throws {
        try await BuildFixture.with { fixture in
            try await DebianBase.importInto(fixture)
            let index = try PackageIndex(in: fixture.directory)
            defer { index.stop() }
            let dockerfile = """
                FROM debian AS packages
                ARG INDEX
                COPY requirements.txt .
                RUN --mount=type=cache,target=/root/.cache/pip \
                    ls /root/.cache/pip | wc -l && \
                    pip install --quiet --no-input --root-user-action=ignore --break-system-packages \
                        --trusted-host 127.0.0.1 --index-url $INDEX --target /packages -r requirements.txt
                FROM debian
                WORKDIR /service
                COPY --from=packages /packages /packages
                COPY service.py .
                ENV PYTHONPATH=/packages
                USER 1000:1000
                CMD ["python3", "service.py"]
                """
            let files = [
                "requirements.txt": "nestgreeting==1.0\n",
                "service.py": """
                import http.server, threading, urllib.request, nestgreeting
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        self.send_response(200)
                        self.end_headers()
                        self.wfile.write(nestgreeting.greet(self.path).encode())
                    def log_message(self, *arguments): pass
                server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
                threading.Thread(target=server.serve_forever, daemon=True).start()
                address = "http://127.0.0.1:%d/bird" % server.server_port
                print(urllib.request.urlopen(address).read().decode())

                """,
            ]
            let first = try await fixture.build(dockerfile, files) { $0.arguments["INDEX"] = index.address }
            #expect(fixture.output.first == "0")
            let output = try await run(try #require(first.image), fixture)
            #expect(output == "greetings, /bird\n")
            _ = try await fixture.build(dockerfile, files) {
                $0.arguments["INDEX"] = index.address
                $0.usesCache = false
            }
            #expect(fixture.output.first != "0")
        }
    }
}
