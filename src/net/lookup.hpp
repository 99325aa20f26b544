// SPDX-License-Identifier: BSL-1.0
// Questions that a thread of the resolver answers, and the wait for the answer.
#pragma once

#include "ouro/base/frame_pool.hpp"
#include "ouro/base/intrusive_list.hpp"
#include "ouro/loop/handle.hpp"
#include "ouro/task/waiter.hpp"

#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {

class lookup_wait;

/// A wait in the list of its lookup. Made by the loop and, once the answer is on its way, freed by
/// the resolver: as the callback that brings the answer goes the other way, each thread's frame
/// pool gets back as many blocks as it has given.
struct lookup_entry final : list_hook, pooled {
  explicit lookup_entry(lookup_wait& of) noexcept : wait(&of) {}
  lookup_wait* wait;
};

/// A question, and when it has been asked, its answer. Equal keys are equal questions.
class lookup {
 public:
  explicit lookup(std::string key) : key_(std::move(key)) {}
  lookup(const lookup&) = delete;
  lookup& operator=(const lookup&) = delete;
  virtual ~lookup() = default;

  /// Asks. Called once, by a thread of the resolver; nobody reads the answer before it is back.
  virtual void run() noexcept = 0;

  const std::string& key() const noexcept { return key_; }
  const std::error_code& error() const noexcept { return error_; }

 protected:
  void fail(std::error_code error) noexcept { error_ = error; }

 private:
  friend class lookup_pool;

  std::string key_;
  std::error_code error_;
  // The pool's, under its mutex:
  intrusive_list<lookup_entry> waiting_;
  bool queued_ = false;
};

/// Waits until a thread has answered; gives the lookup that was, which may be an equal one of
/// somebody else. A leaving wait.
class lookup_wait final : public leaving_waiter {
 public:
  explicit lookup_wait(std::shared_ptr<lookup> question) noexcept : lookup_(std::move(question)) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(const await_point& at);
  const lookup& await_resume() const;

 private:
  friend class lookup_pool;

  void arrive() noexcept;
  void leave() noexcept override;

  std::shared_ptr<lookup> lookup_;
  std::exception_ptr failure_;  // why it could not be asked
  // The pool's, under its mutex, while the wait is parked:
  lookup_entry* entry_ = nullptr;  // null if the answer is on its way
  handle delivery_;                // the callback that brings it
};

}  // namespace ouro::inline v0::detail
