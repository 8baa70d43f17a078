// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit
import ImageStore
import Testing

@testable import Nestbox

@Suite("What runs, from specification and image")
struct ResolvedProcessTests {
    private func resolve(
        _ change: (inout ContainerSpecification, inout ImageConfiguration.Defaults) -> Void
    ) throws -> ResolvedProcess {
        var specification = ContainerSpecification(image: "i")
        var image = ImageConfiguration.Defaults()
        image.command = ["image-command"]
        change(&specification, &image)
        return try ResolvedProcess(specification, on: image, hostName: "h")
    }

    @Test("the image's entrypoint and command are joined")
    func joined() throws {
        let process = try resolve { $1.entrypoint = ["entry", "-x"] }
        #expect(process.arguments == ["entry", "-x", "image-command"])
    }

    @Test("a command replaces the image's command and keeps its entrypoint")
    func commandReplaces() throws {
        let process = try resolve {
            $1.entrypoint = ["entry"]
            $0.command = ["own"]
        }
        #expect(process.arguments == ["entry", "own"])
    }

    @Test("an entrypoint of the user's own drops the image's command")
    func entrypointResets() throws {
        let process = try resolve {
            $1.entrypoint = ["entry"]
            $0.entrypoint = ["mine"]
        }
        #expect(process.arguments == ["mine"])
    }

    @Test("an empty entrypoint leaves only the command")
    func emptyEntrypoint() throws {
        let process = try resolve {
            $1.entrypoint = ["entry"]
            $0.entrypoint = []
            $0.command = ["own"]
        }
        #expect(process.arguments == ["own"])
    }

    @Test("nothing to run is refused")
    func nothing() {
        #expect {
            try resolve { $1.command = nil }
        } throws: {
            ($0 as? NestboxError)?.code == .invalidSpecification
        }
    }

    @Test("the environment is the image's with the user's values in place, a path and the host name")
    func environment() throws {
        let process = try resolve {
            $1.environment = ["A=1", "B=2"]
            $0.environment = ["B=3", "C="]
        }
        let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        #expect(process.environment == [path, "HOSTNAME=h", "A=1", "B=3", "C="])
    }

    @Test("the image's path wins over the default one")
    func path() throws {
        let process = try resolve { $1.environment = ["PATH=/opt/bin"] }
        #expect(process.environment == ["PATH=/opt/bin", "HOSTNAME=h"])
    }

    @Test("an environment entry without a value is refused, and its text is not shown", arguments: ["SECRET", "=x"])
    func environmentForm(_ entry: String) {
        #expect {
            try resolve { specification, _ in specification.environment = [entry] }
        } throws: {
            ($0 as? NestboxError)?.code == .invalidSpecification
        }
    }

    @Test("user, directory and stop signal come from the image unless they are stated")
    func rest() throws {
        let image = try resolve {
            $1.user = "app"
            $1.workingDirectory = "/srv"
            $1.stopSignal = "SIGQUIT"
        }
        #expect(image.user == "app")
        #expect(image.workingDirectory == "/srv")
        #expect(image.stopSignal == .quit)
        let own = try resolve {
            $1.user = "app"
            $1.workingDirectory = "/srv"
            $1.stopSignal = "SIGQUIT"
            $0.user = "0:0"
            $0.workingDirectory = "/tmp"
            $0.stopSignal = "INT"
        }
        #expect(own.user == "0:0")
        #expect(own.workingDirectory == "/tmp")
        #expect(own.stopSignal == .interrupt)
    }

    @Test("a working directory of the user's own must be absolute; an image's may miss its slash")
    func directory() throws {
        #expect(try resolve { $1.workingDirectory = "app" }.workingDirectory == "/app")
        #expect(throws: NestboxError.self) {
            try resolve { specification, _ in specification.workingDirectory = "app" }
        }
    }
}
