// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import SystemPackage
import Testing

@Suite("Addresses of repositories")
struct GitSourceTests {
    @Test(
        "what follows # is a reference and a directory, and the same can stand in a query",
        arguments: [
            ("https://h.org/a.git", "https://h.org/a.git", nil, nil),
            ("https://h.org/a.git#v1", "https://h.org/a.git", "v1", nil),
            ("https://h.org/a.git#v1:d/e", "https://h.org/a.git", "v1", "d/e"),
            ("https://h.org/a.git#:d", "https://h.org/a.git", nil, "d"),
            ("https://h.org/a.git#", "https://h.org/a.git", nil, nil),
            ("https://h.org/a.git?ref=x&subdir=d", "https://h.org/a.git", "x", "d"),
            ("https://h.org/a.git?branch=b/c", "https://h.org/a.git", "refs/heads/b/c", nil),
            ("https://h.org/a.git?tag=t#:d", "https://h.org/a.git", "refs/tags/t", "d"),
            ("git@h.org:a/b.git#pull/1/head", "git@h.org:a/b.git", "pull/1/head", nil),
            ("ssh://git@h.org:22/a", "ssh://git@h.org:22/a", nil, nil),
            ("github.com/a/b", "https://github.com/a/b", nil, nil),
            ("file:///srv/a#main", "file:///srv/a", "main", nil),
        ] as [(String, String, String?, String?)]
    )
    func parts(text: String, repository: String, reference: String?, subdirectory: String?) throws {
        let source = try GitSource(text)
        #expect(GitSource.isAddress(text))
        #expect(source.repository == repository)
        #expect(source.reference == reference)
        #expect(source.subdirectory == subdirectory)
    }

    @Test(
        "an address of a file is none of a repository",
        arguments: ["https://h.org/a.tar.gz", "a.git", "./git@x", "/x"]
    )
    func others(text: String) {
        #expect(!GitSource.isAddress(text))
    }

    @Test(
        "what git or ssh could take for an option or for several words is refused",
        arguments: [
            "ssh://-oProxyCommand=x/a", "ssh://git@-oProxyCommand=x/a", "https://h.org/a.git#--upload-pack=x",
            "https://h.org/a b.git", "https://h.org/a.git#a b", "https://h.org/a.git#a..b", "https://h.org/a.git#+a",
            "https://h.org/a.git#a^{commit}", "https://h.org/a.git?ref=a#b", "https://h.org/a.git?what=ever",
            "https://h.org/a.git?checksum=xyz", "https:///a.git", "git@-h:a.git", "https://h.org/a.git\n",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: ImageBuilderError.self) { try GitSource(text) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("a password in an address is not shown")
    func password() throws {
        let source = try GitSource("https://user:secret@h.org/a.git#v1")
        #expect(source.description == "https://***@h.org/a.git#v1")
    }

    @Test("a text is a directory, an address of a file or one of a repository; other schemes are refused")
    func contexts() throws {
        #expect(try BuildContext("dir/x") == .directory("dir/x"))
        #expect(try BuildContext("https://h.org/x.tar") == .remote("https://h.org/x.tar"))
        #expect(try BuildContext("https://h.org/x.git#y") == .git(GitSource("https://h.org/x.git#y")))
        #expect(throws: ImageBuilderError.self) { try BuildContext("ftp://h.org/x.tar") }
    }
}
