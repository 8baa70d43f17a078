// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import Glibc
import SystemPackage
import Testing

@testable import OCIRuntime

/// Every device here is one end of a veth pair that a test has made in a network namespace of its own; the runtime runs
/// there, too, so that no device of this machine is ever in its sight.
@Suite("linux.netDevices: devices of the runtime's network namespace move into the container's", .runsContainers)
struct NetworkDeviceTests {
    private static let look = "busybox ip -o link; busybox ip -o addr"

    /// A network namespace with a veth pair, `nbt0` and `nbt1`, in which nothing else is.
    private final class Place {
        let bundle: Bundle
        private let holder: Tool.Running

        init() throws {
            bundle = try Bundle()
            let make = """
                ip link set lo up && ip link add nbt0 mtu 1400 address 02:00:00:00:00:77 type veth peer name nbt1 \
                && ip addr add 10.77.0.1/24 dev nbt0 && ip addr add 169.254.7.7/16 scope link dev nbt0 \
                && ip -6 addr add fd00:77::1/64 dev nbt0 && ip link set nbt1 up && ip link set nbt0 up \
                && echo made && exec sleep 1000
                """
            holder = try Tool.start(["unshare", "--net", "sh", "-c", make])
            for _ in 0..<500 where holder.output.isEmpty { usleep(10_000) }
        }

        deinit {
            kill(holder.pid, SIGKILL)
            _ = try? holder.finish()
        }

        func run(_ arguments: [String]) throws -> Tool.Result {
            try Tool.run(["nsenter", "--net=/proc/\(holder.pid)/ns/net"] + arguments)
        }

        func oci(_ arguments: [String]) throws -> Tool.Result {
            try run([Tool.runtime, "--root", bundle.root] + arguments)
        }

        func configure(_ script: String, devices: String, more: String = "") throws {
            let text = #"{"linux":{"netDevices":\#(devices)\#(more)}}"#
            let merged = try JSONParser.parse(Array(text.utf8))
            try bundle.configure(["sh", "-c", script]) { members in
                if case .object(let all) = JSONValue.object(members).merged(with: merged) { members = all }
            }
        }

        func container(_ script: String, devices: String, more: String = "") throws -> Tool.Result {
            try configure(script, devices: devices, more: more)
            return try oci(["run", "--bundle", bundle.path, "devices-\(holder.pid)"])
        }

        /// What there is of the device: its flags, size, addresses.
        func device() throws -> String {
            let link = try run(["ip", "-o", "link", "show", "dev", "nbt0"])
            // An IPv6 address is tentative for a moment, and of the link's own ones the kernel makes new ones.
            let addresses = try run(["ip", "-o", "addr", "show", "dev", "nbt0", "scope", "global"])
            let text = (link.output + addresses.output).replacing(" tentative", with: "").replacing("\\", with: " ")
            return text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
        }
    }

    @Test("one has its name, hardware address, size and lasting addresses there, and is up")
    func moves() throws {
        let place = try Place()
        let result = try place.container(Self.look, devices: #"{"nbt0":{}}"#)
        #expect(result.status == 0, "\(result)")
        let lines = result.output.split(separator: "\n").map(String.init)
        let link = lines.first { $0.contains(" nbt0") && $0.contains("mtu") } ?? ""
        #expect(link.contains("mtu 1400") && link.contains("02:00:00:00:00:77"), "\(result)")
        #expect(link.contains(",UP"), "\(link)")
        #expect(result.output.contains("10.77.0.1/24") && result.output.contains("fd00:77::1/64"), "\(result)")
        // Only addresses of global scope are said to be kept.
        #expect(!result.output.contains("169.254.7.7"), "\(result)")
        // A virtual device goes with the container's namespace, as the specification has it.
        #expect(try place.run(["ip", "link", "show", "dev", "nbt0"]).status != 0)
    }

    @Test(
        "name: another name there, or the first free one for a %d",
        arguments: [("inner", "inner"), ("net%d", "net0")]
    )
    func names(asked: String, given: String) throws {
        let place = try Place()
        let result = try place.container(Self.look, devices: #"{"nbt0":{"name":"\#(asked)"}}"#)
        #expect(result.output.contains(" \(given)@") && !result.output.contains(" nbt0"), "\(result)")
        #expect(result.output.contains("10.77.0.1/24"), "\(result)")
    }

    @Test("both ends in one container, each under the other's name")
    func swapped() throws {
        let place = try Place()
        let result = try place.container(Self.look, devices: #"{"nbt0":{"name":"nbt1"},"nbt1":{"name":"nbt0"}}"#)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(result.status == 0, "\(result)")
        let first = lines.first { $0.contains(" nbt1@") && $0.contains("mtu") }
        #expect(first?.contains("02:00:00:00:00:77") == true, "\(result)")
    }

    @Test("traffic passes between the container and what stayed outside")
    func traffic() throws {
        let place = try Place()
        #expect(try place.run(["ip", "addr", "add", "10.77.0.2/24", "dev", "nbt1"]).status == 0)
        // Nobody listens there: that it is refused at once is the other end's answer.
        let result = try place.container("busybox nc -w 60 10.77.0.2 9 2>&1", devices: #"{"nbt0":{"name":"out"}}"#)
        #expect(result.output.contains("refused"), "\(result)")
    }

    @Test("a network namespace that is joined keeps the device at the container's end")
    func joined() throws {
        let place = try Place()
        let other = try Tool.start(["unshare", "--net", "sleep", "1000"])
        defer {
            kill(other.pid, SIGKILL)
            _ = try? other.finish()
        }
        let path = "/proc/\(other.pid)/ns/net"
        let own = try Tool.run(["readlink", "/proc/self/ns/net"]).output
        for _ in 0..<500 where try Tool.run(["readlink", path]).output == own { usleep(10_000) }
        let others = ["pid", "mount", "ipc", "uts"].map { #"{"type":"\#($0)"},"# }.joined()
        let namespaces = #","namespaces":[\#(others){"type":"network","path":"\#(path)"}]"#
        let result = try place.container(Self.look, devices: #"{"nbt0":{}}"#, more: namespaces)
        #expect(result.status == 0 && result.output.contains("10.77.0.1/24"), "\(result)")
        let after = try Tool.run(["nsenter", "--net=\(path)", "ip", "-o", "addr", "show", "dev", "nbt0"])
        #expect(after.output.contains("10.77.0.1/24"), "\(after)")
        // It is taken from here on: the name is not free, and the one end that is left stays where it is.
        let refused = try place.container("true", devices: #"{"nbt1":{"name":"nbt0"}}"#, more: namespaces)
        #expect(
            refused.status == 1 && refused.error.contains("nbt0") && refused.error.contains("already"),
            "\(refused)"
        )
        #expect(try place.run(["ip", "link", "show", "dev", "nbt1"]).status == 0)
    }

    @Test("what fails after the move leaves the device as it was")
    func back() throws {
        let place = try Place()
        let before = try place.device()
        #expect(before.contains("10.77.0.1/24") && before.contains("fd00:77::1/64") && before.contains("UP"))
        // The second can't be moved any more when the first has been: its name is taken by then.
        let second = try place.container("true", devices: #"{"nbt0":{"name":"same%d"},"nbt1":{"name":"same0"}}"#)
        #expect(second.status == 1 && second.error.contains("nbt1"), "\(second)")
        #expect(try place.device().dropIndex == before.dropIndex)
        try place.configure("true", devices: #"{"nbt0":{"name":"inner"}}"#)
        let hooks = #"{"hooks":{"createRuntime":[{"path":"/bin/false"}]}}"#
        let failing = try JSONParser.parse(Array(hooks.utf8))
        let devices = try JSONParser.parse(Array(#"{"linux":{"netDevices":{"nbt0":{"name":"inner"}}}}"#.utf8))
        try place.bundle.configure(["true"]) { members in
            let merged = JSONValue.object(members).merged(with: devices).merged(with: failing)
            if case .object(let all) = merged { members = all }
        }
        let hook = try place.oci(["run", "--bundle", place.bundle.path, "devices-back"])
        #expect(hook.status == 1 && hook.error.contains("/bin/false"), "\(hook)")
        #expect(try place.device().dropIndex == before.dropIndex)
        try place.bundle.configure(["/nowhere/program"]) { members in
            if case .object(let all) = JSONValue.object(members).merged(with: devices) { members = all }
        }
        let program = try place.oci(["run", "--bundle", place.bundle.path, "devices-back"])
        #expect(program.status != 0 && program.error.contains("/nowhere/program"), "\(program)")
        #expect(try place.device().dropIndex == before.dropIndex)
    }

    @Test(
        "what can't be moved is refused by name, and everything stays where it is",
        arguments: [
            (#"{"nbnowhere0":{}}"#, "nbnowhere0"), (#"{"lo":{}}"#, "loopback"),
            (#"{"nbt0":{"name":"lo"}}"#, "loopback"),
            (#"{"nbt0":{"name":"a/b"}}"#, "a/b"), (#"{"nbt0":{"name":"sixteen-letters-"}}"#, "sixteen-letters-"),
            (#"{"nbt0":{"name":"x"},"nbt1":{"name":"x"}}"#, "twice"), (#"{"nbt0":{"name":"%d%d"}}"#, "%d%d"),
        ]
    )
    func refused(devices: String, word: String) throws {
        let place = try Place()
        let before = try place.device()
        let result = try place.container("true", devices: devices)
        #expect(result.status == 1 && result.error.contains(word), "\(result)")
        #expect(try place.device() == before)
    }

    @Test("a container in the runtime's own network namespace gets none")
    func shared() throws {
        let place = try Place()
        let before = try place.device()
        let others = ["pid", "mount", "ipc", "uts"].map { #"{"type":"\#($0)"}"# }.joined(separator: ",")
        let result = try place.container(
            "true",
            devices: #"{"nbt0":{"name":"inner"}}"#,
            more: #","namespaces":[\#(others)]"#
        )
        #expect(result.status == 1 && result.error.contains("nbt0"), "\(result)")
        #expect(try place.device() == before)
    }
}

extension String {
    /// What `ip` says of a device without its number, which is given anew with each move, and that of its peer.
    fileprivate var dropIndex: String {
        split(separator: " ").filter { word in
            !(word.hasSuffix(":") && word.dropLast().allSatisfy(\.isNumber)) && word != "noqueue" && word != "noop"
        }.joined(separator: " ")
    }
}
