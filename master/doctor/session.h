// One connection to a worker, to ask how it greets and how fast the way to it is. Not a Host, as in
// a job: that dials again and again and keeps its troubles to itself. Here each trouble is the
// answer.
#pragma once

#include "common/wire/link.h"
#include "master/doctor/facts.h"

namespace mandel::doctor {

// Greets, and waits for what the worker says until `deadline`.
Answer greet(DialLink& link, Nanoseconds deadline);

// After a Welcome: tiny chunks for the round trip, then ever larger ones until one takes long
// enough to tell the bandwidth; at most until `deadline`. What a chunk took at the worker is not
// counted, by the worker's own clock, so no two clocks have to agree.
Measured measure(DialLink& link, Nanoseconds deadline);

// Ends the session of a Welcome; what it left at the worker is forgotten there.
void take_leave(DialLink& link);

}  // namespace mandel::doctor
