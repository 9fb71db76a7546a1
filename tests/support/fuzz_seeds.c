/* SPDX-License-Identifier: MIT */

/*
 * Runs a fuzz target over the files named on the command line (or all files of the folders named),
 * and over every shorter length of each: so the seeds are ordinary tests, without a fuzzer.
 *
 *     seeds_NAME [--lengths N] PATH...
 *
 * With --lengths only N lengths of each file, spread evenly: for a target whose one run is
 * expensive.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define SEED_MAX 65536          /* bytes of a seed that are read */
#define EVERY_LENGTH_MAX 2048   /* longer seeds are cut at these many places from their end only */

static unsigned num_inputs;
static size_t   num_lengths;    /* 0: every one */

static void run_file(const char *path)
{
	static uint8_t seed[SEED_MAX];
	FILE          *f = fopen(path, "rb");
	size_t         len, step;

	if (f == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	len = fread(seed, 1, sizeof(seed), f);
	fclose(f);
	step = num_lengths > 0 && len > num_lengths ? len / num_lengths : 1;
	for (size_t cut = 0; cut <= len && cut <= EVERY_LENGTH_MAX * step; cut += step) {
		/* A copy of the exact size, so that a sanitizer sees the first byte too far. */
		uint8_t *exact = malloc(len - cut + 1);

		if (exact == NULL)
			exit(EXIT_FAILURE);
		memcpy(exact, seed, len - cut);
		LLVMFuzzerTestOneInput(exact, len - cut);
		free(exact);
		num_inputs++;
	}
}

static void run_path(const char *path)
{
	struct stat st;
	char        inner[4096];

	if (stat(path, &st) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	if (!S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}

	DIR           *d = opendir(path);
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, e->d_name);
		run_file(inner);
	}
	if (d != NULL)
		closedir(d);
}

int main(int argc, char **argv)
{
	int i = 1;

	if (argc > 2 && strcmp(argv[1], "--lengths") == 0) {
		num_lengths = strtoul(argv[2], NULL, 10);
		i = 3;
	}
	for (; i < argc; i++)
		run_path(argv[i]);
	if (num_inputs == 0) {
		fprintf(stderr, "no seed was found\n");
		return EXIT_FAILURE;
	}
	printf("1..1\nok 1 - %u inputs from seeds\n", num_inputs);
	return EXIT_SUCCESS;
}
