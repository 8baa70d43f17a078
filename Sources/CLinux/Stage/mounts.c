/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* Filesystems, mount targets and the change of root. */
#include "stage.h"

static long open_beneath(int root, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {flags | O_CLOEXEC, 0, resolve | RESOLVE_NO_MAGICLINKS};
    return nestbox_syscall4(NR_openat2, root, path, &how, sizeof how);
}

/* The filesystem's own explanation is one `read` away; it beats any errno. Without one, the option's name is said. */
static void keep_detail(struct stage *s, long context, const char *key)
{
    char *detail = s->header->detail;
    long got = nestbox_syscall3(NR_read, context, detail, NESTBOX_PLAN_DETAIL - 1);
    if (got <= 0) {
        got = 0;
        while (key[got] && got < NESTBOX_PLAN_DETAIL - 1) {
            detail[got] = key[got];
            got++;
        }
    }
    detail[got] = 0;
}

long new_filesystem(struct stage *s, const struct nestbox_operation *op)
{
    long context = nestbox_syscall2(NR_fsopen, string_at(s, op->text), FSOPEN_CLOEXEC);
    if (context < 0) return context;
    /* Options are pairs of strings; an empty value makes a flag. */
    const char *key = (const char *)(s->base + op->data);
    const char *end = key + op->length;
    while (key < end) {
        const char *value = key + length_of(key) + 1;
        long r = *value ? nestbox_syscall5(NR_fsconfig, context, FSCONFIG_SET_STRING, key, value, 0)
                        : nestbox_syscall5(NR_fsconfig, context, FSCONFIG_SET_FLAG, key, 0, 0);
        if (r < 0) {
            keep_detail(s, context, key);
            return r;
        }
        key = value + length_of(value) + 1;
    }
    long r = nestbox_syscall5(NR_fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
    if (r >= 0) r = nestbox_syscall3(NR_fsmount, context, FSMOUNT_CLOEXEC, op->value);
    if (r < 0) {
        keep_detail(s, context, "");
        return r;
    }
    s->slots[op->result] = (int32_t)r;
    return 0;
}

static long clone_of(int from, const char *path, long extra)
{
    long flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW | extra;
    if (!*path) flags |= AT_EMPTY_PATH;
    return nestbox_syscall3(NR_open_tree, from, path, flags);
}

static long move_onto(long mount, int directory, const char *path)
{
    long flags = MOVE_MOUNT_F_EMPTY_PATH;
    if (!*path) flags |= MOVE_MOUNT_T_EMPTY_PATH;
    return nestbox_syscall5(NR_move_mount, mount, "", directory, path, flags);
}

/* Of the host's tree, whose links are the host's own; or of what a slot holds. */
long clone_tree(struct stage *s, const struct nestbox_operation *op)
{
    long flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (op->flags & NESTBOX_RECURSIVE ? AT_RECURSIVE : 0);
    if (op->source >= 0) flags |= AT_EMPTY_PATH;
    long r = nestbox_syscall3(NR_open_tree, slot(s, op->source), string_at(s, op->path), flags);
    if (r < 0) return r;
    s->slots[op->result] = (int32_t)r;
    return 0;
}

long mount_attributes(struct stage *s, const struct nestbox_operation *op)
{
    struct mount_attr attributes = {op->value, op->value2, (uint64_t)op->number, 0};
    long flags = AT_EMPTY_PATH | (op->flags & NESTBOX_RECURSIVE ? AT_RECURSIVE : 0);
    return nestbox_syscall5(NR_mount_setattr, slot(s, op->source), "", flags, &attributes, sizeof attributes);
}

/* Opens the last component of what is being made; a link there, dangling or not, is never followed. */
static long make_last(int parent, const char *name, int directory)
{
    long r = directory ? nestbox_syscall3(NR_mkdirat, parent, name, 0755)
                       : nestbox_syscall4(NR_mknodat, parent, name, S_IFREG | 0644, 0);
    if (r < 0 && r != -EEXIST) return r;
    r = open_beneath(parent, name, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    return r == -ELOOP ? -EXDEV : r;
}

/*
 * Makes what is missing of `path`, one component at a time, each below a descriptor that is known to be in the root.
 * `path` is the plan's own memory: separators become terminators for a moment.
 */
static long make_target(int root, char *path, int directory)
{
    long parent = root;
    char *name = path;
    for (char *c = path;; c++) {
        if (*c != '/' && *c != 0) continue;
        int last = *c == 0;
        *c = 0;
        long next = open_beneath(root, path, O_PATH, RESOLVE_IN_ROOT);
        if (next == -ENOENT) next = make_last((int)parent, name, last ? directory : 1);
        if (!last) *c = '/';
        if (next < 0 || last) return next;
        parent = next;
        name = c + 1;
    }
}

/* Whether the last component is a link, asked without following it. */
static int ends_in_link(int root, char *path)
{
    char *name = path;
    for (char *c = path; *c; c++)
        if (*c == '/') name = c + 1;
    long parent = root;
    if (name != path) {
        name[-1] = 0;
        parent = open_beneath(root, path, O_PATH | O_DIRECTORY, RESOLVE_IN_ROOT);
        name[-1] = '/';
    }
    return parent >= 0 && open_beneath((int)parent, name, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS) == -ELOOP;
}

/*
 * Links in an image are its own affair as long as they stay in the root. A target that is itself a link which is
 * absolute, climbs above the root or dangles is refused with EXDEV: nothing is ever made or mounted through it.
 */
long open_target(struct stage *s, const struct nestbox_operation *op)
{
    int root = slot(s, op->source);
    char *path = (char *)string_at(s, op->path);
    long r = open_beneath(root, path, O_PATH, RESOLVE_BENEATH);
    if (r == -EXDEV) {
        if (!(op->flags & NESTBOX_FOLLOW_LINK) && ends_in_link(root, path)) return -EXDEV;
        r = open_beneath(root, path, O_PATH, RESOLVE_IN_ROOT);
    }
    if (r == -ENOENT && op->flags & (NESTBOX_MAKE_TARGET_DIRECTORY | NESTBOX_MAKE_TARGET_FILE))
        r = make_target(root, path, op->flags & NESTBOX_MAKE_TARGET_DIRECTORY);
    if (r < 0) return r;
    s->slots[op->result] = (int32_t)r;
    return 0;
}

long attach(struct stage *s, const struct nestbox_operation *op)
{
    return move_onto(slot(s, op->source), slot(s, op->target), string_at(s, op->path));
}

/*
 * The new root is attached on top of the old one, entered, and made the root; the old tree goes with all that is below
 * it. Where the old root is the initramfs, which cannot be pivoted away from, it is covered for good instead.
 */
long change_root(struct stage *s, const struct nestbox_operation *op)
{
    int mount = slot(s, op->source);
    long r = move_onto(mount, AT_FDCWD, "/");
    if (r >= 0) r = nestbox_syscall1(NR_fchdir, mount);
    if (r < 0) return r;
    r = nestbox_syscall2(NR_pivot_root, ".", ".");
    if (r == -EINVAL) return nestbox_syscall1(NR_chroot, ".");
    if (r >= 0) r = nestbox_syscall2(NR_umount2, ".", MNT_DETACH);
    return r;
}

long enter_root(int directory)
{
    long r = nestbox_syscall1(NR_fchdir, directory);
    return r < 0 ? r : nestbox_syscall1(NR_chroot, ".");
}

/*
 * The tree that was put together in the stage's own namespace goes along as a clone that is attached nowhere: nothing
 * is ever mounted in the namespace that is joined, and the kernel frees the clone with the last process that is in it.
 */
long join_mounts(struct stage *s, const struct nestbox_operation *op)
{
    long tree = 0;
    if (op->result >= 0) tree = clone_of(AT_FDCWD, "/", AT_RECURSIVE);
    if (tree < 0) return tree;
    long r = nestbox_syscall2(NR_setns, slot(s, op->source), CLONE_NEWNS);
    if (r < 0 || op->result < 0) return r;
    s->slots[op->result] = (int32_t)tree;
    return enter_root((int)tree);
}

long make_node(struct stage *s, const struct nestbox_operation *op)
{
    int directory = slot(s, op->target);
    const char *path = string_at(s, op->path);
    long r = nestbox_syscall4(NR_mknodat, directory, path, op->number, op->value);
    if (r >= 0) r = nestbox_syscall5(NR_fchownat, directory, path, op->value2 >> 32, (uint32_t)op->value2, AT_SYMLINK_NOFOLLOW);
    /* The mask of file modes does not apply to what the configuration says. */
    if (r >= 0) r = nestbox_syscall3(NR_fchmodat, directory, path, op->number & 07777);
    return r;
}

static long status_of(int file, struct statx *status)
{
    return nestbox_syscall5(NR_statx, file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
}

long expect_mount(struct stage *s, const struct nestbox_operation *op)
{
    struct statx status;
    long r = status_of(slot(s, op->source), &status);
    if (r < 0) return r;
    return status.attributes & STATX_ATTR_MOUNT_ROOT ? 0 : -EINVAL;
}

static int is_device(const struct statx *status, const struct nestbox_operation *op)
{
    uint32_t major = status->device_major, minor = status->device_minor, type = (uint32_t)op->number & S_IFMT;
    if ((status->mode & S_IFMT) != type) return 0;
    return type == S_IFIFO || op->value == ((minor & 0xff) | (major & 0xfff) << 8 | (uint64_t)(minor & ~0xffu) << 12);
}

long expect_device(struct stage *s, const struct nestbox_operation *op)
{
    struct statx status;
    long r = status_of(slot(s, op->source), &status);
    if (r < 0 || is_device(&status, op)) return r;
    int is_left = (status.mode & S_IFMT) == S_IFREG && status.size == 0;
    return op->flags & NESTBOX_EMPTY_FILE && is_left ? 0 : -EEXIST;
}

/* With its mode from the start: changing it by name later might change what someone has put in its place. */
static long make_exactly(int parent, const char *name, const struct nestbox_operation *op)
{
    long mask = nestbox_syscall1(NR_umask, 0);
    long r = nestbox_syscall4(NR_mknodat, parent, name, op->number, op->value);
    nestbox_syscall1(NR_umask, mask);
    if (r < 0) return r;
    return nestbox_syscall5(NR_fchownat, parent, name, op->value2 >> 32, (uint32_t)op->value2, AT_SYMLINK_NOFOLLOW);
}

static long open_device(int parent, const char *name, const struct nestbox_operation *op, struct statx *status)
{
    long node = open_beneath(parent, name, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
    if (node == -ELOOP) return -EEXIST;
    long r = node < 0 ? node : status_of((int)node, status);
    if (r < 0) return r;
    return is_device(status, op) ? node : -EEXIST;
}

/* In the root itself, which may be the image's: what is there already has to be that device, and no link to it. */
long make_device(struct stage *s, const struct nestbox_operation *op)
{
    char *path = (char *)string_at(s, op->path), *name = path;
    long parent = slot(s, op->source);
    struct statx status;
    for (char *c = path; *c; c++)
        if (*c == '/') name = c + 1;
    if (name != path) {
        name[-1] = 0;
        parent = make_target((int)parent, path, 1);
        name[-1] = '/';
    }
    if (parent < 0) return parent;
    long r = make_exactly((int)parent, name, op);
    if (r < 0 && r != -EEXIST) return r;
    long node = open_device((int)parent, name, op, &status);
    if (node < 0) return node;
    int differs = (status.mode & 07777) != (op->number & 07777) || status.user != op->value2 >> 32
                  || status.group != (uint32_t)op->value2;
    if (differs && !(op->flags & NESTBOX_KEEP_MODE)) {
        r = nestbox_syscall3(NR_unlinkat, parent, name, 0);
        if (r >= 0) r = make_exactly((int)parent, name, op);
        if (r < 0) return r;
        node = open_device((int)parent, name, op, &status);
    }
    if (node < 0) return node;
    s->slots[op->result] = (int32_t)node;
    return 0;
}

long clone_child(struct stage *s, const struct nestbox_operation *op)
{
    long r = clone_of(slot(s, op->target), string_at(s, op->path), 0);
    if (r < 0) return r;
    s->slots[op->result] = (int32_t)r;
    return 0;
}

static int is_absent(long r)
{
    return r == -ENOENT || r == -ENOTDIR;
}

static long cover_with(struct cover *cover, int mount, int directory, const char *path)
{
    if (cover->attached && cover->spare < 0) cover->spare = clone_of(mount, "", 0);
    if (cover->attached && cover->spare < 0) return cover->spare;
    long r = move_onto(cover->attached ? cover->spare : mount, directory, path);
    if (r < 0) return r;
    cover->attached = 1;
    cover->spare = -1;
    return 0;
}

/*
 * A file is covered with the null device, a directory with an empty read-only one. Paths on our own procfs and sysfs
 * are used as they are: nobody else has touched those filesystems. Any other is the image's, and resolved in the root.
 */
long mask(struct stage *s, const struct nestbox_operation *op)
{
    int directory = slot(s, op->target);
    const char *path = string_at(s, op->path);
    if (op->flags & NESTBOX_PATH_OF_IMAGE) {
        long target = open_beneath(directory, path, O_PATH, RESOLVE_IN_ROOT);
        if (target < 0) return is_absent(target) ? 0 : target;
        directory = (int)target;
        path = "";
    }
    if (op->flags & NESTBOX_NULL_IS_ATTACHED) s->null.attached = 1;
    int likely = op->flags & NESTBOX_LIKELY_DIRECTORY;
    long r = likely ? cover_with(&s->empty, slot(s, op->result), directory, path)
                    : cover_with(&s->null, slot(s, op->source), directory, path);
    if (r == -EINVAL || r == -ENOTDIR)
        r = likely ? cover_with(&s->null, slot(s, op->source), directory, path)
                   : cover_with(&s->empty, slot(s, op->result), directory, path);
    return is_absent(r) ? 0 : r;
}

long read_only(struct stage *s, const struct nestbox_operation *op)
{
    int directory = slot(s, op->target);
    const char *path = string_at(s, op->path);
    if (op->flags & NESTBOX_PATH_OF_IMAGE) {
        long target = open_beneath(directory, path, O_PATH, RESOLVE_IN_ROOT);
        if (target < 0) return is_absent(target) ? 0 : target;
        directory = (int)target;
        path = "";
    }
    long tree = clone_of(directory, path, AT_RECURSIVE);
    if (tree < 0) return is_absent(tree) ? 0 : tree;
    struct mount_attr attributes = {MOUNT_ATTR_RDONLY, 0, 0, 0};
    long flags = AT_EMPTY_PATH | AT_RECURSIVE;
    long r = nestbox_syscall5(NR_mount_setattr, tree, "", flags, &attributes, sizeof attributes);
    return r < 0 ? r : move_onto(tree, directory, path);
}
