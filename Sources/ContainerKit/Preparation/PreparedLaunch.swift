// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

/// All that the clone needs, held by descriptor: if the launch goes no further, letting go of it leaves nothing behind.
struct PreparedLaunch: ~Copyable {
    var plan: LaunchPlan
    /// The encoded plan, which the stage reports in.
    var memory: PlanMemory
    /// What the plan's slots hold.
    var slots: DescriptorTable
    /// The program's ends of its streams.
    var streamEnds: DescriptorTable
    /// The host's ends of the program's streams.
    var streams: PreparedStreams
    /// How the process gets into its control groups.
    var join: CgroupJoin
    /// The host's end of the pipe that tells of progress.
    var status: Descriptor?
    /// What holds the program back until it is started.
    var gate: Descriptor?
    /// What holds the stage back while hooks run.
    var stop: HookStop?

    /// Closes what only the container uses and keeps what the host follows it by.
    consuming func afterClone() -> FollowedLaunch {
        FollowedLaunch(
            progress: LaunchProgress(plan, memory: memory.descriptor, status: status, gate: gate),
            streams: streams,
            stop: stop
        )
    }
}
