// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// The floor of the launch benchmark: the kernel work of one container in bare C. It prints the time
// of each launch, from the first group made to the last one removed, in nanoseconds, a line each.

#define _GNU_SOURCE
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *const step_names[STEPS] = {
    "cgroup mkdir", "cgroup limits", "cgroup open tasks+tree", "root tree", "clone3", "cgroup join",
    "unshare cgroup", "loopback up", "private /", "attach root", "proc", "sysfs", "dev tmpfs", "dev nodes",
    "dev links", "devpts", "shm", "mqueue", "cgroup mount", "masked paths", "read-only paths", "pivot_root",
    "umount old root", "identity", "capabilities", "seccomp", "execve", "exit and reap", "rmdir cgroups",
};

static const struct { const char *name; enum skip part; } parts[] = {
    {"cgroups", SKIP_CGROUPS}, {"network", SKIP_NETWORK}, {"cgroupns", SKIP_CGROUP_NAMESPACE},
    {"devices", SKIP_DEVICES}, {"masks", SKIP_MASKS}, {"seccomp", SKIP_SECCOMP}, {"ipc", SKIP_IPC},
    {"sysfs", SKIP_SYSFS}, {"cgroupmount", SKIP_CGROUP_MOUNT}, {"pid", SKIP_PID}, {"limits", SKIP_LIMITS},
    {"umount", SKIP_UMOUNT}, {"loopback", SKIP_LOOPBACK}, {"devpts", SKIP_DEVPTS}, {"shm", SKIP_SHM},
    {"mqueue", SKIP_MQUEUE}, {"capabilities", SKIP_CAPABILITIES}, {"proc", SKIP_PROC}, {"mounts", SKIP_MOUNTS},
};

struct worker {
    pthread_t thread;
    const struct settings *settings;
    int index, count;
    uint64_t *times;  ///< One for each launch.
    uint64_t *steps;  ///< With `--steps`: `STEPS` for each launch.
};

uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static _Noreturn void fail(const char *what, const char *name)
{
    fprintf(stderr, "floor: %s %s: %s\n", what, name, strerror(errno));
    exit(1);
}

static void *map(size_t size, int flags)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("cannot map", "memory");
    return memory;
}

/// Memory the process holds in pages of the base size, as a server's heap mostly is.
static void hold(size_t gibibytes)
{
    if (gibibytes == 0) return;
    size_t size = gibibytes << 30;
    char *memory = map(size, MAP_PRIVATE);
    madvise(memory, size, MADV_NOHUGEPAGE);
    for (size_t offset = 0; offset < size; offset += 4096) memory[offset] = 1;
}

static void record_steps(const struct launch *launch, uint64_t started, uint64_t *steps)
{
    uint64_t last = started;
    for (int i = 0; i < STEPS; i++) {
        if (launch->mark[i] == 0) continue;
        steps[i] = launch->mark[i] - last;
        last = launch->mark[i];
    }
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct launch *launch = map(sizeof(*launch), MAP_SHARED);
    char *stack = map(STACK_SIZE, MAP_PRIVATE);
    launch->settings = worker->settings;
    for (int i = 0; i < worker->count; i++) {
        snprintf(launch->name, sizeof(launch->name), "bench-%d-%d-%d", getpid(), worker->index, i);
        uint64_t started = now();
        launch_run(launch, stack + STACK_SIZE);
        worker->times[i] = now() - started;
        if (worker->steps) record_steps(launch, started, worker->steps + (size_t)i * STEPS);
    }
    return NULL;
}

/// The path of the group that holds this process's containers' groups: as deep as the library's.
static const char *parent_path(const struct settings *settings, int group, char *buffer, size_t size, bool shared)
{
    int length = snprintf(buffer, size, "/sys/fs/cgroup/%s/nestbox", settings->group_names[group]);
    if (!shared) snprintf(buffer + length, size - (size_t)length, "/bench-%d", getpid());
    return buffer;
}

static void open_groups(struct settings *settings)
{
    static const char *const hybrid[] = {"memory", "cpu", "pids", "unified"};
    static const char *const legacy[] = {"memory", "cpu", "pids", "cpuacct", "freezer"};
    char path[128];
    settings->hybrid = access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0;
    settings->groups = settings->hybrid ? 4 : 5;
    settings->group_names = settings->hybrid ? hybrid : legacy;
    for (int i = 0; i < settings->groups; i++) {
        parent_path(settings, i, path, sizeof(path), true);
        if (mkdir(path, 0755) < 0 && errno != EEXIST) fail("cannot make", path);
        parent_path(settings, i, path, sizeof(path), false);
        if (mkdir(path, 0755) < 0) fail("cannot make", path);
        settings->group_parents[i] = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (settings->group_parents[i] < 0) fail("cannot open", path);
    }
}

static void close_groups(const struct settings *settings)
{
    char path[128];
    for (int i = 0; i < settings->groups; i++) {
        close(settings->group_parents[i]);
        if (rmdir(parent_path(settings, i, path, sizeof(path), false)) < 0) fail("cannot remove", path);
    }
}

static void load_filter(struct sock_fprog *program, const char *path)
{
    static struct sock_filter instructions[4096];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = descriptor < 0 ? -1 : read(descriptor, instructions, sizeof(instructions));
    if (size <= 0 || size % (ssize_t)sizeof(instructions[0]) != 0) fail("cannot read the filter", path);
    close(descriptor);
    program->filter = instructions;
    program->len = (unsigned short)((size_t)size / sizeof(instructions[0]));
}

static void leave_out(struct settings *settings, char *names)
{
    for (char *rest = names, *name; (name = strsep(&rest, ",")) != NULL;) {
        size_t i = 0;
        while (i < sizeof(parts) / sizeof(parts[0]) && strcmp(parts[i].name, name) != 0) i++;
        if (i == sizeof(parts) / sizeof(parts[0])) { errno = EINVAL; fail("there is no part", name); }
        settings->skip |= parts[i].part;
    }
}

static int compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print_steps(uint64_t *steps, int launches)
{
    uint64_t *column = calloc((size_t)launches, sizeof(*column));
    for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < launches; i++) column[i] = steps[(size_t)i * STEPS + (size_t)step];
        qsort(column, (size_t)launches, sizeof(*column), compare);
        uint64_t sum = 0;
        for (int i = 0; i < launches; i++) sum += column[i];
        printf("%-24s median %8.1f  mean %8.1f  p99 %8.1f us\n", step_names[step], (double)column[launches / 2] / 1e3,
               (double)sum / launches / 1e3, (double)column[launches * 99 / 100] / 1e3);
    }
    free(column);
}

static void run(const struct settings *settings, int count, int flight)
{
    struct worker *workers = calloc((size_t)flight, sizeof(*workers));
    uint64_t *times = calloc((size_t)count, sizeof(*times));
    uint64_t *steps = settings->steps ? calloc((size_t)count * STEPS, sizeof(*steps)) : NULL;
    int given = 0;
    for (int i = 0; i < flight; i++) {
        int share = count / flight + (i < count % flight);
        workers[i] = (struct worker){
            .settings = settings, .index = i, .count = share, .times = times + given,
            .steps = steps ? steps + (size_t)given * STEPS : NULL,
        };
        given += share;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0) fail("cannot start", "a thread");
    }
    for (int i = 0; i < flight; i++) pthread_join(workers[i].thread, NULL);
    if (steps) print_steps(steps, count);
    else for (int i = 0; i < count; i++) printf("%llu\n", (unsigned long long)times[i]);
    free(workers); free(times); free(steps);
}

int main(int argc, char **argv)
{
    enum { ROOT = 1, COUNT, FLIGHT, RESIDENT, SECCOMP, OVERLAY, SKIP, FORK, MKNOD, PROCS, STEPS_OPTION };
    static const struct option options[] = {
        {"root", required_argument, NULL, ROOT},         {"count", required_argument, NULL, COUNT},
        {"in-flight", required_argument, NULL, FLIGHT},  {"resident-gib", required_argument, NULL, RESIDENT},
        {"seccomp", required_argument, NULL, SECCOMP},   {"overlay", required_argument, NULL, OVERLAY},
        {"skip", required_argument, NULL, SKIP},         {"fork", no_argument, NULL, FORK},
        {"mknod", no_argument, NULL, MKNOD},             {"join-procs", no_argument, NULL, PROCS},
        {"steps", no_argument, NULL, STEPS_OPTION},      {0},
    };
    struct settings settings = {0};
    int count = 1, flight = 1, resident = 0, choice;
    while ((choice = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (choice) {
        case ROOT: settings.root = optarg; break;
        case COUNT: count = atoi(optarg); break;
        case FLIGHT: flight = atoi(optarg); break;
        case RESIDENT: resident = atoi(optarg); break;
        case SECCOMP: load_filter(&settings.seccomp, optarg); break;
        case OVERLAY: settings.overlay = true; settings.upper = optarg; break;
        case SKIP: leave_out(&settings, optarg); break;
        case FORK: settings.fork = true; break;
        case MKNOD: settings.make_nodes = true; break;
        case PROCS: settings.join_procs = true; break;
        case STEPS_OPTION: settings.steps = true; break;
        default: return 2;
        }
    }
    if (!settings.root || count < 1 || flight < 1 || resident < 0) {
        fputs("usage: floor --root DIRECTORY [--count N] [--in-flight N] [--resident-gib N] [--seccomp FILE]\n"
              "             [--overlay DIRECTORY] [--skip PART,...] [--fork] [--mknod] [--join-procs] [--steps]\n",
              stderr);
        return 2;
    }
    settings.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if ((settings.skip & SKIP_CGROUPS) == 0) open_groups(&settings);
    hold((size_t)resident);
    run(&settings, count, flight);
    close_groups(&settings);
    return 0;
}
