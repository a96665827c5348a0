/* Computes the EuroPython 2011 tutorial's picture, and prints its validation sum, 1148485:
 *
 *   gcc -std=c99 example.c $(pkg-config --cflags --libs mandel) && ./a.out
 */
#include <mandel.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char error[256] = "";
  mandel_engine* engine = NULL;
  mandel_grid* grid = NULL;
  uint32_t* counts = NULL;
  int status = mandel_engine_new(NULL, &engine, error, sizeof error);
  if (status == MANDEL_OK) status = mandel_grid_tutorial(1000, &grid, error, sizeof error);
  if (status == MANDEL_OK) {
    const size_t length = mandel_grid_columns(grid) * mandel_grid_rows(grid);
    mandel_compute_options options = {.size = sizeof options, .max_iter = 1000};
    unsigned long sum = 0;
    counts = malloc(length * sizeof *counts);
    status = mandel_compute(engine, grid, &options, counts, length, NULL, error, sizeof error);
    for (size_t k = 0; status == MANDEL_OK && k < length; ++k) sum += counts[k];
    if (status == MANDEL_OK) printf("%lu\n", sum);
  }
  if (status != MANDEL_OK) fprintf(stderr, "%s\n", error);
  free(counts);
  mandel_grid_free(grid);
  mandel_engine_free(engine);
  return status;
}
