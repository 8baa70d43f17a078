// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

// Tells the thread sanitizer what the standard library's `Mutex` does where it waits; loaded before that library.
//
// Its fast way is compiled into the program and so is seen: a compare-and-exchange of the thread's number. Its slow way is
// in libswiftSynchronization, which no sanitizer has instrumented, and ends in the kernel (FUTEX_LOCK_PI hands the lock
// over). So every lock that was ever waited for looked like a race. Both functions are taken over here and called as they
// are, with what they mean for the order of memory: all that came before an unlock is seen after the next lock.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

// Synchronization._MutexHandle._lockSlow(UInt32) and ._unlockSlow(), as Swift names them in Linux's binaries.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Missing in programs without the sanitizer, which this is loaded into as well.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef SWIFT void lock_function(uint32_t observed, SELF void *handle);
typedef SWIFT void unlock_function(SELF void *handle);

static lock_function *standard_lock;
static unlock_function *standard_unlock;

SWIFT void lock_slow(uint32_t observed, SELF void *handle) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK_SLOW);

__attribute__((constructor)) static void find_standard(void) {
    standard_lock = (lock_function *)dlsym(RTLD_NEXT, LOCK_SLOW);
    standard_unlock = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
}

SWIFT void lock_slow(uint32_t observed, SELF void *handle) {
    if (!standard_lock) abort();
    standard_lock(observed, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF void *handle) {
    if (!standard_unlock) abort();
    if (__tsan_release) __tsan_release(handle);
    standard_unlock(handle);
}
