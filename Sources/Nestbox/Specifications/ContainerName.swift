// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// The names of containers and services.
enum ContainerName {
    /// Docker's rule: letters, digits, `_`, `.` and `-`, the first a letter or digit; two or more for a container.
    static func validate(_ name: String, atLeast least: Int = 2) throws(NestboxError) {
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        let bytes = Array(name.utf8)
        let marks = Array("_.-".utf8)
        guard let first = bytes.first, isWord(first), (least...128).contains(bytes.count),
            bytes.allSatisfy({ isWord($0) || marks.contains($0) })
        else {
            throw NestboxError(
                .invalidSpecification,
                "'\(name)' is no name: \(least) to 128 letters, digits, '_', '.' and '-' are, with a letter or digit first"
            )
        }
    }

    /// A name for who gave none, such as `quiet_wren`.
    ///
    /// - Parameter isTaken: Whether a name belongs to someone already.
    /// - Returns: A name that is free, as far as twenty attempts find one.
    static func random(unless isTaken: (String) -> Bool) -> String {
        var name = ""
        for attempt in 0..<20 {
            name = "\(adjectives.randomElement() ?? "quiet")_\(birds.randomElement() ?? "wren")"
            if attempt > 5 { name += String(Int.random(in: 0..<1000)) }
            if !isTaken(name) { break }
        }
        return name
    }

    private static let adjectives = [
        "agile", "alert", "amber", "bold", "brave", "bright", "brisk", "calm", "cheerful", "clever", "curious",
        "dapper",
        "daring", "eager", "early", "fleet", "gentle", "glad", "golden", "hardy", "humble", "jolly", "keen", "kind",
        "lively", "lucky", "mellow", "merry", "nimble", "noble", "patient", "plucky", "polite", "proud", "quick",
        "quiet",
        "rapid", "rosy", "rustic", "serene", "silver", "sleek", "snug", "spry", "steady", "sunny", "swift", "tidy",
        "upbeat", "vivid", "warm", "wary", "wild", "witty", "young", "zesty",
    ]

    private static let birds = [
        "avocet", "bittern", "blackcap", "bunting", "bustard", "chough", "coot", "crane", "creeper", "crossbill",
        "cuckoo", "curlew", "dipper", "dotterel", "dove", "dunlin", "egret", "eider", "falcon", "finch", "flicker",
        "gannet", "godwit", "goldcrest", "goshawk", "grebe", "grouse", "harrier", "heron", "hobby", "hoopoe", "jackdaw",
        "jay", "kestrel", "kite", "lapwing", "lark", "linnet", "magpie", "martin", "merlin", "nightjar", "nuthatch",
        "oriole", "osprey", "owl", "petrel", "pipit", "plover", "quail", "redstart", "robin", "rook", "sandpiper",
        "serin", "shrike", "siskin", "snipe", "sparrow", "starling", "stonechat", "stork", "swallow", "tern", "thrush",
        "wagtail", "warbler", "waxwing", "wheatear", "whinchat", "woodlark", "wren",
    ]
}
