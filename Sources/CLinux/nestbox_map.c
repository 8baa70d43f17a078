/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_map.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program, a process, and three words for each of the 340 ranges that the kernel takes. */
enum { WORDS = 2 + 3 * 340 + 1 };

int nestbox_write_map(pid_t pid, const char *file, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int map = open(path, O_WRONLY | O_CLOEXEC);
    if (map < 0) return errno;
    int error = write(map, text, strlen(text)) < 0 ? errno : 0;
    close(map);
    return error;
}

/* Silent, with nothing of ours open, its signals as a shell would leave them. */
static int run_to_its_end(const char *program, char **arguments)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char *no_environment[] = {NULL};
    pid_t pid, ended;
    int status = 0;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    for (int stream = 0; stream < 3; stream++)
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(&pid, program, &actions, &attributes, arguments, no_environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error) return error;
    while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {}
    /* Where SIGCHLD is ignored there is no status; a map that was refused is then found missing by its user. */
    return ended == pid && status != 0 ? EPERM : 0;
}

int nestbox_write_map_by(const char *program, pid_t pid, const char *text)
{
    char number[16], *rest = NULL;
    char *copy = strdup(text);
    char **words = calloc(WORDS, sizeof *words);
    int error = ENOMEM;
    if (copy && words) {
        size_t count = 2;
        snprintf(number, sizeof number, "%d", (int)pid);
        words[0] = (char *)program;
        words[1] = number;
        for (char *word = strtok_r(copy, " \n", &rest); word && count < WORDS - 1; word = strtok_r(NULL, " \n", &rest))
            words[count++] = word;
        error = run_to_its_end(program, words);
    }
    free(words);
    free(copy);
    return error;
}
