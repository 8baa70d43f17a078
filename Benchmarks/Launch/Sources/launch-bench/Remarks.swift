// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// What a reader of the tables has to know.
enum Remarks {
    static func text(hybrid: Bool) -> String {
        let view = """
            - crun refuses a host that mounts cgroup v1 and v2 side by side without systemd. It ran in a mount namespace \
            of its own that shows v1 alone, and there only the hierarchies that the limits need; runc and the others saw the \
            host's.

            """
        return """
            - A launch is a container that runs a program of three instructions, from nothing to gone: process reaped, \
            control groups removed. crun and runc are timed from posix_spawn of `run` to its exit.
            - All use one directory as root, the same namespaces, mounts, masks, capabilities, limits and seccomp profile. \
            "floor" is a bare C program that does the kernel's part of the work and loads the very filter that \
            ContainerKit compiled; "crun's filter" is the one that crun compiled of the same profile.
            \(hybrid ? view : "")- System calls are those of all processes of a launch, counted by strace.
            """
    }
}
