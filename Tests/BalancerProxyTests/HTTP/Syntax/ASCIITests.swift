// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Testing

@testable import BalancerProxy

@Suite("Bytes of HTTP's grammar")
struct ASCIITests {
    @Test("a header's value ends where the first byte is that it can't hold", arguments: 0...24)
    func endOfFieldValue(position: Int) {
        for byte in UInt8.min...UInt8.max {
            var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 25)
            bytes[position] = byte
            // A tab before it, which may stand in a value, must not hide it.
            if position > 2 { bytes[position - 2] = ASCII.tab }
            let end = bytes.withUnsafeBytes { ASCII.endOfFieldValue(in: $0, from: 0) }
            #expect(end == (ASCII.isFieldValue(byte) ? bytes.count : position), "byte \(byte)")
        }
    }

    @Test("all bytes from 128 on may stand in a header's value, next to each other too")
    func highBytes() {
        let bytes = Array(UInt8(128)...UInt8.max) + [0x7E, 0x7F]
        #expect(bytes.withUnsafeBytes { ASCII.endOfFieldValue(in: $0, from: 0) } == bytes.count - 1)
        #expect(bytes.withUnsafeBytes { ASCII.endOfFieldValue(in: $0, from: 100) } == bytes.count - 1)
    }

    @Test("HTTP/2 names are tokens without capitals")
    func lowercaseNames() {
        for byte in UInt8.min...UInt8.max {
            let isName = ASCII.isToken(byte) && ASCII.lowercase(byte) == byte
            #expect([UInt8(ascii: "a"), byte].withUnsafeBytes { ASCII.isLowercaseName($0) } == isName, "byte \(byte)")
        }
        #expect([UInt8]().withUnsafeBytes { !ASCII.isLowercaseName($0) })
    }

    @Test("a host holds what RFC 3986 lets it hold")
    func authority() {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]%!$&'()*+;=".utf8)
        for byte in UInt8.min...UInt8.max { #expect(ASCII.isAuthority(byte) == allowed.contains(byte), "byte \(byte)") }
    }
}
