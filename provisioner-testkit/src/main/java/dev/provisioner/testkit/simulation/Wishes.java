package dev.provisioner.testkit.simulation;

import dev.provisioner.plan.OnDeprovision;
import dev.provisioner.testkit.simulation.Wish.Part;
import java.util.ArrayList;
import java.util.List;

/** Makes up wishes, and changes them. */
final class Wishes {
  private static final int MOST_PARTS = 10;
  private static final List<Sort> SORTS = List.of(Sort.values());

  private final Choices choices;
  private int lastId;

  Wishes(Choices choices) {
    this.choices = choices;
  }

  Wish fresh() {
    List<Part> parts = new ArrayList<>();
    int size = 1 + choices.pick(1 + choices.pick(MOST_PARTS));
    while (parts.size() < size) {
      parts.add(part(parts, parts.size()));
    }
    return Wish.of(parts);
  }

  private Part part(List<Part> all, int place) {
    Sort sort = SORTS.get(choices.weighted(6, 4, 3, 2, 2, 2, 1, 1));
    return new Part(
        ++lastId,
        sort,
        choices.pick(3),
        0,
        !choices.oneIn(8),
        -1,
        leaving(sort),
        choices.oneIn(8),
        1 + choices.pick(4),
        choices.oneIn(12) ? 60 + choices.pick(240) : 0,
        sort == Sort.TIMER ? List.of() : reads(all, place),
        choices.oneIn(4) && place > 0 ? List.of(all.get(choices.pick(place)).id()) : List.of());
  }

  private OnDeprovision leaving(Sort sort) {
    // A name that is kept when it is ours no more would be in our own way.
    int policy = choices.weighted(8, 2, 1);
    if (policy == 2 && !sort.unique()) {
      return OnDeprovision.KEEP;
    }
    return policy == 1 && sort != Sort.ONCE ? OnDeprovision.RETAIN : OnDeprovision.DELETE;
  }

  private List<Integer> reads(List<Part> all, int place) {
    List<Integer> reads = new ArrayList<>();
    for (int i = choices.pick(4); i > 0 && place > 0; i--) {
      Part read = all.get(choices.pick(place));
      if (read.sort() != Sort.TIMER && !reads.contains(read.id())) {
        reads.add(read.id());
      }
    }
    return reads;
  }

  /** Returns a wish with one or a few things otherwise. */
  Wish changed(Wish wish) {
    List<Part> parts = new ArrayList<>(wish.parts());
    for (int i = choices.pick(3); i >= 0; i--) {
      change(parts);
    }
    return Wish.of(parts);
  }

  private void change(List<Part> parts) {
    int place = choices.pick(parts.size());
    Part part = parts.get(place);
    switch (choices.weighted(5, 4, 2, 2, 2, 2, 1, 1)) {
      case 0 -> parts.set(place, with(part, part.value() + 1, part.zone(), part.wanted()));
      case 1 -> parts.set(place, with(part, part.value(), 1 - part.zone(), part.wanted()));
      case 2 -> parts.set(place, with(part, part.value(), part.zone(), !part.wanted()));
      case 3 -> {
        if (parts.size() < MOST_PARTS) {
          parts.add(part(parts, parts.size()));
        }
      }
      case 4 -> {
        if (parts.size() > 1) {
          remove(parts, part);
        }
      }
      case 5 -> rename(parts, place);
      case 6 -> parts.set(place, rewired(parts, place));
      default -> {
        Part other = part(parts, place);
        if ((part.sort() == Sort.TIMER) == (other.sort() == Sort.TIMER)) {
          parts.set(place, sorted(part, other));
        }
      }
    }
  }

  private static Part with(Part p, int value, int zone, boolean wanted) {
    return new Part(
        p.id(),
        p.sort(),
        value,
        zone,
        wanted,
        p.formerly(),
        p.leaving(),
        p.rollsBack(),
        p.attempts(),
        p.seconds(),
        p.reads(),
        p.after());
  }

  /** The same step, of another sort, under other policies. */
  private static Part sorted(Part p, Part other) {
    return new Part(
        p.id(),
        other.sort(),
        p.value(),
        p.zone(),
        p.wanted(),
        p.formerly(),
        other.leaving(),
        other.rollsBack(),
        other.attempts(),
        other.seconds(),
        p.reads(),
        p.after());
  }

  private Part rewired(List<Part> parts, int place) {
    Part p = parts.get(place);
    return new Part(
        p.id(),
        p.sort(),
        p.value(),
        p.zone(),
        p.wanted(),
        p.formerly(),
        p.leaving(),
        p.rollsBack(),
        p.attempts(),
        p.seconds(),
        p.sort() == Sort.TIMER ? List.of() : reads(parts, place),
        p.after());
  }

  private static void remove(List<Part> parts, Part gone) {
    parts.remove(gone);
    relink(parts, gone.id(), -1);
  }

  private void rename(List<Part> parts, int place) {
    Part p = parts.get(place);
    int id = ++lastId;
    parts.set(
        place,
        new Part(
            id,
            p.sort(),
            p.value(),
            p.zone(),
            p.wanted(),
            p.id(),
            p.leaving(),
            p.rollsBack(),
            p.attempts(),
            p.seconds(),
            p.reads(),
            p.after()));
    relink(parts, p.id(), id);
  }

  private static void relink(List<Part> parts, int from, int to) {
    parts.replaceAll(
        p ->
            new Part(
                p.id(),
                p.sort(),
                p.value(),
                p.zone(),
                p.wanted(),
                p.formerly(),
                p.leaving(),
                p.rollsBack(),
                p.attempts(),
                p.seconds(),
                relinked(p.reads(), from, to),
                relinked(p.after(), from, to)));
  }

  private static List<Integer> relinked(List<Integer> ids, int from, int to) {
    return ids.stream().map(id -> id == from ? to : id).filter(id -> id >= 0).toList();
  }
}
