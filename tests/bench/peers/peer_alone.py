"""No peer: the kernel in one thread of one process, nothing handed to anybody. What is left of the
others' times when half of this is taken off is the cost of distribution."""
import platform

from job import compute, measure, once

if __name__ == "__main__":
    measure(f"Python {platform.python_version()}", lambda chunks: once(lambda work: map(compute, work), chunks))
