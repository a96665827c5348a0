/* Our kernels as plain C functions, so that Python (ctypes) and MPI programs compute exactly what
 * our workers compute: a comparison of ways to distribute work must not become one of kernels. Not
 * a public interface: one job's shape (the tutorial's grid), no way to stop, and on the caller's
 * own thread: libmandel hands every call to threads, for which the peers would pay at each chunk.
 */
#ifndef MANDEL_BENCH_PEERS_KERNEL_H_
#define MANDEL_BENCH_PEERS_KERNEL_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* A job and an engine to compute it with. Belongs to one thread at a time. */
typedef struct mandel_peer_kernel mandel_peer_kernel;

/* The tutorial's job for a request of `tutorial_size`, 1 to 65536 (1000: 500 x 500 points; see
 * kernels/grid.h), with the CPU kernel called `kernel`, or the fastest that passes its self-test if
 * that is "auto". Null if there is none, after one sentence on stderr. */
mandel_peer_kernel* mandel_peer_open(const char* kernel, uint32_t tutorial_size, uint32_t max_iter);
void mandel_peer_close(mandel_peer_kernel* self);

const char* mandel_peer_name(const mandel_peer_kernel* self);
uint32_t mandel_peer_columns(const mandel_peer_kernel* self);
uint32_t mandel_peer_rows(const mandel_peer_kernel* self);

/* Writes rows * columns counts, row-major. 0, or -1 if there are no such rows. */
int mandel_peer_compute(mandel_peer_kernel* self, uint32_t first_row, uint32_t rows,
                        uint32_t* counts);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
