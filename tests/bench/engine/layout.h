#pragma once

// How fast code is depends by several per cent on where in its cache lines it happens to stand. So everything is built
// several times, each time moved by LAYOUT_PAD bytes, and the median of all is what counts.

#define LAYOUT_TEXT(x) #x
#define LAYOUT_FILL(bytes) asm(".text\n.p2align 6\n.fill " LAYOUT_TEXT(bytes) ",1,0x90\n")

#ifdef LAYOUT_PAD
LAYOUT_FILL(LAYOUT_PAD);
#endif
