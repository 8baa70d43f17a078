// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

extension FieldCase {
    /// `linux`, but for namespaces and resources.
    static let linux: [FieldCase] = [
        FieldCase(
            "linux.uidMappings, gidMappings",
            """
            {"linux":{"namespaces+":[{"type":"user"}],
                "uidMappings":[{"containerID":0,"hostID":100000,"size":10}],
                "gidMappings":[{"containerID":0,"hostID":200000,"size":20}]}}
            """,
            sees: "cat /proc/self/uid_map /proc/self/gid_map | busybox tr -s ' '",
            " 0 100000 10\n 0 200000 20\n"
        ),
        FieldCase(
            "linux.timeOffsets",
            """
            {"linux":{"namespaces+":[{"type":"time"}],
                "timeOffsets":{"monotonic":{"secs":1000,"nanosecs":5},"boottime":{"secs":-7}}}}
            """,
            sees: "cat /proc/self/timens_offsets | busybox tr -s ' '",
            "monotonic 1000 5\nboottime -7 0\n"
        ),
        FieldCase(
            "linux.devices",
            """
            {"linux":{"devices":[{"path":"/dev/mine","type":"c","major":1,"minor":5,"fileMode":420,"uid":1,"gid":2},
                {"path":"/dev/pipe","type":"p","fileMode":384}]}}
            """,
            sees: "busybox stat -c '%F %t:%T %a %u %g' /dev/mine /dev/pipe; head -c 1 /dev/mine | busybox wc -c",
            "character special file 1:5 644 1 2\nfifo 0:0 600 0 0\n1\n"
        ),
        FieldCase(
            "linux.cgroupsPath",
            """
            {"hostname":null,
                "linux":{"namespaces":[{"type":"pid"},{"type":"mount"}],"cgroupsPath":"/nestbox/field-named"}}
            """,
            sees: "grep -q ':pids:/nestbox/field-named$\\|^0::/nestbox/field-named$' /proc/self/cgroup && echo there",
            "there\n"
        ),
        FieldCase(
            "linux.sysctl",
            #"{"linux":{"sysctl":{"net.ipv4.ip_default_ttl":"77","kernel.msgmax":"4096"}}}"#,
            sees: "cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax",
            "77\n4096\n"
        ),
        FieldCase(
            "linux.seccomp: defaultAction, syscalls, errnoRet",
            """
            {"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
                {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":28}]}}}
            """,
            sees: "busybox mkdir /tmp/x 2>&1; grep Seccomp: /proc/self/status",
            "mkdir: can't create directory '/tmp/x': No space left on device\nSeccomp:\t2\n"
        ),
        FieldCase(
            "linux.seccomp: defaultErrnoRet",
            """
            {"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":28,"syscalls":[
                {"action":"SCMP_ACT_ALLOW","names":["access","arch_prctl","brk","capget","chdir","clone","clone3",
                "close","dup","dup2","dup3","execve","exit","exit_group","faccessat","faccessat2","fcntl","fork",
                "fstat","futex","getcwd","getegid","geteuid","getgid","getpgrp","getpid","getppid","getrandom",
                "getuid","ioctl","lseek","lstat","mmap","mprotect","munmap","newfstatat","open","openat","pipe2",
                "poll","ppoll","prctl","prlimit64","pselect6","read","readlink","readlinkat","rseq","rt_sigaction",
                "rt_sigprocmask","rt_sigreturn","set_robust_list","set_tid_address","setgid","setuid","stat",
                "statx","tgkill","umask","uname","vfork","wait4","write","writev"]}]}}}
            """,
            sees: "busybox mkdir /tmp/x 2>&1",
            "mkdir: can't create directory '/tmp/x': No space left on device\n"
        ),
        FieldCase(
            "linux.seccomp: architectures, flags, args",
            """
            {"linux":{"seccomp":{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64"],
                "flags":["SECCOMP_FILTER_FLAG_LOG"],"syscalls":[
                {"names":["socket"],"action":"SCMP_ACT_ERRNO","errnoRet":97,
                    "args":[{"index":0,"op":"SCMP_CMP_MASKED_EQ","value":255,"valueTwo":2}]}]}}}
            """,
            sees: "busybox ifconfig lo 2>&1 | grep -c 'Address family not supported'",
            "1\n"
        ),
        FieldCase(
            "linux.rootfsPropagation",
            #"{"linux":{"rootfsPropagation":"rshared"}}"#,
            sees: "while read a b c d e f g h; do [ $e = / ] && echo ${g%%:*}; done < /proc/self/mountinfo",
            "shared\n"
        ),
        FieldCase(
            "linux.maskedPaths",
            #"{"linux":{"maskedPaths":["/etc/passwd","/bin/missing"]}}"#,
            sees: "busybox wc -c < /etc/passwd",
            "0\n"
        ),
        FieldCase(
            "linux.readonlyPaths",
            #"{"linux":{"readonlyPaths":["/tmp"]}}"#,
            sees: "(true > /tmp/new) 2>/dev/null && echo written || echo refused",
            "refused\n"
        ),
        FieldCase(
            "linux.personality",
            #"{"linux":{"personality":{"domain":"LINUX32"}}}"#,
            sees: "busybox uname -m | busybox sed s/armv8l/i686/",
            "i686\n"
        ),
        FieldCase(
            "linux.memoryPolicy",
            #"{"linux":{"memoryPolicy":{"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_STATIC_NODES"]}}}"#,
            sees: "busybox cut -d' ' -f2 /proc/self/numa_maps | busybox sort -u | grep -c '^bind=static:0$'",
            "1\n"
        ),
    ]
}
