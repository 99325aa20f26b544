// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "bare_ring.hpp"
#include "server.hpp"

#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace net_bench {

/// Echoes datagrams: one multishot receive that takes buffers from a ring of them, and a send out
/// of each, which gives it back.
class datagram_ring {
 public:
  datagram_ring(int socket, int end_signal, std::size_t size)
      : socket_(socket),
        end_signal_(end_signal),
        room_(sizeof(io_uring_recvmsg_out) + sizeof(sockaddr_in) + (size > 2048 ? size : 2048)),
        memory_(buffers * room_),
        sends_(buffers) {
    void* pages = mmap(nullptr, buffers * sizeof(io_uring_buf), PROT_READ | PROT_WRITE,
                       MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    pool_ = static_cast<io_uring_buf_ring*>(pages);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(pages);
    registration.ring_entries = buffers;
    const int status = io_uring_register_buf_ring(ring_.get(), &registration, 0);
    if (status < 0) {
      throw std::system_error(-status, std::generic_category(), "io_uring_register_buf_ring");
    }
    io_uring_buf_ring_init(pool_);
    for (unsigned i = 0; i < buffers; ++i) give_back(i);
    wanted_.msg_namelen = sizeof(sockaddr_in);
  }

  void run() {
    receive();
    watch(end_signal_, on_end);
    watch(STDIN_FILENO, on_stdin);
    while (!over_) {
      ring_.submit_and_wait();
      ring_.drain([this](std::uint64_t what, int result, unsigned flags) {
        if (what < buffers) {
          give_back(static_cast<unsigned>(what));  // sent, or refused by a client that has left
          if (dry_) receive();
        } else if (what == on_receive) {
          received(result, flags);
        } else {
          over_ = what == on_end || stdin_is_over();
          if (!over_) watch(STDIN_FILENO, on_stdin);
        }
      });
    }
  }

 private:
  static constexpr unsigned buffers = 4096;
  // What user_data is if it is not the number of a buffer.
  static constexpr std::uint64_t on_receive = buffers;
  static constexpr std::uint64_t on_end = buffers + 1;
  static constexpr std::uint64_t on_stdin = buffers + 2;

  struct send_state {
    msghdr header;
    iovec data;
  };

  void received(int result, unsigned flags) {
    if (result >= 0) {
      answer(flags >> IORING_CQE_BUFFER_SHIFT, result);
    } else if (result != -ENOBUFS && result != -ECONNREFUSED) {
      throw std::system_error(-result, std::generic_category(), "recvmsg");
    }
    if ((flags & IORING_CQE_F_MORE) != 0) return;
    // Without a free buffer it would end at once: the next send that ends starts it again.
    if (result == -ENOBUFS && free_ == 0) {
      dry_ = true;
    } else {
      receive();
    }
  }

  void answer(unsigned index, int size) {
    --free_;
    char* buffer = memory_.data() + index * room_;
    io_uring_recvmsg_out* got = io_uring_recvmsg_validate(buffer, size, &wanted_);
    if (got == nullptr || (got->flags & MSG_TRUNC) != 0) return give_back(index);
    send_state& state = sends_[index];
    state.data = {io_uring_recvmsg_payload(got, &wanted_), got->payloadlen};
    state.header = {};
    state.header.msg_name = io_uring_recvmsg_name(got);
    state.header.msg_namelen = got->namelen;
    state.header.msg_iov = &state.data;
    state.header.msg_iovlen = 1;
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_sendmsg(&sqe, socket_, &state.header, 0);
    sqe.user_data = index;
  }

  void receive() {
    dry_ = false;
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_recvmsg_multishot(&sqe, socket_, &wanted_, 0);
    sqe.flags |= IOSQE_BUFFER_SELECT;
    sqe.buf_group = 0;
    sqe.user_data = on_receive;
  }

  void give_back(unsigned index) {
    io_uring_buf_ring_add(pool_, memory_.data() + index * room_, static_cast<unsigned>(room_),
                          static_cast<unsigned short>(index), io_uring_buf_ring_mask(buffers), 0);
    io_uring_buf_ring_advance(pool_, 1);
    ++free_;
  }

  void watch(int fd, std::uint64_t what) {
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_poll_add(&sqe, fd, POLLIN);
    sqe.user_data = what;
  }

  int socket_;
  int end_signal_;
  std::size_t room_;
  std::vector<char> memory_;
  std::vector<send_state> sends_;
  io_uring_buf_ring* pool_ = nullptr;
  unsigned free_ = 0;
  bool dry_ = false;
  bool over_ = false;
  msghdr wanted_{};
  bare_ring ring_{1024, 16384};
};

}  // namespace net_bench
