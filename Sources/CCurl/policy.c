#define _GNU_SOURCE 1
#include "ccurl.h"
#include "table.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned int class_of_ipv4(const unsigned char *a)
{
    if (a[0] == 169 && a[1] == 254) return CC_REFUSE_LINK_LOCAL;
    if (a[0] >= 224) return CC_REFUSE_LINK_LOCAL; /* multicast, reserved, broadcast */
    if (a[0] == 127 || a[0] == 0) return CC_REFUSE_LOOPBACK;
    return 0;
}

static unsigned int class_of_ipv6(const unsigned char *a)
{
    static const unsigned char zero[16], mapped[12] = { [10] = 0xff, [11] = 0xff }, nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
    if (a[0] == 0xfe && (a[1] & 0xc0) == 0x80) return CC_REFUSE_LINK_LOCAL;
    if (a[0] == 0xff) return CC_REFUSE_LINK_LOCAL;
    /* An IPv4 address in disguise: mapped, translated (RFC 6052), 6to4. */
    if (!memcmp(a, mapped, 12) || !memcmp(a, nat64, 12)) return class_of_ipv4(a + 12);
    if (a[0] == 0x20 && a[1] == 0x02) return class_of_ipv4(a + 2);
    if (!memcmp(a, zero, 15) && a[15] <= 1) return CC_REFUSE_LOOPBACK;
    if (!memcmp(a, zero, 12)) return class_of_ipv4(a + 12);
    /* The metadata service's address in EC2, which is no link-local one. */
    static const unsigned char metadata[16] = { 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54 };
    return memcmp(a, metadata, 16) ? 0 : CC_REFUSE_LINK_LOCAL;
}

unsigned int cc_address_refused(const struct cc_address_policy *policy, const unsigned char *bytes, int count, unsigned int port)
{
    unsigned int class = count == 4 ? class_of_ipv4(bytes) : count == 16 ? class_of_ipv6(bytes) : 0;
    if (class == CC_REFUSE_LOOPBACK && policy->proxy_port && port == policy->proxy_port) return 0;
    return class & policy->refuse;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct cc_address_policy *policy = context;
    (void)purpose;
    unsigned int refused = 0;
    if (address->family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)&address->addr;
        refused = cc_address_refused(policy, (const unsigned char *)&in->sin_addr, 4, ntohs(in->sin_port));
    } else if (address->family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)&address->addr;
        refused = cc_address_refused(policy, (const unsigned char *)&in->sin6_addr, 16, ntohs(in->sin6_port));
    } else {
        return CURL_SOCKET_BAD;
    }
    if (refused) {
        policy->refused |= refused;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int cc_setopt_policy(CURL *handle, struct cc_address_policy *policy)
{
    int result = (int)cc_curl.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    return result ? result : (int)cc_curl.easy_setopt(handle, CURLOPT_OPENSOCKETDATA, policy);
}
