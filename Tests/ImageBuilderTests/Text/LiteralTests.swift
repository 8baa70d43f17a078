// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ImageBuilder
import Testing

@Suite("Literals of flags")
struct LiteralTests {
    @Test(
        "a time is read in all its units",
        arguments: [
            ("0", Duration.zero), ("300ms", .milliseconds(300)), ("1h15m30.5s", .milliseconds(4_530_500)),
            ("+5m", .seconds(300)), ("-1s", .seconds(-1)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)),
            ("2us", .microseconds(2)), ("2µs", .microseconds(2)), ("7ns", .nanoseconds(7)),
            ("0.1234567890123456789s", .nanoseconds(123_456_789)), ("2562047h", .seconds(2_562_047 * 3600)),
        ]
    )
    func durations(text: String, duration: Duration) {
        #expect(Duration(literal: text) == duration)
    }

    @Test(
        "what is no time is refused",
        arguments: ["", "-", "5", "s", ".s", "1.2.3s", "1d", "1 s", "3000000h", "9223372037s", "1m-2s", "1ms2"]
    )
    func noDurations(text: String) {
        #expect(Duration(literal: text) == nil)
    }

    @Test(
        "a size is read with its unit, in powers of 1024",
        arguments: [
            ("0", 0), ("512", 512), ("1b", 1), ("1k", 1024), ("1K", 1024), ("1kb", 1024), ("1KiB", 1024),
            ("1.5m", 1_572_864), ("2 gb", 2_147_483_648), ("1t", 1 << 40), ("1p", 1 << 50),
        ] as [(String, Int64)]
    )
    func sizes(text: String, size: Int64) {
        #expect(ByteCount.parse(text) == size)
    }

    @Test(
        "what is no size is refused",
        arguments: ["", "k", "-1", "1x", "1kib2", "1bb", "1kx", "nan", "inf", "0x10", "1e400", "9999999p"]
    )
    func noSizes(text: String) {
        #expect(ByteCount.parse(text) == nil)
    }

    @Test(
        "a word is quoted so that it can be read back",
        arguments: [
            ("plain", #""plain""#), ("a\"b\\c", #""a\"b\\c""#), ("\t\n\r\u{07}\u{0B}", #""\t\n\r\a\v""#),
            ("\u{1B}\u{7F}", #""\x1b\x7f""#), ("é 한\u{00A0}", "\"é 한\\u00a0\""), ("\u{E0001}", #""\U000e0001""#),
        ]
    )
    func quoted(text: String, quoted: String) {
        #expect(text.quoted == quoted)
    }

    @Test("a near word is suggested, in the case of the mistake")
    func suggestions() {
        let names = ["ENTRYPOINT", "ENV", "RUN"]
        #expect(Suggestion.nearest(to: "FNTRYPOINT", among: names, caseSensitive: false) == "ENTRYPOINT")
        #expect(Suggestion.nearest(to: "rum", among: names, caseSensitive: false) == "run")
        #expect(Suggestion.nearest(to: "rum", among: names) == nil)
        #expect(Suggestion.nearest(to: "RUN", among: names) == nil)
        #expect(Suggestion.nearest(to: "COPY", among: names) == nil)
    }

    @Test(
        "a platform is read as containerd reads it",
        arguments: [
            ("linux/amd64", "linux/amd64"), ("linux/x86_64", "linux/amd64"), ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64/v8"), ("linux/arm/7", "linux/arm/v7"), ("linux/arm", "linux/arm"),
            ("linux/armel", "linux/arm/v6"), ("macOS/arm64", "darwin/arm64"), ("Linux/AMD64/v1", "linux/amd64"),
            ("s390x", "linux/s390x"), ("windows(10.0.17763)/amd64", "windows/amd64"),
        ]
    )
    func platforms(text: String, platform: String) throws {
        #expect(try BuildPlatform(text).description == platform)
    }

    @Test(
        "what is no platform is refused",
        arguments: ["", "/", "linux/", "nope", "a/b/c/d", "li nux/amd64", "lin.x/a"]
    )
    func noPlatforms(text: String) {
        #expect(throws: ValueError.self) { try BuildPlatform(text) }
    }
}
