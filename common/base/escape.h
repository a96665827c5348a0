// Text from other machines and from the user, made fit for HTML and SVG. A worker says itself what
// it is called: unescaped, its name could break the page, or run a script in it. No library is
// needed for a handful of characters.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace mandel {

// For content and for attributes in double quotes. What is no UTF-8, or no character that XML
// allows, is replaced: one bad byte would make the whole file unreadable.
std::string escape(std::string_view text);

// A page with texts at its marks, <!--NAME-->; other comments go. What a text says of marks is left
// alone.
using Marks = std::map<std::string_view, std::string>;
std::string filled(std::string_view page, const Marks& marks);

// Not longer than `most` characters, of which there are at least 3: "a-very-l…rk:5755". Names of
// machines often differ at their ends only, so it is the middle that goes. Of text that is no
// UTF-8, what it makes is none either; escape() mends it.
std::string shorten(std::string_view text, std::size_t most);

}  // namespace mandel
