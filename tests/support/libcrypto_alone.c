/* SPDX-License-Identifier: MIT */

/*
 * What libcrypto takes of memory by itself, after a hash and a key as filterd needs: two numbers in
 * KiB, the process's own and all that is resident.
 */

#include <openssl/evp.h>
#include <stdio.h>

int main(void)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len, own = 0, all = 0;
	EVP_PKEY     *key    = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE         *status = fopen("/proc/self/status", "r");
	char          line[128];

	if (key == NULL || status == NULL || EVP_Digest("", 0, digest, &len, EVP_sha256(), NULL) != 1)
		return 1;
	while (fgets(line, sizeof(line), status) != NULL) {
		sscanf(line, "RssAnon: %u", &own);
		sscanf(line, "VmRSS: %u", &all);
	}
	fclose(status);
	EVP_PKEY_free(key);
	printf("%u %u\n", own, all);
	return 0;
}
