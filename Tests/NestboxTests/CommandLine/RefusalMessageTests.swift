// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import SystemPackage
import Testing

@Suite("What the command-line tool says when it refuses", .runsTool)
struct RefusalMessageTests {
    /// A command line that is refused, and what the message must name.
    struct Refusal: Sendable, CustomTestStringConvertible {
        var line: String
        var status: Int32
        var words: [String]
        var testDescription: String { line }

        init(_ line: String, _ status: Int32, _ words: String...) {
            self.line = line
            self.status = status
            self.words = words
        }
    }

    /// An image that nothing could fetch: who names it in an error has tried to.
    static let distant = "127.0.0.1:1/distant"

    static let early = [
        Refusal("run --name taken \(distant)", 125, "taken", "already in use"),
        Refusal("run --name ../x \(distant)", 125, "../x"),
        Refusal("run --rm --restart always \(distant)", 125, "--rm", "--restart"),
        Refusal("create --rm --restart always \(distant)", 125, "--rm", "--restart"),
        Refusal("run --memory 1 \(distant)", 125, "memory"),
        Refusal("run --memory -5 \(distant)", 125, "'-5'", "positive"),
        Refusal("run --cpus -1 \(distant)", 125, "-1", "0.01"),
        Refusal("run --cpus 100000 \(distant)", 125, "100000", "this machine has"),
        Refusal("create --cpus 100000 \(distant)", 125, "100000", "this machine has"),
        Refusal("run --ulimit what=1 \(distant)", 125, "'what' is none of", "nofile"),
        Refusal("run --ulimit nofile=10:5 \(distant)", 125, "nofile=10:5", "soft limit is above the hard"),
        Refusal("run --ulimit nofile=x \(distant)", 125, "nofile=x", "NAME=SOFT[:HARD]"),
        Refusal("run --stop-signal NONE \(distant)", 125, "NONE"),
        Refusal("run --label =x \(distant)", 125, "'=x' is no label"),
        Refusal("run --pull never UPPER", 125, "no such image: UPPER", "must be lower case"),
        Refusal("run -w rel \(distant)", 125, "rel", "absolute"),
        Refusal("run -e =x \(distant)", 125, "NAME=value"),
        Refusal("run -v /nosuch:/x \(distant)", 125, "/nosuch"),
        Refusal("run -v rel/path:/x \(distant)", 125, "nestbox: the name 'rel/path'", "absolute path"),
        Refusal("run -v data:/x:ro,rw \(distant)", 125, "data:/x:ro,rw", "both ro and rw"),
        Refusal("run -v one:/x -v two:/x/../x \(distant)", 125, "more than one volume", "'/x/../x'"),
        Refusal("create -v one:/x --tmpfs /x \(distant)", 125, "more than one volume", "'/x'"),
        Refusal("run -p 80:80:80:80 \(distant)", 125, "'80:80:80:80'", "4 parts"),
        Refusal("run -p abc \(distant)", 125, "'abc' is not a published port"),
        Refusal("run --network nosuch \(distant)", 125, "nosuch"),
        Refusal("run --network container:nosuch \(distant)", 125, "nosuch"),
        Refusal("run --network container:taken -p 80 \(distant)", 125, "publish"),
        Refusal("run --network host --ip 10.0.0.2 \(distant)", 125, "host"),
        Refusal("run --network none --ip 10.0.0.2 \(distant)", 125, "none"),
        Refusal("run --cap-add NOSUCH \(distant)", 125, "NOSUCH"),
        Refusal("run -it \(distant)", 1, "the input device is not a TTY"),
        Refusal("run --platform what/ever \(distant)", 125, "'what/ever'", "for linux, not for 'what'"),
        Refusal("create --platform linux/nope \(distant)", 125, "'linux/nope'", "'nope' is none of", "amd64"),
        Refusal("pull --platform linux/nope \(distant)", 1, "'nope' is none of"),
        Refusal("build --platform linux/nope .", 1, "'nope' is none of"),
        Refusal("run --security-opt nosuch \(distant)", 125, "nosuch"),
        Refusal("run --health-cmd true --no-healthcheck \(distant)", 125, "--no-healthcheck"),
        Refusal("service create --name web --policy maglev \(distant)", 1, "maglev", "HTTP"),
        Refusal("service create --name web --policy nosuch \(distant)", 1, "nosuch", "least-cpu"),
        Refusal("service create --name web --min 5 --max 2 \(distant)", 1, "minimum, 5, is above the maximum, 2"),
        Refusal("service create --name web --min -1 --max 2 \(distant)", 1, "minimum, -1, is negative"),
        Refusal("service create --name web --max 2000 \(distant)", 1, "maximum, 2000, is not from 1 to 1000"),
        Refusal("service create --name web --replicas=-1 \(distant)", 1, "-1"),
        Refusal("service create --name web --replicas -1 \(distant)", 1, "-1"),
        Refusal("service create --name web --network host \(distant)", 1, "host"),
        Refusal("update taken", 1, "nothing is to be changed", "--memory"),
        Refusal("service logs --tail x web", 1, "--tail takes a number or 'all', not 'x'"),
    ]

    @Test("what can't run whatever the image is, is refused before an image is fetched", arguments: early)
    func refusedEarly(_ refusal: Refusal) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "taken", "box")
        let finished = try await check(refusal, tool)
        #expect(!finished.error.contains("pull"), "\(finished.error)")
        #expect(try await tool.finish("ps", "-aq").lines.count == 1)
        #expect(try await tool.finish("volume", "ls", "-q").lines.isEmpty)
    }

    @Test(
        "what there is not is named in the same words everywhere",
        arguments: [
            ("rmi nosuch", "image"), ("tag nosuch other", "image"), ("history nosuch", "image"),
            ("save nosuch", "image"), ("push nosuch", "image"), ("start nosuch", "container"),
            ("rm nosuch", "container"), ("cp nosuch:/x .", "container"), ("stats --no-stream nosuch", "container"),
            ("volume rm nosuch", "volume"), ("volume clone nosuch other", "volume"),
            ("volume snapshot nosuch other", "volume"), ("volume restore nosuch other", "volume"),
            ("volume restore data nosuch", "snapshot"), ("volume create -d nosuch other", "volume driver"),
            ("network rm nosuch", "network"),
            ("network create -d nosuch other", "network driver"), ("service rm nosuch", "service"),
            ("service update --image box nosuch", "service"), ("service logs nosuch", "service"),
        ]
    )
    func absent(line: String, kind: String) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "taken", "box")
        try await tool.finish("volume", "create", "data")
        let finished = try await check(Refusal(line, 1), tool)
        #expect(finished.error.hasPrefix("nestbox: no such \(kind): nosuch"), "\(finished.error)")
        #expect(finished.error.contains("; 'nestbox images' lists those that there are") == (kind == "image"))
        #expect(!finished.error.prefix { !$0.isNewline }.contains("["), "\(finished.error)")
    }

    @Test("an address that is not the network's is refused before an image is fetched, with what is")
    func stray() async throws {
        let tool = try Tool()
        try await tool.finish("network", "create", "--subnet", "10.231.7.0/24", "own")
        let refusal = Refusal(
            "run --network own --ip 10.0.0.1 \(Self.distant)",
            125,
            "10.0.0.1",
            "'own'",
            "10.231.7.0/24"
        )
        try await check(refusal, tool)
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
    }

    @Test(
        "a bad line of a file of variables is told by file and number, and not shown",
        arguments: [("A=1\n\n# =\n=secret\n", 4), ("A=1\r\n two words=secret", 2)]
    )
    func environmentFile(text: String, line: Int) async throws {
        let tool = try Tool()
        try tool.directory.write(text, to: "bad.env")
        let file = tool.directory.path.appending("bad.env")
        let refusal = Refusal("run --env-file \(file) \(Self.distant)", 125, "bad.env", "line \(line)")
        #expect(try await !check(refusal, tool).error.contains("secret"))
    }

    @Test("a file that is no seccomp profile is named, and not shown", arguments: ["secret", "{\"secret\"", ""])
    func seccompFile(text: String) async throws {
        let tool = try Tool()
        try tool.directory.write(text, to: "bad.json")
        let file = tool.directory.path.appending("bad.json")
        let finished = try await tool.finish("run", "--security-opt", "seccomp=\(file)", "box", "true")
        #expect(finished.status == 125)
        #expect(finished.error.contains("\(file)") || text.hasPrefix("{"), "\(finished.error)")
        #expect(!finished.error.contains("secret"), "\(finished.error)")
    }

    @Test(
        "what fails as it is done says so in words, without a usage that has nothing to do with it",
        arguments: [
            Refusal("run \(distant)", 125, "127.0.0.1:1", "Connection refused"),
            Refusal("run --env-file /nosuch box", 125, "/nosuch", "No such file"),
            Refusal("exec taken true", 1, "taken", "not running"),
            Refusal("exec taken true", 1, "container 'taken' is not running"),
            Refusal("start nosuch", 1, "no such container: nosuch"),
            Refusal("exec -it taken true", 1, "the input device is not a TTY"),
            Refusal("service scale web=-1", 1, "'web=-1' is not of the form SERVICE=N"),
            Refusal("port taken abc", 1, "'abc' is no port of a container"),
            Refusal("port taken 53/sctp", 1, "'53/sctp' is no port of a container"),
            Refusal("port taken 80", 1, "'80/tcp'", "not published"),
            Refusal("update --cpus 100000 taken", 1, "100000", "this machine has"),
            Refusal("kill -s NONE taken", 1, "'NONE' is no signal"),
            Refusal("unpause taken", 1, "taken", "not running"),
            Refusal("logs --since never taken", 1, "'never' is no moment"),
            Refusal("cp taken:/etc/hosts -", 1, "cp copies no archives", "./-", "export"),
            Refusal("cp - taken:/etc", 1, "cp copies no archives"),
            Refusal("images --filter what=x", 1, "'what' is none of", "label, until, before and since"),
        ]
    )
    func refusedLate(_ refusal: Refusal) async throws {
        let tool = try Tool()
        try await tool.finish("create", "--name", "taken", "box")
        #expect(try await !check(refusal, tool).error.contains("Usage:"))
    }

    @Test("what only the image can tell is refused with the name that the user gave, or none, and nothing is left")
    func unlucky() async throws {
        let tool = try Tool()
        try await check(
            Refusal("run box /nosuch", 127, "nestbox: the container can't be started: program '/nosuch'"),
            tool
        )
        try await check(Refusal("run --name own box /nosuch", 127, "nestbox: container 'own' can't be started: "), tool)
        let user = "user 'nosuchuser' is not in the container's /etc/passwd"
        try await check(Refusal("run -v made:/v -u nosuchuser box true", 125, user), tool)
        #expect(try await tool.finish("ps", "-aq").lines.isEmpty)
        #expect(try await tool.finish("volume", "ls", "-q").lines.isEmpty)
    }

    /// Runs it, and looks at the message: one that begins with the program's name once and has no spellings of Swift's.
    @discardableResult
    private func check(_ refusal: Refusal, _ tool: Tool) async throws -> Finished {
        let finished = try await tool.finish(refusal.line.split(separator: " ").map(String.init))
        #expect(finished.status == refusal.status, "\(finished.error)")
        #expect(finished.output.isEmpty)
        #expect(finished.error.hasPrefix("nestbox: "))
        #expect(!finished.error.dropFirst().contains("nestbox: "))
        for word in refusal.words { #expect(finished.error.contains(word), "\(finished.error)") }
        for spelling in ["Optional(", "rawValue", "Error(", "NIO", "Code(", "errno:", "Failure("] {
            #expect(!finished.error.contains(spelling), "\(finished.error)")
        }
        return finished
    }
}
