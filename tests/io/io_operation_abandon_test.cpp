// SPDX-License-Identifier: BSL-1.0
// The loop is closed while requests are in flight: nothing leaks, nothing is used after its end.
#include "ouro/base/log.hpp"
#include "ouro/io/accept.hpp"
#include "ouro/io/close.hpp"
#include "ouro/io/connect.hpp"
#include "ouro/io/listener.hpp"
#include "ouro/io/recv.hpp"
#include "ouro/io/send.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/exception_context.hpp"
#include "ouro/task/run.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

using namespace io_test;

namespace {

/// Runs `loop` for some turns.
void run_turns(ouro::event_loop& loop, int turns = 3) {
  for (; turns > 0; --turns) {
    loop.stop();
    loop.run_forever();
  }
}

/// Counts the reports "Task was destroyed but it is pending!".
class pending_reports {
 public:
  explicit pending_reports(ouro::event_loop& loop) {
    loop.set_exception_handler([this](ouro::event_loop&, const ouro::exception_context& context) {
      if (context.message.find("pending") != std::string_view::npos) ++count_;
    });
  }
  int count() const { return count_; }

 private:
  int count_ = 0;
};

ouro::task<> recv_for_ever(int fd) {
  auto into = std::make_unique<std::array<std::byte, 4096>>();  // for ASan to see a late write
  co_await ouro::recv(fd, *into);
}

ouro::task<> recv_and_ignore_cancels(int fd) {
  std::array<std::byte, 16> into;
  for (;;) {
    try {
      co_await ouro::recv(fd, into);
    } catch (const ouro::cancelled_error&) {
    }
  }
}

ouro::task<> accept_for_ever(int fd) {
  const ouro::unique_fd connection = co_await ouro::accept(fd);
}

ouro::task<> sendall_for_ever(int fd) {
  const std::string data(8 << 20, 'x');
  co_await ouro::sendall(fd, data);
}

ouro::task<> connect_for_ever(const ouro::endpoint& to) {
  ouro::socket near = ouro::socket::stream(to.family());
  co_await near.connect(to);
}

ouro::task<> read_from(ouro::socket& from) {
  std::array<std::byte, 16> into;
  co_await from.recv(into);
}

/// Is destroyed before the task it has started.
ouro::task<> own_sockets_for_ever() {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  ouro::create_task(read_from(ends[0]));
  co_await ouro::sleep(24h);
}

/// Ends by a value what was cancelled: a connection that comes when nobody waits for it any more.
class late_accept final : public ouro::detail::accept_request {
 public:
  explicit late_accept(int fd) : accept_request(fd, nullptr, nullptr), listening_(fd) {}
  ouro::unique_fd await_resume() { return take_connection(); }

 private:
  void on_complete(int, unsigned flags) noexcept override {
    accept_request::on_complete(::dup(listening_), flags);
  }
  int listening_;
};

ouro::task<> accept_late(int fd) { const ouro::unique_fd connection = co_await late_accept(fd); }

}  // namespace

TEST_CASE("io_operation: closing the loop under requests leaks nothing",
          "[io][io_operation][cancel]") {
  const std::size_t fds = test::open_fds();
  {
    const fd_pair ends = stream_pair();
    const ouro::listener listener = ouro::listener::local();
    ouro::event_loop loop;
    const pending_reports reports(loop);
    loop.create_task(recv_for_ever(ends.near.get()));
    loop.create_task(sendall_for_ever(ends.near.get()));
    loop.create_task(accept_for_ever(listener.fd()));
    run_turns(loop);
    CHECK(loop.pending_requests() == 3);

    loop.close();
    CHECK(loop.pending_requests() == 0);
    CHECK(reports.count() == 3);
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("io_operation: closing the loop before the kernel has seen a request is safe",
          "[io][io_operation][cancel]") {
  const fd_pair ends = stream_pair();
  ouro::event_loop loop;
  const pending_reports reports(loop);
  loop.create_task(recv_for_ever(ends.near.get()));
  run_turns(loop, 1);

  loop.close();
  CHECK(reports.count() == 1);
}

TEST_CASE("io_operation: closing the loop may destroy a socket before the task that used it",
          "[io][io_operation][cancel]") {
  const std::size_t fds = test::open_fds();
  ouro::set_log_sink([](ouro::log_level, std::string_view text) { FAIL_CHECK(text); });
  {
    ouro::event_loop loop;
    const pending_reports reports(loop);
    loop.create_task(own_sockets_for_ever());
    run_turns(loop);
    CHECK(loop.pending_requests() == 1);

    loop.close();
    CHECK(reports.count() == 2);
  }
  ouro::set_log_sink(nullptr);
  CHECK(test::open_fds() == fds);
}

TEST_CASE("io_operation: a connection accepted for a destroyed task is closed",
          "[io][io_operation][cancel]") {
  const std::size_t fds = test::open_fds();
  {
    const ouro::listener listener = ouro::listener::local();
    ouro::event_loop loop;
    const pending_reports reports(loop);
    loop.create_task(accept_late(listener.fd()));
    run_turns(loop);

    loop.close();
    CHECK(reports.count() == 1);
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("io_operation: a connect that is under way when the loop closes leaks no socket",
          "[io][io_operation][cancel]") {
  const std::size_t fds = test::open_fds();
  {
    const ouro::listener listener = ouro::listener::local(0, {.backlog = 0});
    const ouro::endpoint to = listener.local_endpoint();
    std::vector<ouro::unique_fd> others;
    for (int i = 0; i < 4; ++i) others.push_back(start_connecting(to));
    ouro::event_loop loop;
    const pending_reports reports(loop);
    loop.create_task(connect_for_ever(to));
    run_turns(loop);
    CHECK(loop.pending_requests() == 1);

    loop.close();
    CHECK(reports.count() == 1);
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("io_operation: a task that ignores cancels is destroyed after the shutdown's grace",
          "[io][io_operation][cancel]") {
  const std::size_t fds = test::open_fds();
  {
    const fd_pair ends = stream_pair();
    ouro::set_log_sink([](ouro::log_level, std::string_view) {});
    {
      ouro::runner runner({.shutdown_grace = 1ms});
      runner.get_loop().create_task(recv_and_ignore_cancels(ends.near.get()));
      runner.run(test::settle());
      runner.close();
    }
    ouro::set_log_sink(nullptr);
    send_text(ends.far.get(), "nobody");
    CHECK(left_in(ends.near.get()) == "nobody");
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("io_operation: run() cancels what is left, and it ends", "[io][io_operation][cancel]") {
  const fd_pair ends = stream_pair();
  std::array<std::byte, 16> into;
  ouro::runner runner;
  auto receiving = runner.get_loop().create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  runner.run(test::settle());

  runner.close();
  CHECK(receiving.result() == "cancelled");
}
