/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Processes by descriptor, and memory files. glibc has pidfd calls since 2.36 only; waitid's union is unseen by Swift. */
#ifndef NESTBOX_PROCESS_H
#define NESTBOX_PROCESS_H

#include <stddef.h>

/* A pipe whose ends are closed on execution. 0 or -errno. */
int nestbox_pipe(int *read_end, int *write_end);

/* Names the calling thread, in at most 15 bytes. */
void nestbox_name_thread(const char *name);

/* Reaps the process if it has ended. 1 with *signalled and *value (exit code or signal), 0 if it runs, or -errno. */
int nestbox_reap(int pidfd, int *signalled, int *value);

/* 0 or -errno; ESRCH once the process has been reaped. */
int nestbox_send_signal(int pidfd, int signal);

/* The process with this number; a descriptor, or -errno. It has to be made sure that the number is still its own. */
int nestbox_open_process(int pid);

/* Whether the process is a child of this one that has not been reaped. */
int nestbox_is_child(int pidfd);

/* Whether this process ignores the signal. glibc does not answer for the signals it keeps for itself. */
int nestbox_ignores(int signal);

/* A memfd that may be executed, holds these bytes and can never change again; or -errno. */
int nestbox_sealed_program(const char *name, const void *bytes, size_t size);

/* A memfd of just these bytes, whose size is sealed and whose contents are not; or -errno. */
int nestbox_shared_memory(const char *name, const void *bytes, size_t size);

/* Adds to a posix_spawn_file_actions_t that descriptors from 3 on are closed; Swift's Glibc has not the function. */
int nestbox_close_descriptors_in(void *file_actions);

/* An empty memfd, closed on execution; or -errno. */
int nestbox_memory_file(const char *name);

#endif
