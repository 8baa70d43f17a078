/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

int nestbox_pipe(int *read_end, int *write_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

void nestbox_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

int nestbox_reap(int pidfd, int *signalled, int *value)
{
    siginfo_t info;
    info.si_pid = 0;
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | __WALL) < 0)
        if (errno != EINTR) return -errno;
    if (info.si_pid == 0) return 0;
    *signalled = info.si_code != CLD_EXITED;
    *value = info.si_status;
    return 1;
}

int nestbox_send_signal(int pidfd, int signal)
{
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int nestbox_open_process(int pid)
{
    long r = syscall(SYS_pidfd_open, pid, 0);
    return r < 0 ? -errno : (int)r;
}

int nestbox_is_child(int pidfd)
{
    siginfo_t info;
    return waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

int nestbox_ignores(int signal)
{
    /* The kernel's form: the handler comes first. */
    unsigned long action[8] = {0};
    return syscall(SYS_rt_sigaction, signal, NULL, action, 8) == 0 && action[0] == (unsigned long)SIG_IGN;
}

static int filled(const char *name, unsigned flags, const void *bytes, size_t size)
{
    /* Kernels before 6.3 know no executable bit on memory files. */
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | flags);
    if (file < 0 && errno == EINVAL) file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -errno;
    size_t done = 0;
    while (done < size) {
        ssize_t r = write(file, (const char *)bytes + done, size - done);
        if (r < 0 && errno == EINTR) continue;
        if (r < 0) {
            int error = errno;
            close(file);
            return -error;
        }
        done += (size_t)r;
    }
    return file;
}

static int sealed(int file, int seals)
{
    if (file < 0 || fcntl(file, F_ADD_SEALS, seals) == 0) return file;
    int error = errno;
    close(file);
    return -error;
}

int nestbox_sealed_program(const char *name, const void *bytes, size_t size)
{
    int file = filled(name, MFD_EXEC, bytes, size);
    return sealed(file, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

int nestbox_shared_memory(const char *name, const void *bytes, size_t size)
{
    int file = filled(name, 0, bytes, size);
    return sealed(file, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);
}

int nestbox_memory_file(const char *name)
{
    int file = memfd_create(name, MFD_CLOEXEC);
    return file < 0 ? -errno : file;
}

int nestbox_close_descriptors_in(void *file_actions)
{
    return posix_spawn_file_actions_addclosefrom_np(file_actions, 3);
}
