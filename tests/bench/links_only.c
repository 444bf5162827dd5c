/* SPDX-License-Identifier: MIT */
/* Does nothing but load the libraries that prebleed loads: what one short run cannot go below. */
#include <stdio.h>

#include <archive.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <zlib.h>

int main(void)
{
    printf("jansson %s, %s, %s, zlib %s\n", jansson_version_str(), OpenSSL_version(OPENSSL_VERSION),
           archive_version_string(), zlibVersion());
    return 0;
}
