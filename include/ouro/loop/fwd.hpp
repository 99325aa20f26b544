// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace ouro::inline v0 {

class endpoint;
class event_loop;
class handle;
class socket;
class timer_handle;
class task_hooks;
struct task_options;

template <class T = void>
class task;
template <class T = void>
class task_handle;
template <class T = void>
class future;

namespace detail {
class extension_list;
class future_base;
class task_base;
}  // namespace detail

}  // namespace ouro::inline v0
