// See server.h.
#include "common/http/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/http/span_body.hpp>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <list>
#include <new>
#include <pthread.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "common/net/resolver.h"
#include "kernels/no_signals.h"

namespace mandel {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using Seconds = std::chrono::seconds;

constexpr std::size_t kRequestHeadBytesMax = 8192;
constexpr Seconds kFirstPatience{1};   // until a new connection's first head is whole
constexpr Seconds kNextPatience{15};   // until the next one's is, on a connection that is kept
constexpr Seconds kWritePatience{30};  // until an answer, or an event, has been taken
constexpr Seconds kCommentPeriod{15};  // so that nobody between takes a silent stream for dead
constexpr std::chrono::milliseconds kAcceptPause{10};
constexpr std::size_t kConnectionsMax = 256;
constexpr int kStreamBufferBytes = 1 << 16;  // what waits in the kernel is not the newest
constexpr int kDescriptorsLeft = 64;         // for the daemon: libzmq aborts for want of one

std::string_view std_view(beast::string_view text) { return {text.data(), text.size()}; }

bool is_among_the_last(int descriptor) {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
         static_cast<rlim_t>(descriptor) + kDescriptorsLeft >= limit.rlim_cur;
}

// The same connection, under the lowest descriptor that is free.
tcp::socket moved_down(tcp::socket socket) {
  const tcp protocol = socket.local_endpoint().protocol();
  const auto executor = socket.get_executor();
  const int high = socket.release();
  const int low = fcntl(high, F_DUPFD_CLOEXEC, 0);
  if (low >= 0) close(high);
  return {executor, protocol, low >= 0 ? low : high};
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(Config config) : config_(std::move(config)) {}
  ~Impl();

  Failure listen(const Address& numeric, const Address& named);
  void start();
  const Address& address() const { return address_; }
  std::string url() const;
  void notify();
  std::size_t streams() const { return streams_; }

 private:
  class Connection;

  void run();
  void accept();
  void let_in(tcp::socket socket);
  bool make_room();
  void comment();
  HttpResponse answer_to(const http::request_header<>& head) const;

  Config config_;
  Address address_;
  std::atomic<std::size_t> streams_ = 0;
  std::atomic<bool> is_notified_ = false;
  std::list<Connection*> connections_;  // the oldest first; each lives as long as it waits for I/O
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  asio::steady_timer comment_timer_{io_};
  std::thread thread_;
};

// One connection: heads are read and answered in turn, until one is answered by a stream.
class HttpServer::Impl::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Impl& server, tcp::socket socket)
      : server_(server),
        stream_(std::move(socket)),
        place_(server.connections_.insert(server.connections_.end(), this)) {}
  ~Connection() {
    server_.connections_.erase(place_);
    if (next_event_) --server_.streams_;
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool is_idle() const { return is_idle_; }
  bool is_stream() const { return next_event_ != nullptr; }
  void close() {
    is_idle_ = false;
    stream_.close();
  }

  void read_head(Seconds patience) {
    parser_.emplace();
    parser_->header_limit(kRequestHeadBytesMax);
    is_idle_ = true;
    stream_.expires_after(patience);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](Failure error, std::size_t) { self->on_head(error); });
  }

  // What is being written goes first.
  void send_next_event() {
    if (is_writing_) return;
    if (auto event = next_event_()) send_event(*std::move(event));
  }
  void send_event(std::string event) {
    if (is_writing_) return;
    is_writing_ = true;
    event_ = std::move(event);
    stream_.expires_after(kWritePatience);
    asio::async_write(stream_, asio::buffer(event_),
                      [self = this->shared_from_this()](Failure error, std::size_t) {
                        if (error) return self->close();
                        self->is_writing_ = false;
                        self->send_next_event();
                      });
  }

 private:
  void on_head(Failure error) {
    is_idle_ = false;
    if (!error) {
      HttpResponse answer = server_.answer_to(parser_->get());
      // A body is nothing that we read.
      send(std::move(answer), parser_->get().method() == http::verb::head,
           parser_->keep_alive() && parser_->is_done());
    } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      send({.status = 431, .body = "this request is too long\n"}, false, false);
    } else if (error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      send({.status = 400, .body = "this is no HTTP\n"}, false, false);
    }
  }

  void send(HttpResponse answer, bool is_head, bool is_kept) {
    response_ = {http::int_to_status(static_cast<unsigned>(answer.status)),
                 parser_->get().version() == 10 ? 10u : 11u};
    response_.set(http::field::content_type, answer.type);
    response_.set("Content-Security-Policy",
                  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
                  "form-action 'none'");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("Referrer-Policy", "no-referrer");
    response_.set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : answer.headers) response_.set(name, value);
    const bool is_stream = answer.next_event != nullptr;
    body_ = answer.shared_body ? std::move(answer.shared_body)
                               : std::make_shared<const std::string>(std::move(answer.body));
    if (!is_stream) response_.content_length(body_->size());
    if (!is_head && !is_stream) response_.body() = {body_->data(), body_->size()};
    response_.keep_alive(is_kept && !is_stream);
    stream_.expires_after(kWritePatience);
    http::async_write(stream_, response_,
                      [self = this->shared_from_this(), is_kept,
                       next_event = is_head ? nullptr : std::move(answer.next_event),
                       is_over = is_stream && is_head](Failure error, std::size_t) mutable {
                        if (error) return;
                        self->body_.reset();
                        if (next_event) return self->begin_stream(std::move(next_event));
                        if (is_kept && !is_over) return self->read_head(kNextPatience);
                        self->hang_up();
                      });
  }

  void begin_stream(std::function<std::optional<std::string>()> next_event) {
    next_event_ = std::move(next_event);
    ++server_.streams_;
    Failure ignored;
    stream_.socket().set_option(asio::socket_base::send_buffer_size(kStreamBufferBytes), ignored);
    stream_.expires_never();
    // Nothing more is to come from there, so that whatever comes is the end.
    stream_.async_read_some(asio::buffer(scrap_), [self = this->shared_from_this()](
                                                      Failure, std::size_t) { self->close(); });
    send_next_event();
  }

  // Whoever is still talking would be told of a broken connection, and lose our answer by it.
  void hang_up() {
    Failure ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    is_idle_ = true;
    stream_.expires_after(kFirstPatience);
    drain();
  }
  void drain() {
    stream_.async_read_some(asio::buffer(scrap_),
                            [self = this->shared_from_this()](Failure error, std::size_t) {
                              if (!error) self->drain();
                            });
  }

  Impl& server_;
  beast::tcp_stream stream_;
  const std::list<Connection*>::iterator place_;
  bool is_idle_ = true;  // nobody would miss it
  beast::flat_buffer buffer_{kRequestHeadBytesMax};
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::span_body<const char>> response_;
  std::shared_ptr<const std::string> body_;                 // its bytes
  std::function<std::optional<std::string>()> next_event_;  // set: this is a stream
  bool is_writing_ = false;
  std::string event_;
  std::array<char, 1024> scrap_{};
};

Failure HttpServer::Impl::listen(const Address& numeric, const Address& named) {
  Failure error;
  const auto host = asio::ip::make_address(numeric.host, error);
  if (error) return error;
  const tcp::endpoint place(host, numeric.port);
  if (acceptor_.open(place.protocol(), error)) return error;
  // A restarted daemon gets its port back at once; one that listens is in use all the same.
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (acceptor_.bind(place, error)) return error;
  if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) return error;
  address_ = {numeric.host, acceptor_.local_endpoint(error).port()};
  config_.guard.named = {named.host, address_.port};
  if (!is_loopback(numeric) && !config_.token_for_others.empty())
    config_.guard.token = config_.token_for_others;
  return error;
}

std::string HttpServer::Impl::url() const {
  const Guard& guard = config_.guard;
  return fmt::format("http://{}/{}", guard.named.text(),
                     guard.token.empty() ? "" : "?token=" + guard.token);
}

void HttpServer::Impl::start() {
  accept();
  comment();
  // Signals are for the daemon's own threads, whether they block them already or not.
  const NoSignals no_signals;
  thread_ = std::thread([this] { run(); });
}

HttpServer::Impl::~Impl() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void HttpServer::Impl::run() {
  pthread_setname_np(pthread_self(), "http");
  for (;;) try {
      io_.run();
      return;
    } catch (const std::bad_alloc&) {
      // Of the connection that wanted so much, nobody holds anything any more: it is closed.
    }
}

void HttpServer::Impl::accept() {
  acceptor_.async_accept([this](Failure error, tcp::socket socket) {
    if (!error) {
      accept();
      return let_in(std::move(socket));
    }
    // For want of descriptors. One of our own may be enough; if there is none, don't spin.
    make_room();
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](Failure) { accept(); });
  });
}

void HttpServer::Impl::let_in(tcp::socket socket) {
  if (connections_.size() >= kConnectionsMax && !make_room()) return;
  while (is_among_the_last(socket.native_handle())) {
    if (!make_room()) return;
    socket = moved_down(std::move(socket));
  }
  std::make_shared<Connection>(*this, std::move(socket))->read_head(kFirstPatience);
}

// Ends the oldest connection that nothing is being sent to. False if there is none.
bool HttpServer::Impl::make_room() {
  const auto oldest =
      std::ranges::find_if(connections_, [](const Connection* one) { return one->is_idle(); });
  if (oldest == connections_.end()) return false;
  (*oldest)->close();
  return true;
}

void HttpServer::Impl::comment() {
  comment_timer_.expires_after(kCommentPeriod);
  comment_timer_.async_wait([this](Failure) {
    comment();
    for (Connection* one : connections_)
      if (one->is_stream()) one->send_event(":\n\n");
  });
}

void HttpServer::Impl::notify() {
  if (streams_ == 0 || is_notified_.exchange(true)) return;
  asio::post(io_, [this] {
    is_notified_ = false;
    for (Connection* one : connections_)
      if (one->is_stream()) one->send_next_event();
  });
}

HttpResponse HttpServer::Impl::answer_to(const http::request_header<>& head) const {
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() > 10))
    return {.status = 400, .body = "a request must name one Host\n"};
  const std::string_view target = std_view(head.target());
  auto refusal = config_.guard.turn_away({.method = std_view(head.method_string()),
                                          .target = target,
                                          .host = std_view(head[http::field::host]),
                                          .origin = std_view(head[http::field::origin]),
                                          .cookies = std_view(head[http::field::cookie])});
  if (refusal) return *std::move(refusal);
  const std::string_view path = target.substr(0, target.find('?'));
  return config_.handler(
      {.method = std::string(std_view(head.method_string())),
       .path = std::string(path),
       .query = std::string(target.substr(std::min(path.size() + 1, target.size())))});
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(Config config) {
  const auto cannot = [said = config.option + ' ' + config.text](const std::string& why) {
    return fail(fmt::format("{}: {}", said, why));
  };
  const auto named =
      parse_address(config.text, {.default_port = config.default_port, .may_be_zero = true});
  if (!named) return cannot(named.error().what);
  const auto numeric = resolve(*named);
  if (!numeric) return cannot(numeric.error().what);
  auto impl = std::make_unique<Impl>(std::move(config));
  if (const Failure error = impl->listen(*numeric, *named); error)
    return cannot(fmt::format("can't listen there: {}", error.message()));
  impl->start();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;
const Address& HttpServer::address() const { return impl_->address(); }
std::string HttpServer::url() const { return impl_->url(); }
void HttpServer::notify() { impl_->notify(); }
std::size_t HttpServer::streams() const { return impl_->streams(); }

}  // namespace mandel
