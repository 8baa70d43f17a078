// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import AsyncHTTPClient
import ImageBuilder
import NIOCore
import NIOHTTP1
import SystemPackage

/// Fetches what `ADD` adds from an address.
struct HTTPFetcher: RemoteSourceFetcher {
    /// Why a file was not fetched.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    func fetch(_ address: String, to file: FilePath) async throws -> RemoteSource {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: address), timeout: .hours(1))
        guard response.status == .ok else {
            throw Failure(description: "the server answers \(response.status.code) \(response.status.reasonPhrase)")
        }
        let target = try FileDescriptor.open(
            file,
            .writeOnly,
            options: [.create, .exclusiveCreate, .closeOnExec],
            permissions: .ownerReadWrite
        )
        do {
            for try await part in response.body { try target.writeAll(part.readableBytesView) }
        } catch {
            try? target.close()
            throw error
        }
        try target.close()
        return RemoteSource(modified: response.headers.first(name: "Last-Modified").flatMap(HTTPDate.seconds))
    }
}

/// Times as HTTP's headers have them.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The seconds since 1970 of a date like `Wed, 21 Oct 2015 07:28:00 GMT`.
    ///
    /// Source: RFC 9110, "Date/Time Formats", IMF-fixdate.
    static func seconds(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        return days(year, month + 1, day) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
    }

    /// The days from 1970-01-01 to a date of the Gregorian calendar, counted in years that begin with March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
