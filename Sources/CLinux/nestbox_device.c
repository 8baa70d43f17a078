/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

#define _GNU_SOURCE
#include "nestbox_device.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Larger than any message that is sent here, and than what the kernel sends at a time. */
#define ROOM 32768

struct message {
    struct nlmsghdr header;
    char rest[1024];
};

int nestbox_device_socket(void)
{
    int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    return s < 0 ? -errno : s;
}

static void *begin(struct message *m, uint16_t type, uint16_t flags, size_t size)
{
    memset(m, 0, sizeof *m);
    m->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
    m->header.nlmsg_type = type;
    m->header.nlmsg_flags = NLM_F_REQUEST | flags;
    return NLMSG_DATA(&m->header);
}

static int append(struct message *m, uint16_t type, const void *bytes, size_t size)
{
    size_t at = NLMSG_ALIGN(m->header.nlmsg_len);
    if (at + RTA_SPACE(size) > sizeof *m) return -ENOBUFS;
    struct rtattr *attribute = (struct rtattr *)((char *)m + at);
    attribute->rta_type = type;
    attribute->rta_len = (uint16_t)RTA_LENGTH(size);
    memcpy(RTA_DATA(attribute), bytes, size);
    m->header.nlmsg_len = (uint32_t)(at + RTA_ALIGN(attribute->rta_len));
    return 0;
}

static int post(int s, const struct nlmsghdr *header)
{
    ssize_t r;
    do r = send(s, header, header->nlmsg_len, 0);
    while (r < 0 && errno == EINTR);
    return r < 0 ? -errno : 0;
}

static ssize_t receive(int s, void *buffer)
{
    ssize_t r;
    do r = recv(s, buffer, ROOM, 0);
    while (r < 0 && errno == EINTR);
    return r < 0 ? -errno : r;
}

/* Sends what is to be acknowledged and gives the kernel's answer. */
static int ask(int s, struct nlmsghdr *header)
{
    _Alignas(NLMSG_ALIGNTO) char buffer[ROOM];
    header->nlmsg_flags |= NLM_F_ACK;
    int r = post(s, header);
    if (r < 0) return r;
    for (;;) {
        ssize_t got = receive(s, buffer);
        if (got < 0) return (int)got;
        int left = (int)got;
        for (struct nlmsghdr *h = (struct nlmsghdr *)buffer; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
            if (h->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
    }
}

int nestbox_device_find(int s, const char *name, struct nestbox_device *device)
{
    _Alignas(NLMSG_ALIGNTO) char buffer[ROOM];
    struct message m;
    begin(&m, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
    int r = append(&m, IFLA_IFNAME, name, strlen(name) + 1);
    if (r == 0) r = post(s, &m.header);
    if (r < 0) return r;
    ssize_t got = receive(s, buffer);
    if (got < 0) return (int)got;
    struct nlmsghdr *h = (struct nlmsghdr *)buffer;
    if (!NLMSG_OK(h, (int)got)) return -EPROTO;
    if (h->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
    const struct ifinfomsg *link = NLMSG_DATA(h);
    device->index = link->ifi_index;
    device->is_up = (link->ifi_flags & IFF_UP) != 0;
    return 0;
}

/* What an address keeps: what it is, not what the kernel has made of it. Its label would name the old device. */
static int copy_address(const struct nlmsghdr *from, struct message *to)
{
    const struct ifaddrmsg *old = NLMSG_DATA(from);
    uint32_t flags = old->ifa_flags;
    struct ifaddrmsg *new = begin(to, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *new);
    *new = *old;
    int left = (int)IFA_PAYLOAD(from), r = 0;
    for (const struct rtattr *a = IFA_RTA(old); RTA_OK(a, left) && r == 0; a = RTA_NEXT(a, left)) {
        switch (a->rta_type) {
        case IFA_FLAGS: memcpy(&flags, RTA_DATA(a), sizeof flags); break;
        case IFA_LOCAL:
        case IFA_ADDRESS:
        case IFA_BROADCAST:
        case IFA_RT_PRIORITY: r = append(to, a->rta_type, RTA_DATA(a), RTA_PAYLOAD(a)); break;
        default: break;
        }
    }
    if (r < 0) return r;
    if (!(flags & IFA_F_PERMANENT) || old->ifa_scope != RT_SCOPE_UNIVERSE) return 0;
    flags &= IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;
    new->ifa_flags = (uint8_t)flags;
    r = append(to, IFA_FLAGS, &flags, sizeof flags);
    return r < 0 ? r : 1;
}

long nestbox_device_addresses(int s, int index, void *addresses, size_t capacity)
{
    _Alignas(NLMSG_ALIGNTO) char buffer[ROOM];
    struct message m;
    size_t size = 0;
    long failed = 0;
    begin(&m, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
    int r = post(s, &m.header);
    if (r < 0) return r;
    for (;;) {
        ssize_t got = receive(s, buffer);
        if (got < 0) return got;
        int left = (int)got;
        for (struct nlmsghdr *h = (struct nlmsghdr *)buffer; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
            if (h->nlmsg_type == NLMSG_DONE) return failed ? failed : (long)size;
            if (h->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)NLMSG_DATA(h))->error;
            if (((struct ifaddrmsg *)NLMSG_DATA(h))->ifa_index != (unsigned)index || failed) continue;
            r = copy_address(h, &m);
            if (r == 0) continue;
            size_t length = NLMSG_ALIGN(m.header.nlmsg_len);
            if (r < 0 || size + length > capacity) {
                failed = -ENOBUFS;
                continue;
            }
            memcpy((char *)addresses + size, &m, length);
            size += length;
        }
    }
}

int nestbox_device_add_addresses(int s, int index, const void *addresses, size_t size)
{
    struct message m;
    for (size_t at = 0; at < size; at += NLMSG_ALIGN(m.header.nlmsg_len)) {
        memcpy(&m.header, (const char *)addresses + at, sizeof m.header);
        memcpy(&m, (const char *)addresses + at, m.header.nlmsg_len);
        ((struct ifaddrmsg *)NLMSG_DATA(&m.header))->ifa_index = (unsigned)index;
        int r = ask(s, &m.header);
        if (r < 0) return r;
    }
    return 0;
}

int nestbox_device_set_up(int s, int index)
{
    struct message m;
    struct ifinfomsg *link = begin(&m, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = index;
    link->ifi_change = IFF_UP;
    link->ifi_flags = IFF_UP;
    return ask(s, &m.header);
}

int nestbox_device_move(int s, int index, int namespace, const char *name)
{
    struct message m;
    struct ifinfomsg *link = begin(&m, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = index;
    int r = append(&m, IFLA_NET_NS_FD, &namespace, sizeof namespace);
    if (r == 0) r = append(&m, IFLA_IFNAME, name, strlen(name) + 1);
    return r < 0 ? r : ask(s, &m.header);
}
