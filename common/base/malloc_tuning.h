// Counts travel in buffers of up to 32 MiB that come and go with every chunk. malloc asks the
// system for each of them and gives it back at once, and to touch its pages anew costs more than
// all that is done with the counts in them: see docs/overhead.md. Two settings of malloc's rather
// than a pool of our own, since it is libzmq that allocates most of them.
#pragma once

namespace mandel {

// To be called first in main(): what is freed stays with this process, for the next buffer.
void keep_freed_memory();

// To be called when there is nothing to do for a while: other processes may have the memory.
void give_freed_memory_back();

}  // namespace mandel
