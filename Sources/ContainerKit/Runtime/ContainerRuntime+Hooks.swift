// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

internal import Logging
internal import SystemPackage

extension ContainerRuntime {
    /// Runs the hooks that are due while the stage waits before the change of its root, and lets it go on.
    func runEarlyHooks(
        _ stop: borrowing HookStop,
        _ configuration: ContainerConfiguration,
        _ progress: LaunchProgress,
        _ devices: DeviceMoves,
        process: ProcessExit
    ) async throws {
        try await progress.waitForGate(reactor)
        let document = StateDocument(
            configuration: configuration,
            processIdentifier: progress.sibling ?? process.pid
        )
        try stop.write(document, metadata: configuration.seccomp.listenerMetadata)
        if let network = configuration.userModeNetwork {
            try await connect(
                network,
                to: configuration.identifier,
                number: document.processIdentifier,
                until: process
            )
        }
        let place = FilePath("/proc/\(document.processIdentifier)/ns/net")
        try devices.perform(into: place, fault: fault())
        for hook in configuration.hooks.prestart + configuration.hooks.createRuntime {
            try await HostHook(hook: hook, reactor: reactor).run(state: document.text("creating"))
        }
        stop.open()
    }

    /// Brings network devices back from a container whose launch failed.
    func bringBack(_ devices: DeviceMoves, from configuration: ContainerConfiguration) {
        for failure in devices.undo() {
            logger.error(
                "a network device could not be brought back",
                metadata: ["container.id": "\(configuration.identifier)", "error": "\(failure)"]
            )
        }
    }

    /// Runs hooks whose failure changes nothing any more.
    ///
    /// - Returns: What failed; it has been logged.
    func runLateHooks(
        _ hooks: [Hook],
        _ configuration: ContainerConfiguration,
        processIdentifier: Int32,
        status: String
    ) async -> [any Error] {
        let document = StateDocument(configuration: configuration, processIdentifier: processIdentifier)
        var failures: [any Error] = []
        for hook in hooks {
            do {
                try await HostHook(hook: hook, reactor: reactor).run(state: document.text(status))
            } catch {
                failures.append(error)
                logger.warning(
                    "a hook failed",
                    metadata: ["container.id": "\(configuration.identifier)", "error": "\(error)"]
                )
            }
        }
        return failures
    }
}
