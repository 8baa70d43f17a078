// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import Synchronization
import SystemPackage
import Testing

@testable import ImageRegistry

@Suite("The parts of the protocol")
struct ProtocolPartTests {
    @Test("challenges are read with quotes, escapes, and several in one header")
    func challenges() {
        let header = #"Bearer realm="https://auth.example.com/t?a=b,c",service="a \"b\"", scope=pull, Basic realm=x"#
        #expect(
            Challenge.parse(header) == [
                Challenge(
                    scheme: "bearer",
                    parameters: ["realm": "https://auth.example.com/t?a=b,c", "service": "a \"b\"", "scope": "pull"]
                ),
                Challenge(scheme: "basic", parameters: ["realm": "x"]),
            ]
        )
        #expect(Challenge.parse("").isEmpty)
        #expect(Challenge.parse("=,=\"").isEmpty)
    }

    @Test(
        "a location is resolved against the URL it came from",
        arguments: [
            ("/v2/x", "https://a:5000/v2/x"), ("x?y=1", "https://a:5000/v2/b/x?y=1"),
            ("https://c/d", "https://c/d"), ("//c/d", "https://c/d"), ("ftp://c/d", nil),
            ("https://user@c/d", nil),
        ] as [(String, String?)]
    )
    func locations(location: String, expected: String?) throws {
        let url = try #require(RegistryURL("https://a:5000/v2/b/c?q=1"))
        #expect(url.resolving(location)?.description == expected)
    }

    @Test(
        "only loopback addresses count as this machine",
        arguments: [
            ("localhost", true), ("localhost:5000", true), ("127.0.0.1:80", true), ("127.9.9.9", true),
            ("[::1]:5000", true), ("127.0.0.1.example.com", false), ("localhost.example.com", false),
            ("128.0.0.1", false), ("127.0.0", false),
        ]
    )
    func loopback(authority: String, expected: Bool) {
        #expect(RegistryURL.isLoopback(authority) == expected)
    }

    @Test("waits grow up to a limit, what the registry asks for wins, and attempts end")
    func retries() {
        var policy = RetryPolicy()
        policy.attempts = 4
        policy.firstDelay = .seconds(1)
        policy.longestDelay = .seconds(3)
        var generator = SystemRandomNumberGenerator()
        for (failures, limit) in [(1, 1), (2, 2), (3, 3)] {
            for _ in 0..<50 {
                let delay = policy.delay(after: failures, requested: nil, using: &generator)
                #expect(delay.map { $0 <= .seconds(limit) } == true)
            }
        }
        #expect(policy.delay(after: 4, requested: nil, using: &generator) == nil)
        #expect(policy.delay(after: 1, requested: .seconds(7), using: &generator) == .seconds(7))
        #expect(policy.delay(after: 1, requested: .seconds(3_600), using: &generator) == nil)
    }

    @Test("proxies apply to hosts that are not excepted, and never to this machine")
    func proxies() throws {
        let settings = ProxySettings(
            secure: "http://proxy:3128",
            plain: "other",
            exceptions: [".inner.example", "x.y"]
        )
        func proxy(_ text: String) throws -> String? {
            try settings.proxy(for: #require(RegistryURL(text))).map { "\($0.host):\($0.port)" }
        }
        #expect(try proxy("https://registry.example/v2/") == "proxy:3128")
        #expect(try proxy("http://registry.example/v2/") == "other:80")
        #expect(try proxy("https://a.inner.example/") == nil)
        #expect(try proxy("https://inner.example/") == nil)
        #expect(try proxy("https://x.y/") == nil)
        #expect(try proxy("https://127.0.0.1:5000/") == nil)
    }

    @Test("Docker's own configuration file is understood, and keeps what is not ours when it is changed")
    func dockerConfiguration() async throws {
        let workspace = try Workspace()
        let path = try workspace.write(
            """
            {"auths": {"https://index.docker.io/v1/": {"auth": "YW5uYTpzZTpjcmV0"},
                       "reg.example": {"username": "u", "password": "p"}},
             "detachKeys": "ctrl-e,e", "HttpHeaders": {"a": 1}}
            """,
            as: "config.json"
        )
        let file = DockerConfigurationFile(path: path)
        #expect(try await file.credentials(for: "docker.io") == Credentials(user: "anna", password: "se:cret"))
        #expect(try await file.credentials(for: "reg.example") == Credentials(user: "u", password: "p"))
        #expect(try await file.credentials(for: "other.example") == nil)
        try await file.store(Credentials(user: "x", password: "y"), for: "other.example")
        #expect(try await file.credentials(for: "other.example") == Credentials(user: "x", password: "y"))
        let text = String(decoding: try workspace.read(path), as: UTF8.self)
        #expect(text.contains("\"detachKeys\" : \"ctrl-e,e\""))
        #expect(text.contains("\"a\" : 1"))
    }

    @Test("a credential helper is asked, given and told to forget")
    func helper() async throws {
        let workspace = try Workspace()
        let name = "nestbox-test-\(getpid())"
        let kept = workspace.directory.appending("kept")
        try workspace.write(
            """
            #!/bin/sh
            case "$1" in
            store) cat > '\(kept)' ;;
            get) test -f '\(kept)' && cat '\(kept)' ;;
            erase) rm -f '\(kept)' ;;
            esac
            """,
            as: "docker-credential-\(name)"
        )
        setenv("PATH", "\(workspace.directory):\(String(cString: getenv("PATH")))", 1)
        let path = try workspace.write("{\"credHelpers\": {\"reg.example\": \"\(name)\"}}", as: "config.json")
        let file = DockerConfigurationFile(path: path)
        #expect(try await file.credentials(for: "reg.example") == nil)
        try await file.store(Credentials(user: "u", password: "p"), for: "reg.example")
        #expect(try await file.credentials(for: "reg.example") == Credentials(user: "u", password: "p"))
        #expect(!String(decoding: try workspace.read(path), as: UTF8.self).contains("auth\""))
        try await file.erase("reg.example")
        #expect(try await file.credentials(for: "reg.example") == nil)
    }

    @Test("credentials are not in what a log would show")
    func description() {
        let credentials = Credentials(user: "anna", password: "secret", identityToken: "token")
        #expect(!"\(credentials)".contains("secret"))
        #expect(!String(reflecting: credentials).contains("token"))
    }

    @Test("at most as many transfers run at a time as the limit says, and the first error ends the rest")
    func limit() async throws {
        let running = Mutex((now: 0, most: 0, done: 0))
        try await concurrently(Array(0..<20), limit: 3) { _ in
            running.withLock { running in
                running.now += 1
                running.most = max(running.most, running.now)
            }
            for _ in 0..<50 { await Task.yield() }
            running.withLock { running in
                running.now -= 1
                running.done += 1
            }
        }
        #expect(running.withLock { $0.most } <= 3)
        #expect(running.withLock { $0.done } == 20)
        await #expect(throws: RegistryError.self) {
            try await concurrently(Array(0..<20), limit: 2) { number in
                guard number > 0 else { throw RegistryError(code: .denied, message: "no") }
                try await Task.sleep(for: .seconds(600))
            }
        }
    }
}
