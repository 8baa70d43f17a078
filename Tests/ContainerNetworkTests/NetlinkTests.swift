// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import ContainerNetwork

@Suite("Netlink messages")
struct NetlinkTests {
    @Test("setting a link up is the message that rtnetlink(7) describes")
    func setUp() {
        let bytes = LinkRequest.setUp(7).message(flags: [.request, .acknowledge], sequence: 9)
        #expect(
            bytes == [
                32, 0, 0, 0, 16, 0, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0,  // length, RTM_NEWLINK, flags, sequence, port
                0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,  // ifinfomsg: family, type, index, flags, change
            ]
        )
    }

    @Test("attributes are padded, and their lengths do not count the padding")
    func attributes() throws {
        var writer = NetlinkWriter(type: 1, flags: [], sequence: 0)
        writer.attribute(3, string: "lo")
        writer.attribute(18) { $0.attribute(1, string: "veth") }
        writer.attribute(4, number: UInt32(1500))
        let bytes = writer.finish()
        #expect(bytes.count == 16 + 8 + 4 + 12 + 8)
        #expect(Array(bytes[16..<24]) == [7, 0, 3, 0, 0x6C, 0x6F, 0, 0])
        let read = try NetlinkAttributes(bytes[16...])
        #expect(read.string(3) == "lo")
        #expect(read.number(4, as: UInt32.self) == 1500)
        #expect(read.number(4, as: UInt16.self) == nil)
        #expect(try read.nested(18)?.string(1) == "veth")
        #expect(read[99] == nil)
    }

    @Test("several messages are taken apart, with the padding between them")
    func messages() throws {
        var first = NetlinkWriter(type: 16, flags: .multipart, sequence: 1)
        first.append(bytes: [1, 2, 3, 4, 5])
        let second = NetlinkWriter(type: 3, flags: .multipart, sequence: 1).finish()
        let messages = try NetlinkMessage.parse(first.finish() + second)
        #expect(messages.map(\.type) == [16, 3])
        #expect(messages[0].body.prefix(5) == [1, 2, 3, 4, 5])
    }

    @Test("an error is read as its number, success as 0")
    func errors() throws {
        var writer = NetlinkWriter(type: NetlinkMessage.errorType, flags: [], sequence: 4)
        writer.append(Int32(-17))
        writer.append(bytes: [UInt8](repeating: 0, count: 16))
        #expect(try NetlinkMessage.parse(writer.finish())[0].errorNumber == 17)
    }

    @Test("every message cut short or with a wrong length is refused, and none is read past its end")
    func hostile() throws {
        var writer = NetlinkWriter(type: 16, flags: [], sequence: 1)
        writer.append(bytes: [UInt8](repeating: 0, count: 16))
        writer.attribute(3, string: "eth0")
        writer.attribute(18) { $0.attribute(1, string: "veth") }
        let whole = writer.finish()
        for length in 16..<whole.count {
            #expect(throws: NetworkError.self) { try NetlinkMessage.parse(Array(whole[..<length])) }
        }
        var refused = 0
        for position in 0..<whole.count {
            for value: UInt8 in [0, 1, 3, 255] {
                var bytes = whole
                bytes[position] = value
                do {
                    for message in try NetlinkMessage.parse(bytes) { _ = try Link(message) }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > 0)
    }
}
