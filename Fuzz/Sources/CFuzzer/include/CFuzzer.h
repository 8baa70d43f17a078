// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Nestbox authors

#pragma once

#include <stddef.h>
#include <stdint.h>

// libFuzzer's entry point for programs that bring a `main` of their own: no header of the toolchain declares it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));
