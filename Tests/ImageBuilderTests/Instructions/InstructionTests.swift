// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Instructions")
struct InstructionTests {
    private func kind(_ line: String) throws -> Instruction.Kind {
        try #require(Dockerfile(parsing: "FROM a\n\(line)\n").stages[0].instructions.first).kind
    }

    private func mount(_ option: String) throws -> Instruction.Run.Mount {
        try Instruction.Run.Mount(option: option) { (word) throws(ValueError) in word }
    }

    @Test("COPY has all its flags")
    func copy() throws {
        let line = "COPY --from=b --chown=1:2 --chmod=755 --link --parents=true --exclude=*.o --exclude=x a b /c/"
        guard case .copy(let copy) = try kind(line) else { return #expect(Bool(false)) }
        #expect(copy.sources.paths == ["a", "b"])
        #expect(copy.sources.destination == "/c/")
        #expect(copy.from == "b")
        #expect(copy.chown == "1:2")
        #expect(copy.chmod == "755")
        #expect(copy.link && copy.parents)
        #expect(copy.excludes == ["*.o", "x"])
    }

    @Test("ADD tells a flag that is not given from one that is false")
    func add() throws {
        guard case .add(let plain) = try kind("ADD a b"),
            case .add(let flagged) = try kind(
                "ADD --unpack=false --keep-git-dir --checksum=sha256:0 https://x/y /z"
            )
        else { return #expect(Bool(false)) }
        #expect(plain.unpack == nil && plain.keepGitDirectory == nil)
        #expect(flagged.unpack == false && flagged.keepGitDirectory == true)
        #expect(flagged.checksum == "sha256:0")
    }

    @Test("a here-document of COPY becomes a file with its name, its tabs taken off when asked for")
    func inlineFiles() throws {
        guard case .copy(let copy) = try kind("COPY <<-\"one\" two <<three /d/\n\tx\none\n\ty $z\nthree") else {
            return #expect(Bool(false))
        }
        #expect(copy.sources.paths == ["two"])
        #expect(copy.sources.files.map(\.name) == ["one", "three"])
        #expect(copy.sources.files.map(\.content) == ["x\n", "\ty $z\n"])
        #expect(copy.sources.files.map(\.expands) == [false, true])
    }

    @Test("ONBUILD keeps the text of its instruction with the here-documents")
    func onbuild() throws {
        #expect(try kind("onbuild  RUN <<A cat\nx\nA") == .onbuild("RUN <<A cat\nx\nA"))
    }

    @Test(
        "exec form and shell form are told apart",
        arguments: [
            ("CMD [\"a\", \"b c\"]", ["a", "b c"], false), ("CMD a  b", ["a  b"], true), ("CMD ['a']", ["['a']"], true),
            ("CMD []", [], false), ("CMD", [], true), ("CMD [\"a\"", ["[\"a\""], true),
        ] as [(String, [String], Bool)]
    )
    func commands(line: String, arguments: [String], isShellForm: Bool) throws {
        guard case .cmd(let command) = try kind(line) else { return #expect(Bool(false)) }
        #expect(command.arguments == arguments)
        #expect(command.isShellForm == isShellForm)
    }

    @Test("a mount has all its options, by all their names")
    func mounts() throws {
        let cache = try mount("type=cache,id=c,dst=/c,sharing=LOCKED,mode=0750,uid=1,gid=2,from=s,src=/p")
        #expect(cache.kind == .cache && cache.sharing == .locked && !cache.isReadOnly)
        #expect(cache.id == "c" && cache.target == "/c" && cache.from == "s" && cache.source == "/p")
        #expect(cache.mode == 0o750 && cache.userID == 1 && cache.groupID == 2)
        let secret = try mount("type=secret,id=s,env=TOKEN,required")
        #expect(secret.variable == "TOKEN" && secret.isRequired && secret.target == nil)
        let tmpfs = try mount("type=tmpfs,target=/t,size=64m")
        #expect(tmpfs.sizeLimit == 64 << 20 && !tmpfs.isReadOnly)
        #expect(try mount("target=/a").isReadOnly)
        #expect(try !mount("target=/a,rw").isReadOnly)
        #expect(try !mount("target=/a,ro=0").isReadOnly)
        #expect(try mount("\"target=/a,b\",ro").target == "/a,b")
    }

    @Test(
        "a mount that makes no sense is refused",
        arguments: [
            "", "type=nope,target=/a", "target=/a,mode=755", "target=/a,sharing=shared", "target=/a,size=1",
            "target=/a,required", "type=secret", "type=secret,id=a,source=b", "type=secret,id=a,from=b",
            "target=/a,bogus=1",
            "target=/a,z", "target=/a,ro=perhaps", "type=cache,target=/a,uid=-1", "type=cache,target=/a,mode=9",
            "type=tmpfs,size=x", "type=cache,sharing=none", "\"target=/a", "target=\"/a\"",
        ]
    )
    func badMounts(option: String) {
        #expect(throws: ValueError.self) { try mount(option) }
    }

    @Test("a comment before ARG or FROM documents it")
    func documentation() throws {
        let file = try Dockerfile(
            parsing: "# v the version\nARG v=1 w\n# stage\n#\n# build the first\nFROM a AS build\nRUN x\nFROM b\n"
        )
        guard case .arg(let arg) = file.globalArguments[0].kind else { return #expect(Bool(false)) }
        #expect(arg.variables.map(\.documentation) == ["the version", nil])
        #expect(file.stages.map(\.documentation) == ["the first", nil])
        #expect(file.stages[0].comments == ["build the first"])
    }
}
