// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import SystemPackage

extension ContainerError {
    /// The error for an operation of the stage that failed.
    init(_ operation: StageOperation, errno: Errno, detail: String) {
        let (code, message) = Self.explain(operation, errno)
        let words = detail.isEmpty ? "" : " (the kernel says: \(detail))"
        self.init(code, message + words, operation: "\(operation)", path: operation.path, errno: errno)
    }

    private static func explain(_ operation: StageOperation, _ errno: Errno) -> (Code, String) {
        switch operation {
        case .execute(_, let arguments, _): explainExecution(of: arguments.first ?? "", errno)
        case .openTarget(_, let path, _, _, _) where errno == .improperLink:
            (.mountTargetEscapes, "mount target '\(path)' is a link that leads out of the root filesystem or nowhere")
        case .openTarget(_, let path, _, _, _) where errno == .tooManySymbolicLinkLevels:
            (.mountTargetEscapes, "mount target '\(path)' leads through links without end")
        case .openTarget(_, let path, .existing, _, _):
            (.mount, "there is no '\(path)' with a mount whose options could be changed ('remount')")
        case .openTarget(_, let path, _, _, _): (.mount, "mount target '\(path)' can't be made or opened")
        case .attach(_, _, _, let shown) where errno == .notDirectory || errno == .invalidArgument:
            (.mount, "nothing can be mounted at '\(shown)': a directory goes on a directory, a file on a file")
        case .attach(_, _, _, let shown): (.mount, "nothing can be mounted at '\(shown)'")
        case .newFilesystem("overlay", _, _, _):
            (.rootFilesystem, "the root filesystem's layers can't be overlaid in the container's user namespace")
        case .newFilesystem(let type, _, _, _): (.mount, "the \(type) filesystem can't be made")
        case .joinMounts: (.namespace, "the mount namespace can't be joined")
        case .isolateMounts, .changeRoot, .enterRoot: (.rootFilesystem, "the container's root can't be entered")
        case .joinCgroup(_, let name): (.cgroup, "the container can't join its control group \(name)")
        case .unshare(let kind): (.namespace, "the \(kind) namespace can't be made")
        case .joinNamespace(_, let kind): (.namespace, "the \(kind) namespace can't be joined")
        case .workingDirectory(let path) where errno == .improperLink:
            (.process, "working directory '\(path)' is outside the root filesystem")
        case .workingDirectory(let path): (.process, "working directory '\(path)' can't be entered")
        case .groups where errno == .notPermitted:
            (.process, "supplementary groups can't be set in this user namespace")
        case .resourceLimit(let limit): (.process, "the limit on \(limit.resource.name) can't be set")
        case .kernelParameter(_, let path, _): (.process, "kernel parameter '\(path)' can't be written")
        case .seccomp: (.seccomp, "the seccomp filter can't be loaded")
        case .mask, .makeReadOnly, .mountAttributes, .makeDirectory, .makeFile, .makeLink:
            (.mount, "the container's filesystem can't be completed")
        case .becomeSibling where errno == .resourceTemporarilyUnavailable:
            (.process, "the container has as many processes as it may have")
        case .becomeSibling: (.namespace, "the container's process namespace can't be entered")
        case .find(_, let program): explainExecution(of: program, errno)
        case .hook(_, let hook) where errno == .canceled:
            (.hook, "hook '\(hook.path)' failed: it ended with another code than 0")
        case .hook(_, let hook) where errno == .timedOut: (.hook, "hook '\(hook.path)' took too long and was killed")
        case .hook(_, let hook): (.hook, "hook '\(hook.path)' can't be run")
        case .makeDevice(_, let path, let node, _) where errno == .fileExists:
            (.mount, "device '\(path)' can't be made: something else than \(node) is there")
        case .expectDevice(_, let node, _, let path) where errno == .fileExists:
            (.mount, "device '\(path)' can't be shown: something else than \(node) is there")
        case .expectMount(_, let path) where errno == .invalidArgument:
            (.mount, "nothing is mounted at '\(path)' whose options could be changed ('remount')")
        case .makeDevice(_, let path, _, _): (.mount, "device '\(path)' can't be made")
        case .makeNode(_, let path, _): (.mount, "device '\(path)' can't be made")
        case .changeMount(_, _, let shown): (.mount, "the mount options of '\(shown)' can't be set")
        case .timeOffsets: (.namespace, "the time namespace can't be made or its offsets set")
        case .scheduling: (.process, "the scheduling policy can't be set")
        case .ioPriority: (.process, "the I/O priority can't be set")
        case .processors: (.process, "the program can't be bound to its processors")
        case .memoryPolicy: (.process, "the memory policy can't be set")
        case .openTerminal, .controlTerminal, .cloneFile:
            (.process, "no terminal can be made for the program in the container's /dev/pts")
        case .cloneHostMount(let path, false, _) where errno == .invalidArgument:
            (.mount, "'\(path)' of the host can't be shown without what is mounted below it: that needs root")
        case .cloneHostMount(let path, _, _): (.mount, "'\(path)' of the host can't be shown to the container")
        default: (.process, "the container's process can't be set up")
        }
    }

    private static func explainExecution(of program: String, _ errno: Errno) -> (Code, String) {
        switch errno {
        case .noSuchFileOrDirectory, .notDirectory:
            let place = program.contains("/") ? "" : " in any directory of PATH"
            return (
                .executableNotFound, "program '\(program)' was not found\(place), or the interpreter it names was not"
            )
        case .permissionDenied: return (.notExecutable, "program '\(program)' may not be executed")
        case .execFormatError: return (.notExecutable, "program '\(program)' is in no format that the kernel executes")
        default: return (.notExecutable, "program '\(program)' can't be executed")
        }
    }
}
