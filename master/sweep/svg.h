// Drawing primitives that write SVG. A plotting library would be a dependency for a few rectangles
// and lines, and none that Debian packages for C++ writes SVG that a page can restyle.
//
// Colours are given as attributes, for slides: office programs know little of CSS. A page that
// shows the drawing inline may restyle the classes (page.css does, for dark screens).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mandel {

struct Spot {
  double x = 0;
  double y = 0;
};

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;

  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

// Attributes for what carries no meaning by its colour.
inline constexpr std::string_view kInk = R"(fill="#1c2126" class="ink")";
inline constexpr std::string_view kMuted = R"(fill="#5b646e" class="muted")";
inline constexpr std::string_view kPaper = R"(fill="#ffffff" class="paper")";
inline constexpr std::string_view kInkLine = R"(fill="none" stroke="#1c2126" class="ink-line")";
inline constexpr std::string_view kRule = R"(stroke="#d9dde2" class="rule")";

class Svg {
 public:
  // `title` is what those hear who can't see it.
  Svg(double width, double height, std::string_view title);

  // `attributes` are the program's own text and go in as they are; all other text is escaped. A
  // `tip` is shown while the pointer is over the shape.
  void box(const Box& box, std::string_view attributes, std::string_view tip = "");
  void dot(Spot centre, double radius, std::string_view attributes, std::string_view tip = "");
  void line(Spot from, Spot to, std::string_view attributes);
  void path(std::span<const Spot> spots, std::string_view attributes);  // open
  void area(std::span<const Spot> spots, std::string_view attributes);  // closed
  void text(Spot spot, std::string_view text, std::string_view attributes);
  void text_upwards(Spot spot, std::string_view text, std::string_view attributes);

  std::string inline_text() const;  // for a page
  std::string file_text() const;    // for a file of its own, on white paper

 private:
  void shape(std::string_view tag, std::string_view geometry, std::string_view attributes,
             std::string_view tip);

  double width_;
  double height_;
  std::string title_;
  std::string body_;
};

}  // namespace mandel
