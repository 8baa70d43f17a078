// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

import ContainerKit

// Runs the program of the command line in the sandbox; without one, shows what becomes of some that misbehave.
let runtime = try ContainerRuntime()
let sandbox = Sandbox(runtime: runtime)
let arguments = Array(CommandLine.arguments.dropFirst())

if arguments.isEmpty {
    let programs = [
        ("polite", "echo hello from $(id -u)"),
        ("endless", "while :; do :; done"),
        ("greedy", "x=x; while :; do x=$x$x; done"),
        ("chatty", "while :; do echo more; done"),
        ("hoarding", "head -c 64M /dev/zero >/tmp/file; wc -c </tmp/file"),
        ("forking", "for i in 1 2 3 4 5 6 7 8 9; do sleep 1 & done"),
        ("curious", "ls /root; cat /etc/shadow"),
        ("calling", "echo interfaces: $(ls /sys/class/net); echo >/dev/tcp/127.0.0.1/80"),
    ]
    for (name, script) in programs {
        print("\(name): \(try await sandbox.run(["/bin/bash", "-c", script]))")
    }
} else {
    print(try await sandbox.run(arguments))
}
try await runtime.close()
