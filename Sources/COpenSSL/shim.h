/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The Nestbox authors */

/* OpenSSL, and functions for what it offers as macros only, which Swift does not import. */

#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

/* SSL_CTX_set_min_proto_version. */
static inline int copenssl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

/* SSL_CTX_set_mode: writes may be partial and go on from another buffer; idle connections hold no buffers. */
static inline void copenssl_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
}

/* SSL_set_tlsext_host_name. */
static inline int copenssl_set_server_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

/* Chooses a protocol by ALPN, HTTP/2 first if it is allowed; a client that offers neither gets none. */
static int copenssl_select(SSL *session, const unsigned char **chosen, unsigned char *length,
                           const unsigned char *offered, unsigned int size, void *allows_http2) {
    (void)session;
    const unsigned char *wanted[] = {(const unsigned char *)"\x02h2", (const unsigned char *)"\x08http/1.1"};
    for (int index = allows_http2 ? 0 : 1; index < 2; index++) {
        for (unsigned int at = 0; at + offered[at] < size; at += offered[at] + 1u) {
            if (offered[at] == wanted[index][0] && memcmp(offered + at + 1, wanted[index] + 1, offered[at]) == 0) {
                *chosen = offered + at + 1;
                *length = offered[at];
                return SSL_TLSEXT_ERR_OK;
            }
        }
    }
    return SSL_TLSEXT_ERR_NOACK;
}

/* SSL_CTX_set_alpn_select_cb with the function above. */
static inline void copenssl_offer_protocols(SSL_CTX *context, int allows_http2) {
    SSL_CTX_set_alpn_select_cb(context, copenssl_select, allows_http2 ? (void *)1 : NULL);
}

/* SSL_CTX_set1_groups_list and the like are not needed: the library's defaults are the field's. */

#endif
