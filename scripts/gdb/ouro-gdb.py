# SPDX-License-Identifier: BSL-1.0
"""Shows ouro's objects in gdb: source this file, then `print` a task and try `ouro-tasks`.

A class is shown by a function that takes the value and gives a line; @shows adds it.
"""

import re

import gdb
import gdb.printing

PRINTERS = gdb.printing.RegexpCollectionPrettyPrinter("ouro")


def shows(name):
    """Decorates the function that describes a value of the class (template) `name` of ouro."""

    def register(describe):
        class Printer:
            def __init__(self, value):
                self.value = value

            def to_string(self):
                return describe(self.value)

        PRINTERS.add_printer(name, rf"^ouro::(v\d+::)?{name}(<.*>)?$", Printer)
        return describe

    return register


# Reading ouro's memory


def ouro_type(name):
    try:
        return gdb.lookup_type("ouro::v0::" + name)
    except gdb.error:
        raise gdb.GdbError("ouro was compiled without debug information (-g)")


def is_null(pointer):
    return int(pointer) == 0


def enumerator(value):
    """`blocked` for ouro::v0::detail::task_base::blocked."""
    return str(value).rsplit("::", 1)[-1]


UNNAMED = re.compile(r"\{anonymous\}::|\(anonymous namespace\)::|\(anonymous class\)")


def function_name(text):
    """The name in what a compiler calls a function: what stands before the parameters."""
    depth = begin = at = 0
    while at < len(text):
        unnamed = UNNAMED.match(text, at)
        if unnamed:
            at = unnamed.end()
            if depth == 0 and text[at - 1] == ":":
                begin = at
            continue
        if text[at] == "<":
            depth += 1
        elif text[at] == ">" and depth > 0:
            depth -= 1
        elif depth == 0 and text[at] == "(" and text[begin:at] != "operator":
            return text[begin:at]
        elif depth == 0 and text[at] == " ":
            begin = at + 1
        at += 1
    return text[begin:]


class Place:
    """A std::source_location of libstdc++."""

    def __init__(self, value):
        impl = value["_M_impl"]
        self.known = not is_null(impl)
        if self.known:
            self.file = impl["_M_file_name"].string()
            self.function = function_name(impl["_M_function_name"].string())
            self.line = int(impl["_M_line"])

    def __str__(self):
        return f"{self.function} at {self.file}:{self.line}" if self.known else "?"

    def short(self):
        return f"{self.file}:{self.line}" if self.known else "?"


def std_string(value):
    return value["_M_dataplus"]["_M_p"].string(length=int(value["_M_string_length"]))


def task_name(task):
    extras = task["extras_"]
    name = "" if is_null(extras) else std_string(extras["name"])
    return name or f"Task-{int(task['number_'])}"


def as_task(future):
    """The task_base of a future_base pointer, or None."""
    if enumerator(future["storage_"]) != "task":
        return None
    return future.cast(ouro_type("detail::task_base").pointer())


def describe_future(future):
    """A line about what a future_base pointer points to."""
    task = as_task(future)
    outcome = enumerator(future["outcome_"])
    if task is not None:
        state = enumerator(task["state_"]) if outcome == "pending" else outcome
        return f"task '{task_name(task)}' {state}, {Place(task['coroutine_'])}"
    return f"future {outcome}, made at {Place(future['place_']).short()}"


def awaits(task):
    """The places where a suspended task stands, innermost first."""
    frame = task["resume_point_"]
    while not is_null(frame):
        yield Place(frame["place_"])
        link = int(frame["link_"])
        if link == 0 or link & 1:
            return
        frame = gdb.Value(link).cast(ouro_type("detail::child_base").pointer())["parent_"]


def waits_for(task):
    """What a blocked task waits for."""
    waiter = task["blocked_on_"]
    if is_null(waiter):
        return ""
    try:
        waiter = waiter.cast(waiter.dynamic_type)
        kind = str(waiter.type.target().strip_typedefs())
    except gdb.error:
        return "something"
    try:
        return describe_future(waiter["state_"]["object_"])
    except gdb.error:  # it does not wait for a future
        pass
    return re.sub(r"ouro::(v\d+::)?(detail::)?", "", kind)


def loops():
    """The event_loop pointers of the process."""
    try:
        at = gdb.parse_and_eval("&'ouro::v0::detail::loops_for_debuggers'")
    except gdb.error:
        raise gdb.GdbError("this process has no ouro in it, or its symbols are stripped")
    words = gdb.lookup_type("unsigned long").pointer()
    vector = gdb.Value(int(at)).cast(words).dereference()
    if is_null(vector):
        return
    vector = vector.cast(words)
    first, last = int(vector[0]), int(vector[1])
    loop = ouro_type("event_loop").pointer()
    for address in range(first, last, loop.sizeof):
        yield gdb.Value(address).cast(loop.pointer()).dereference()


def tasks_of(loop):
    """The unfinished tasks of a loop, in the order of their creation."""
    head = loop["tasks_"]["head_"]
    at = head["next_"]
    while int(at) != int(head.address):
        yield at.cast(ouro_type("detail::task_base").pointer())
        at = at["next_"]


# What print shows


@shows("task")
def describe_task(value):
    frame = value["frame_"]
    if is_null(frame):
        return "empty task"
    return f"coroutine {Place(frame['place_'])}, not awaited yet"


@shows("task_handle")
def describe_handle(value):
    state = value["state_"]["object_"]
    return "empty handle" if is_null(state) else describe_future(state)


@shows("future")
def describe_future_value(value):
    state = value["state_"]["object_"]
    return "empty future" if is_null(state) else describe_future(state)


def linked(intrusive_list):
    """The addresses of the elements of an intrusive_list."""
    head = intrusive_list["head_"]
    at = head["next_"]
    while int(at) != int(head.address):
        yield at
        at = at["next_"]


def deque_items(deque):
    """The elements of a std::deque of libstdc++."""
    impl = deque["_M_impl"]
    at, last, node = (impl["_M_start"][name] for name in ("_M_cur", "_M_last", "_M_node"))
    end = int(impl["_M_finish"]["_M_cur"])
    block = int(last) - int(impl["_M_start"]["_M_first"])
    while int(at) != end:
        yield at.dereference()
        at = at + 1
        if int(at) == int(last):
            node = node + 1
            at = node.dereference()
            last = at + block // at.type.target().sizeof


def tree_items(tree):
    """The elements of a std::multiset of libstdc++, in order."""
    item = tree.type.strip_typedefs().template_argument(0)
    offset = gdb.lookup_type("std::_Rb_tree_node_base").sizeof
    offset = -(-offset // item.alignof) * item.alignof

    def below(node):
        if not is_null(node):
            yield from below(node["_M_left"])
            yield gdb.Value(int(node) + offset).cast(item.pointer()).dereference()
            yield from below(node["_M_right"])

    return below(tree["_M_t"]["_M_impl"]["_M_header"]["_M_parent"])


ITEMS_SHOWN = 10


def describe_items(items, size):
    if items.type.strip_typedefs().name.startswith("std::multiset<"):
        found = tree_items(items)
    else:
        found = deque_items(items)
    shown = [str(item) for item, _ in zip(found, range(ITEMS_SHOWN))]
    if size > ITEMS_SHOWN:
        shown.append("…")
    return "{" + ", ".join(shown) + "}"


@shows("queue")
@shows("lifo_queue")
@shows("priority_queue")
def describe_queue(value):
    name = re.search(r"\w+(?=<)", value.type.strip_typedefs().name).group()
    base = value if name == "queue" else value[value.type.strip_typedefs().fields()[0]]
    core = base["core_"]
    size, maxsize = int(core["size_"]), int(core["maxsize_"])
    parts = [f"{size} of {maxsize} items" if maxsize else f"{size} items"]
    for who in ("getters", "putters"):
        count = sum(1 for _ in linked(core[who + "_"]))
        if count:
            parts.append(f"{count} {who} wait" if count > 1 else f"1 {who[:-1]} waits")
    if core["shut_down_"]:
        parts.append("shut down")
    item = base.type.strip_typedefs().template_argument(0)
    what = describe_items(base["items_"]["items_"], size)
    return f"{name} of {item}, {', '.join(parts)}: {what}"


class OuroTasks(gdb.Command):
    """List the unfinished tasks of every loop of the process: name, state, where each was made,
what it waits for, and the awaits it stands in, innermost first."""

    def __init__(self):
        super().__init__("ouro-tasks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        count = 0
        for loop in loops():
            tasks = list(tasks_of(loop))
            count += len(tasks)
            print(f"loop {int(loop):#x}: {len(tasks)} unfinished")
            for task in tasks:
                self.show(task)
        if count == 0:
            print("no unfinished tasks")

    @staticmethod
    def show(task):
        made = Place(task["place_"]).short()
        print(f"  {task_name(task)}  {enumerator(task['state_'])}  made at {made}")
        what = waits_for(task)
        if what:
            print(f"    waits for {what}")
        shown = False
        for place in awaits(task):
            shown = True
            print(f"    in {place}")
        if not shown:
            print(f"    in {Place(task['coroutine_'])}")


gdb.printing.register_pretty_printer(None, PRINTERS, replace=True)
OuroTasks()
