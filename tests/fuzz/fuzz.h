/* A fuzz target is LLVMFuzzerTestOneInput alone: libFuzzer brings its main. With -DFUZZ_ALONE it has one of its own,
 * which runs it on the files that are named: to look at a finding with any compiler and debugger. */
#ifndef LABCTL_TESTS_FUZZ_H
#define LABCTL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef FUZZ_ALONE

#include <stdio.h>

#include "base/file.h"
#include "base/str.h"

int main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	for (int i = 1; i < argc; i++) {
		AUTO_STR content = { 0 };

		if (file_read(argv[i], (size_t)64 * 1024 * 1024, &content, &e) != 0) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)str_text(&content), content.len);
	}
	return 0;
}

#endif

#endif
