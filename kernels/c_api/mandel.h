/* The kernels as a C library: coordinates in, counts out, bit for bit those of mandel-master and
 * its workers. C99 with opaque handles and not C++, so that every language can bind it, and so that
 * a program goes on working with a newer library.
 *
 *   mandel_engine* engine;
 *   mandel_grid* grid;
 *   char error[256];
 *   if (mandel_engine_new(NULL, &engine, error, sizeof error) == MANDEL_OK && ...
 *
 * Calls that can fail return a code of mandel_status and put a sentence into `error`, a buffer of
 * the caller's with room for `error_bytes`: cut where it is too short, always terminated, empty
 * where nothing failed. It may be null, of 0 bytes. No C++ exception leaves the library.
 *
 * Structs begin with their size: set it to sizeof the struct, and all else that you do not need
 * to 0, which means the default. So a program goes on working with a newer library, and with an
 * older one if it leaves 0 what that does not know.
 *
 * All functions may be called from many threads at once, unless they say otherwise. The library's
 * own threads take no signals. After fork() the child may use grids and make engines of its own,
 * if no other thread was inside the library at the fork; an engine of the parent refuses to
 * compute there, and to free it there does nothing. */
#ifndef MANDEL_H_
#define MANDEL_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* The number in the library's name, libmandel.so.0. Another number is another interface. */
#define MANDEL_INTERFACE 0
int mandel_interface(void);       /* of the library that is loaded */
const char* mandel_version(void); /* "0.1.0" */

enum mandel_status {
  MANDEL_OK = 0,
  MANDEL_STOPPED = 1,       /* the stop flag was set, or progress() returned non-zero */
  MANDEL_BAD_ARGUMENT = 2,  /* nothing was done */
  MANDEL_NO_KERNEL = 3,     /* no such kernel, or it can't do this here */
  MANDEL_NO_MEMORY = 4,     /* no memory or no threads to be had */
  MANDEL_DEVICE_FAILED = 5, /* a GPU or its driver */
  MANDEL_UNPROVED = 6,      /* true-count can't prove a pixel's count, or prepare the picture */
  MANDEL_INTERNAL = 7       /* a bug: please report the sentence */
};

/* ---- Which points: grids ---------------------------------------------------------------------
 * Immutable. Sides are 1 to 2^20 pixels. All but mandel_grid_deep() have coordinates rounded to
 * doubles; the rounding is part of the result (counts "exact-f64"). */
typedef struct mandel_grid mandel_grid;

/* The EuroPython 2011 tutorial's: 1000 gives 500 x 500 points. */
int mandel_grid_tutorial(uint64_t size, mandel_grid** grid, char* error, size_t error_bytes);

/* Column k is at centre_x + (k - (columns - 1) / 2) * step_x, row r (from the top) at
 * centre_y - (r - (rows - 1) / 2) * step_y. mandel-master's --span is columns * step_x, with
 * step_y = step_x. */
typedef struct mandel_view {
  size_t size; /* sizeof(mandel_view) */
  double centre_x;
  double centre_y;
  double step_x; /* width of a pixel, above 0 */
  double step_y; /* height of a pixel, above 0 */
  uint64_t columns;
  uint64_t rows;
} mandel_view;
int mandel_grid_view(const mandel_view* view, mandel_grid** grid, char* error, size_t error_bytes);

/* Any coordinates, all finite. They are copied. */
int mandel_grid_axes(const double* xs, size_t columns, const double* ys, size_t rows,
                     mandel_grid** grid, char* error, size_t error_bytes);

/* A view by decimals of any length, exactly as they are written: "-1.25", "7.5e-31". Its counts are
 * proved ("true-count"). Pixels are square: a column is span / columns wide, to 40 digits.
 * MANDEL_NO_KERNEL where the library was built without GMP and MPFR. */
typedef struct mandel_deep_view {
  size_t size;    /* sizeof(mandel_deep_view) */
  const char* re; /* the centre, below 1e6 in size */
  const char* im;
  const char* span; /* the view's width, above 0 */
  uint64_t columns;
  uint64_t rows;
} mandel_deep_view;
int mandel_grid_deep(const mandel_deep_view* view, mandel_grid** grid, char* error,
                     size_t error_bytes);

size_t mandel_grid_columns(const mandel_grid* grid);
size_t mandel_grid_rows(const mandel_grid* grid);
/* The coordinates, as long as the grid lives; null for a deep grid. */
const double* mandel_grid_xs(const mandel_grid* grid);
const double* mandel_grid_ys(const mandel_grid* grid);
/* Null is fine. No computation may be using it. */
void mandel_grid_free(mandel_grid* grid);

/* ---- What computes: engines ------------------------------------------------------------------
 * Threads, asleep when there is nothing to do, with a kernel that has passed its self-test. Takes
 * milliseconds to make (with a GPU, much longer): keep it. */
typedef struct mandel_engine mandel_engine;

typedef struct mandel_engine_options {
  size_t size;        /* sizeof(mandel_engine_options) */
  const char* kernel; /* a name of mandel_kernel_at(); null or "auto": the fastest, GPUs included */
  uint64_t threads;   /* on CPUs; 0: one for each CPU that this process may use. 1024 at most */
} mandel_engine_options;

/* `options` may be null: all defaults. */
int mandel_engine_new(const mandel_engine_options* options, mandel_engine** engine, char* error,
                      size_t error_bytes);
/* What was chosen, as long as the engine lives: "simd-full", or "cuda, simd-full". */
const char* mandel_engine_kernel(const mandel_engine* engine);
/* How many threads and devices compute. */
size_t mandel_engine_lanes(const mandel_engine* engine);
/* Null is fine. No computation may be using it. */
void mandel_engine_free(mandel_engine* engine);

/* ---- Computing ------------------------------------------------------------------------------- */
typedef struct mandel_compute_options {
  size_t size;        /* sizeof(mandel_compute_options) */
  uint64_t max_iter;  /* up to 2^31 - 1; 0: 1000 */
  uint64_t first_row; /* which rows */
  uint64_t rows;      /* 0: all from first_row on */
  /* Null, or looked at every few milliseconds: non-zero ends the computation within 50 ms or so.
   * Any thread and any signal handler may set it. */
  const volatile int* stop;
  /* Null, or called on the calling thread every 50 ms, with how many rows are done. Non-zero ends
   * the computation. It must return (no longjmp, no exception). */
  int (*progress)(void* context, uint64_t rows_done, uint64_t rows);
  void* context;
} mandel_compute_options;

/* What was done. */
typedef struct mandel_stats {
  size_t size;             /* sizeof(mandel_stats) */
  uint64_t executed;       /* iterations that were carried out */
  uint64_t skipped;        /* and that a proof made unnecessary: the sum is the plain loop's work */
  uint64_t preparation_ns; /* true-count: once a picture, or waiting for it, of all threads */
  uint64_t undecided_first;  /* true-count: pixels that the first way of computing left open, */
  uint64_t undecided_second; /* and the second */
} mandel_stats;

/* Writes the counts of `rows` rows, row-major: the index n < max_iter of the first iteration after
 * which |z| > 2, or 0 if there is none. `counts_length` must be just columns * rows. `options` and
 * `stats` may be null. Where it fails, `counts` and `stats` are not to be used.
 * Computations that share an engine share its threads: the one that came first is served first.
 * A deep grid keeps what was prepared for the last max_iter (up to 1 GiB) for later rows. */
int mandel_compute(mandel_engine* engine, const mandel_grid* grid,
                   const mandel_compute_options* options, uint32_t* counts, size_t counts_length,
                   mandel_stats* stats, char* error, size_t error_bytes);

/* ---- Which kernels there are ------------------------------------------------------------------
 */
typedef struct mandel_kernel_info {
  size_t size;           /* sizeof(mandel_kernel_info) */
  const char* name;      /* all four live for ever */
  const char* device;    /* "cpu", "opencl" or "cuda" */
  const char* semantics; /* what a count means: "exact-f64", "true-count", ... */
  const char* summary;   /* one line */
} mandel_kernel_info;

size_t mandel_kernel_count(void);
/* `info->size` must be set. Some may not run on this machine: mandel_engine_new() says why. */
int mandel_kernel_at(size_t index, mandel_kernel_info* info, char* error, size_t error_bytes);

/* Runs the self-test of every kernel that CPU and GPUs here can run; takes about a second. */
int mandel_self_test(char* error, size_t error_bytes);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
