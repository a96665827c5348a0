/* What a compiled program knows of mandel.h beside names. Sizes, places and numbers it prints;
 * functions it declares again, which a compiler refuses if they have become others. */
#include <mandel.h>
#include <stdio.h>

int mandel_interface(void);
const char* mandel_version(void);
int mandel_grid_tutorial(uint64_t, mandel_grid**, char*, size_t);
int mandel_grid_view(const mandel_view*, mandel_grid**, char*, size_t);
int mandel_grid_axes(const double*, size_t, const double*, size_t, mandel_grid**, char*, size_t);
int mandel_grid_deep(const mandel_deep_view*, mandel_grid**, char*, size_t);
size_t mandel_grid_columns(const mandel_grid*);
size_t mandel_grid_rows(const mandel_grid*);
const double* mandel_grid_xs(const mandel_grid*);
const double* mandel_grid_ys(const mandel_grid*);
void mandel_grid_free(mandel_grid*);
int mandel_engine_new(const mandel_engine_options*, mandel_engine**, char*, size_t);
const char* mandel_engine_kernel(const mandel_engine*);
size_t mandel_engine_lanes(const mandel_engine*);
void mandel_engine_free(mandel_engine*);
int mandel_compute(mandel_engine*, const mandel_grid*, const mandel_compute_options*, uint32_t*,
                   size_t, mandel_stats*, char*, size_t);
size_t mandel_kernel_count(void);
int mandel_kernel_at(size_t, mandel_kernel_info*, char*, size_t);
int mandel_self_test(char*, size_t);

#define STRUCT(type) printf("%s: %zu bytes\n", #type, sizeof(type))
#define FIELD(type, field) \
  printf("  %s: %zu bytes at %zu\n", #field, sizeof(((type*)0)->field), offsetof(type, field))
#define NUMBER(name) printf("%s = %d\n", #name, (int)name)

int main(void) {
  STRUCT(mandel_view);
  FIELD(mandel_view, size);
  FIELD(mandel_view, centre_x);
  FIELD(mandel_view, centre_y);
  FIELD(mandel_view, step_x);
  FIELD(mandel_view, step_y);
  FIELD(mandel_view, columns);
  FIELD(mandel_view, rows);
  STRUCT(mandel_deep_view);
  FIELD(mandel_deep_view, size);
  FIELD(mandel_deep_view, re);
  FIELD(mandel_deep_view, im);
  FIELD(mandel_deep_view, span);
  FIELD(mandel_deep_view, columns);
  FIELD(mandel_deep_view, rows);
  STRUCT(mandel_engine_options);
  FIELD(mandel_engine_options, size);
  FIELD(mandel_engine_options, kernel);
  FIELD(mandel_engine_options, threads);
  STRUCT(mandel_compute_options);
  FIELD(mandel_compute_options, size);
  FIELD(mandel_compute_options, max_iter);
  FIELD(mandel_compute_options, first_row);
  FIELD(mandel_compute_options, rows);
  FIELD(mandel_compute_options, stop);
  FIELD(mandel_compute_options, progress);
  FIELD(mandel_compute_options, context);
  STRUCT(mandel_stats);
  FIELD(mandel_stats, size);
  FIELD(mandel_stats, executed);
  FIELD(mandel_stats, skipped);
  FIELD(mandel_stats, preparation_ns);
  FIELD(mandel_stats, undecided_first);
  FIELD(mandel_stats, undecided_second);
  STRUCT(mandel_kernel_info);
  FIELD(mandel_kernel_info, size);
  FIELD(mandel_kernel_info, name);
  FIELD(mandel_kernel_info, device);
  FIELD(mandel_kernel_info, semantics);
  FIELD(mandel_kernel_info, summary);
  NUMBER(MANDEL_INTERFACE);
  NUMBER(MANDEL_OK);
  NUMBER(MANDEL_STOPPED);
  NUMBER(MANDEL_BAD_ARGUMENT);
  NUMBER(MANDEL_NO_KERNEL);
  NUMBER(MANDEL_NO_MEMORY);
  NUMBER(MANDEL_DEVICE_FAILED);
  NUMBER(MANDEL_UNPROVED);
  NUMBER(MANDEL_INTERNAL);
  return 0;
}
