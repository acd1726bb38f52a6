"""In which order formulas are computed, and whether they go round in circles. No recursion: a chain may be long."""

from collections.abc import Mapping

Graph = Mapping[int, tuple[int, ...]]


def levels(graph: Graph) -> dict[int, int]:
    """For every computed slot how many steps it is away from what is typed (0: nothing computed in it). Needs no circle."""
    found: dict[int, int] = {}
    for root in graph:
        stack = [root]
        while stack:
            node = stack[-1]
            needed = [slot for slot in graph[node] if slot in graph]
            missing = [slot for slot in needed if slot not in found]
            if missing and node not in found:
                stack.extend(missing)
                continue
            found[node] = 1 + max((found[slot] for slot in needed), default=-1)
            stack.pop()
    return found


def circle(graph: Graph) -> list[int]:
    """One circle as a path that ends where it began, or nothing."""
    done: set[int] = set()
    for root in graph:
        path: list[int] = []
        walks = [iter((root,))]
        on_path: set[int] = set()
        while walks:
            slot = next(walks[-1], None)
            if slot is None:
                walks.pop()
                if path:
                    done.add(path[-1])
                    on_path.discard(path.pop())
            elif slot in on_path:
                return [*path[path.index(slot) :], slot]
            elif slot in graph and slot not in done:
                path.append(slot)
                on_path.add(slot)
                walks.append(iter(graph[slot]))
    return []
