// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// Times a command line from posix_spawn to its exit and prints the nanoseconds, a line for each run. Every `{slot}` in
// the arguments becomes the number of the worker that runs it, so that runs in flight together use different names;
// every `{index}` becomes the number of the run. With --quiet the error output goes nowhere: what stays behind would
// keep it open.
//
// With --pure-v1 it first takes a mount namespace of its own whose /sys/fs/cgroup holds the named v1 hierarchies and
// nothing else: crun refuses a host that mounts v1 and v2 side by side without systemd.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/mount.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOP "/sys/fs/cgroup"

extern char **environ;

static int is_quiet;

struct worker {
    pthread_t thread;
    char **arguments;
    int slot, first, count;
    uint64_t *times;
};

static _Noreturn void fail(const char *what, const char *name, int error)
{
    fprintf(stderr, "spawner: %s %s: %s\n", what, name, strerror(error));
    exit(1);
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Clones the mount of each hierarchy, covers the whole tree with an empty one, and attaches the clones there.
static void show_pure_v1(char *names)
{
    int trees[16], count = 0;
    char *given[16], path[128];
    if (unshare(CLONE_NEWNS) < 0) fail("cannot unshare", "the mount namespace", errno);
    struct mount_attr private = {.propagation = MS_PRIVATE};
    if (syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof(private)) < 0)
        fail("cannot make private", "/", errno);
    for (char *rest = names, *name; (name = strsep(&rest, ",")) != NULL && count < 16; count++) {
        snprintf(path, sizeof(path), TOP "/%s", given[count] = name);
        trees[count] = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (trees[count] < 0) fail("cannot clone the mount of", path, errno);
    }
    if (syscall(SYS_mount, "cgroup", TOP, "tmpfs", 0, "mode=755") < 0) fail("cannot cover", TOP, errno);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), TOP "/%s", given[i]);
        if (mkdir(path, 0755) < 0) fail("cannot make", path, errno);
        if (syscall(SYS_move_mount, trees[i], "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
            fail("cannot attach", path, errno);
        close(trees[i]);
    }
}

/// A copy of `template` in which each `word` is `number`.
static char *fill(const char *template, const char *word, int number)
{
    char *result = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&result, &size);
    for (const char *next; (next = strstr(template, word)) != NULL; template = next + strlen(word))
        fprintf(stream, "%.*s%d", (int)(next - template), template, number);
    fputs(template, stream);
    fclose(stream);
    return result;
}

/// Copies of all arguments in which each `word` is `number`.
static char **fill_all(char **templates, const char *word, int number)
{
    int count = 0;
    while (templates[count] != NULL) count++;
    char **arguments = calloc((size_t)count + 1, sizeof(*arguments));
    for (int i = 0; i < count; i++) arguments[i] = fill(templates[i], word, number);
    return arguments;
}

static void free_all(char **arguments)
{
    for (int i = 0; arguments[i] != NULL; i++) free(arguments[i]);
    free(arguments);
}

static void run_once(char **arguments, const posix_spawn_file_actions_t *actions)
{
    pid_t pid;
    int status;
    int error = posix_spawnp(&pid, arguments[0], actions, NULL, arguments, environ);
    if (error != 0) fail("cannot start", arguments[0], error);
    if (waitpid(pid, &status, 0) < 0) fail("cannot wait for", arguments[0], errno);
    if (status != 0) fail("failed:", arguments[0], EPROTO);
}

static void *work(void *argument)
{
    struct worker *worker = argument;
    char **own = fill_all(worker->arguments, "{slot}", worker->slot);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (is_quiet) posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    for (int i = 0; i < worker->count; i++) {
        char **arguments = fill_all(own, "{index}", worker->first + i);
        uint64_t started = now();
        run_once(arguments, &actions);
        worker->times[i] = now() - started;
        free_all(arguments);
    }
    posix_spawn_file_actions_destroy(&actions);
    free_all(own);
    return NULL;
}

static void run(char **arguments, int count, int flight)
{
    struct worker *workers = calloc((size_t)flight, sizeof(*workers));
    uint64_t *times = calloc((size_t)count, sizeof(*times));
    int given = 0;
    for (int i = 0; i < flight; i++) {
        int share = count / flight + (i < count % flight);
        workers[i] = (struct worker){.arguments = arguments, .slot = i, .first = given, .count = share};
        workers[i].times = times + given;
        given += share;
        int error = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        if (error != 0) fail("cannot start", "a thread", error);
    }
    for (int i = 0; i < flight; i++) pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < count; i++) printf("%llu\n", (unsigned long long)times[i]);
    free(workers);
    free(times);
}

int main(int argc, char **argv)
{
    enum { COUNT = 1, FLIGHT, PURE, QUIET };
    static const struct option options[] = {
        {"count", required_argument, NULL, COUNT},
        {"in-flight", required_argument, NULL, FLIGHT},
        {"pure-v1", required_argument, NULL, PURE},
        {"quiet", no_argument, NULL, QUIET},
        {0},
    };
    int count = 1, flight = 1, choice;
    while ((choice = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (choice) {
        case COUNT: count = atoi(optarg); break;
        case FLIGHT: flight = atoi(optarg); break;
        case PURE: show_pure_v1(optarg); break;
        case QUIET: is_quiet = 1; break;
        default: return 2;
        }
    }
    if (optind >= argc || count < 1 || flight < 1) {
        fprintf(stderr, "usage: spawner [--count N] [--in-flight N] [--pure-v1 NAME,...] [--quiet] -- PROGRAM [ARGUMENT ...]\n");
        return 2;
    }
    run(argv + optind, count, flight);
    return 0;
}
