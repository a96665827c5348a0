// See svg.h.
#include "master/sweep/svg.h"

#include <cmath>
#include <fmt/format.h>

#include "common/base/escape.h"

namespace mandel {
namespace {

// A hundredth of a pixel is enough, and files stay small: "12.3", not "12.30".
std::string number(double value) { return fmt::format("{}", std::round(value * 100) / 100 + 0.0); }

std::string list_of(std::span<const Spot> spots) {
  std::string list;
  for (const Spot& spot : spots)
    list += fmt::format("{}{},{}", list.empty() ? "" : " ", number(spot.x), number(spot.y));
  return list;
}

}  // namespace

Svg::Svg(double width, double height, std::string_view title)
    : width_(width), height_(height), title_(escape(title)) {}

void Svg::shape(std::string_view tag, std::string_view geometry, std::string_view attributes,
                std::string_view tip) {
  body_ += fmt::format("<{} {} {}", tag, geometry, attributes);
  body_ += tip.empty() ? "/>\n" : fmt::format("><title>{}</title></{}>\n", escape(tip), tag);
}

void Svg::box(const Box& box, std::string_view attributes, std::string_view tip) {
  shape("rect",
        fmt::format(R"(x="{}" y="{}" width="{}" height="{}")", number(box.left), number(box.top),
                    number(box.width()), number(box.height())),
        attributes, tip);
}

void Svg::dot(Spot centre, double radius, std::string_view attributes, std::string_view tip) {
  shape(
      "circle",
      fmt::format(R"(cx="{}" cy="{}" r="{}")", number(centre.x), number(centre.y), number(radius)),
      attributes, tip);
}

void Svg::line(Spot from, Spot to, std::string_view attributes) {
  shape("line",
        fmt::format(R"(x1="{}" y1="{}" x2="{}" y2="{}")", number(from.x), number(from.y),
                    number(to.x), number(to.y)),
        attributes, "");
}

void Svg::path(std::span<const Spot> spots, std::string_view attributes) {
  shape("polyline", fmt::format(R"(points="{}")", list_of(spots)), attributes, "");
}

void Svg::area(std::span<const Spot> spots, std::string_view attributes) {
  shape("polygon", fmt::format(R"(points="{}")", list_of(spots)), attributes, "");
}

void Svg::text(Spot spot, std::string_view text, std::string_view attributes) {
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" {}>{}</text>\n", number(spot.x), number(spot.y),
                       attributes, escape(text));
}

void Svg::text_upwards(Spot spot, std::string_view text, std::string_view attributes) {
  body_ += fmt::format("<text transform=\"translate({} {}) rotate(-90)\" {}>{}</text>\n",
                       number(spot.x), number(spot.y), attributes, escape(text));
}

std::string Svg::inline_text() const {
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" font-size=\"14\">\n{}</svg>\n",
      number(width_), number(height_), title_, body_);
}

std::string Svg::file_text() const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\" aria-label=\"{2}\" font-size=\"14\" "
      "font-family=\"system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif\">\n"
      "<rect width=\"{0}\" height=\"{1}\" {3}/>\n{4}</svg>\n",
      number(width_), number(height_), title_, kPaper, body_);
}

}  // namespace mandel
