/* Makes the bytes of an XML file such that a strict parser takes them: report writers let control characters and broken
 * UTF-8 of test output through. Inside of junit_xml.c. */
#ifndef LABCTL_PARSE_XML_BYTES_H
#define LABCTL_PARSE_XML_BYTES_H

#include <stdbool.h>
#include <stddef.h>

struct xml_bytes {
	bool begun;
	bool as_they_are; /* the file says that it is in another encoding than UTF-8 */
	char held[4];	  /* a sequence that the last piece ended in the middle of */
	size_t held_len;
};

#define XML_BYTES_EXTRA 4 /* more bytes can come out than went in */

/* Writes the repaired form of `data` to out, which has room for len + XML_BYTES_EXTRA; returns how many bytes that
 * were. What is no character becomes '?'. */
size_t xml_bytes_repair(struct xml_bytes *x, const char *data, size_t len, char *out);

#endif
