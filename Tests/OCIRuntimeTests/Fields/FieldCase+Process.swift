// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension FieldCase {
    /// `process`, `root`, `mounts` and the names.
    static let process: [FieldCase] = [
        FieldCase("process.args", #"{"process":{"args":["sh","-c","echo $0","word"]}}"#, sees: "true", "word\n"),
        FieldCase("process.env", #"{"process":{"env+":["X=a b"]}}"#, sees: #"echo "$X""#, "a b\n"),
        FieldCase("process.cwd", #"{"process":{"cwd":"/tmp"}}"#, sees: "pwd", "/tmp\n"),
        FieldCase(
            "process.user.uid, gid",
            #"{"process":{"user":{"uid":12,"gid":13}}}"#,
            sees: "id -u; id -g",
            "12\n13\n"
        ),
        FieldCase(
            "process.user.additionalGids",
            #"{"process":{"user":{"additionalGids":[14,15]}}}"#,
            sees: "id -G",
            "0 14 15\n"
        ),
        FieldCase("process.user.umask", #"{"process":{"user":{"umask":63}}}"#, sees: "umask", "0077\n"),
        FieldCase(
            "process.capabilities",
            """
            {"process":{"user":{"uid":1},"capabilities":{
                "bounding":["CAP_CHOWN","CAP_NET_RAW","CAP_KILL"],"permitted":["CAP_CHOWN","CAP_NET_RAW"],
                "effective":["CAP_CHOWN"],"inheritable":["CAP_NET_RAW"],"ambient":["CAP_NET_RAW"]}}}
            """,
            sees: "grep Cap /proc/self/status | busybox cut -f2 | busybox sed s/^0*//",
            "2000\n2000\n2000\n2021\n2000\n"
        ),
        FieldCase(
            "process.noNewPrivileges",
            #"{"process":{"noNewPrivileges":false}}"#,
            sees: "grep NoNewPrivs /proc/self/status",
            "NoNewPrivs:\t0\n"
        ),
        FieldCase(
            "process.oomScoreAdj",
            #"{"process":{"oomScoreAdj":123}}"#,
            sees: "cat /proc/self/oom_score_adj",
            "123\n"
        ),
        FieldCase(
            "process.rlimits",
            """
            {"process":{"rlimits":[{"type":"RLIMIT_NOFILE","soft":100,"hard":200},
                {"type":"RLIMIT_FSIZE","soft":1048576,"hard":2097152}]}}
            """,
            sees: "ulimit -Sn; ulimit -Hn; ulimit -Sf; ulimit -Hf",
            "100\n200\n2048\n4096\n"
        ),
        FieldCase(
            "process.scheduler.policy, nice",
            #"{"process":{"scheduler":{"policy":"SCHED_BATCH","nice":5}}}"#,
            sees: "busybox cut -d' ' -f19,41 /proc/self/stat",
            "5 3\n"
        ),
        FieldCase(
            "process.scheduler.runtime, deadline, period",
            """
            {"process":{"scheduler":{"policy":"SCHED_DEADLINE","runtime":10000000,"deadline":20000000,
                "period":40000000,"flags":["SCHED_FLAG_RESET_ON_FORK"]}}}
            """,
            sees: "read line < /proc/1/stat; set -- $line; echo ${41}",
            "6\n"
        ),
        FieldCase(
            "process.ioPriority",
            #"{"process":{"ioPriority":{"class":"IOPRIO_CLASS_BE","priority":6}}}"#,
            sees: "busybox ionice",
            "best-effort: prio 6\n"
        ),
        FieldCase(
            "root.readonly",
            #"{"root":{"readonly":true}}"#,
            sees: "(true > /tmp/new) 2>/dev/null && echo written || echo refused",
            "refused\n"
        ),
        FieldCase("hostname", #"{"hostname":"nest"}"#, sees: "cat /proc/sys/kernel/hostname", "nest\n"),
        FieldCase("domainname", #"{"domainname":"tree"}"#, sees: "cat /proc/sys/kernel/domainname", "tree\n"),
        FieldCase(
            "mounts: destination, type, options",
            """
            {"mounts+":[{"destination":"/data","type":"tmpfs","source":"tmpfs",
                "options":["size=1m","mode=0700","noexec"]}]}
            """,
            sees: "grep -c ' /data tmpfs rw,noexec,.*size=1024k,mode=700' /proc/self/mounts",
            "1\n"
        ),
        FieldCase(
            "mounts.source",
            #"{"mounts+":[{"destination":"/bound","type":"bind","source":"rootfs/etc","options":["rbind","ro"]}]}"#,
            sees: "head -c 5 /bound/passwd; (true > /bound/new) 2>/dev/null && echo written || echo refused",
            "root:refused\n"
        ),
        FieldCase(
            "mounts.uidMappings, gidMappings",
            """
            {"mounts+":[{"destination":"/mapped","type":"bind","source":"rootfs/etc","options":["bind"],
                "uidMappings":[{"containerID":0,"hostID":1000,"size":1}],
                "gidMappings":[{"containerID":0,"hostID":2000,"size":1}]}]}
            """,
            sees: "busybox stat -c '%u %g' /mapped/passwd",
            "1000 2000\n"
        ),
    ]
}
