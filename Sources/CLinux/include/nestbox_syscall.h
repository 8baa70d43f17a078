/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/*
 * System calls as inlined instructions.
 *
 * Used where libc must not run: in the stage (there is none) and between clone and exec, where the child shares the
 * parent's memory and thread-local errno. Results are the kernel's: negative errno on failure.
 */
#ifndef NESTBOX_SYSCALL_H
#define NESTBOX_SYSCALL_H

#if defined(__x86_64__)
static inline __attribute__((always_inline)) long
nestbox_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    long r;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return r;
}
#elif defined(__aarch64__)
static inline __attribute__((always_inline)) long
nestbox_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}
#else
#error "Nestbox runs on x86-64 and arm64"
#endif

#define nestbox_syscall0(n) nestbox_syscall6((n), 0, 0, 0, 0, 0, 0)
#define nestbox_syscall1(n, a) nestbox_syscall6((n), (long)(a), 0, 0, 0, 0, 0)
#define nestbox_syscall2(n, a, b) nestbox_syscall6((n), (long)(a), (long)(b), 0, 0, 0, 0)
#define nestbox_syscall3(n, a, b, c) nestbox_syscall6((n), (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define nestbox_syscall4(n, a, b, c, d) nestbox_syscall6((n), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define nestbox_syscall5(n, a, b, c, d, e) \
    nestbox_syscall6((n), (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

#endif
