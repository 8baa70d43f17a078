/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */
#define _GNU_SOURCE
#include "CVolumeStore.h"

#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/quota.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443
#endif

/* Blocks of quota limits, whatever those of the filesystem are (linux/quota.h: QIF_DQBLKSIZE). */
enum { limit_block = 1024 };

static int quota(int file, unsigned command, uint32_t project, void *argument) {
    return (int)syscall(SYS_quotactl_fd, (unsigned)file, QCMD(command, PRJQUOTA), project, argument);
}

/*
 * Only xfs holds everybody to a project's limit. The quotas that ext4 has let a process with CAP_SYS_RESOURCE write on
 * (ignore_hardlimit in the kernel's fs/quota/dquot.c): root of a privileged container, and the store's own copies.
 */
bool cvolumestore_enforces_projects(int file) {
    struct statfs status;
    if (fstatfs(file, &status) != 0 || status.f_type != XFS_SUPER_MAGIC) return false;
    struct fs_quota_statv state = {.qs_version = FS_QSTATV_VERSION1};
    return quota(file, Q_XGETQSTATV, 0, &state) == 0 && (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0;
}

int cvolumestore_get_project_quota(int file, uint32_t project, struct cvolumestore_quota *result) {
    struct if_dqblk block = {0};
    if (quota(file, Q_GETQUOTA, project, &block) != 0) return -1;
    result->bytes = block.dqb_curspace;
    result->inodes = block.dqb_curinodes;
    result->limit = block.dqb_bhardlimit * limit_block;
    return 0;
}

int cvolumestore_limit_project(int file, uint32_t project, uint64_t bytes) {
    uint64_t blocks = (bytes + limit_block - 1) / limit_block;
    struct if_dqblk block = {.dqb_bhardlimit = blocks, .dqb_bsoftlimit = blocks, .dqb_valid = QIF_BLIMITS};
    return quota(file, Q_SETQUOTA, project, &block);
}

int cvolumestore_set_project(int directory, uint32_t project) {
    struct fsxattr attributes;
    if (ioctl(directory, FS_IOC_FSGETXATTR, &attributes) != 0) return -1;
    attributes.fsx_projid = project;
    attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    return ioctl(directory, FS_IOC_FSSETXATTR, &attributes);
}

uint32_t cvolumestore_get_project(int file) {
    struct fsxattr attributes = {0};
    return ioctl(file, FS_IOC_FSGETXATTR, &attributes) == 0 ? attributes.fsx_projid : 0;
}
