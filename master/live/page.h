// The live page's HTML. Served, it has the figures of the moment in it, so that it says something
// without a script, too; saved, it has all that the script would fetch. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "master/colours/colour_map.h"
#include "master/live/live_state.h"

namespace mandel {

std::string_view page_style();
std::string_view page_script();
std::string served_page(const LiveState& state);
// One file that needs no other and no program. `colours` have learnt.
std::string saved_page(const LiveState& state, const std::string& instance,
                       const ColourMap& colours);

}  // namespace mandel
