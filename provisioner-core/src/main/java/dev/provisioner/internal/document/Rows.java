package dev.provisioner.internal.document;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map in the order of insertion that never changes, and of which a changed copy is cheap: copies
 * share the names, and each value's JSON once it was written. A run changes a step or two of a
 * document at a time, and writes it whole each time.
 *
 * <p>Thread-safe: what is remembered of the JSON is the same whoever remembers it.
 */
public final class Rows<V> extends AbstractMap<String, V> {
  /** Stands where a value was taken away, until the gaps are closed. */
  private static final Object GONE = new Object();

  private static final Rows<?> EMPTY = new Rows<>(new Names(0), new Object[0], new Object[0]);

  private final Names names;
  private final @Nullable Object[] values;

  /** The JSON of each value, null until it was written. */
  private final @Nullable Object[] written;

  /** The names and where they are. Changed only while one editor owns them. */
  private static final class Names {
    private final Map<String, Integer> places;
    private SerializedString[] names;
    private int count;

    Names(int capacity) {
      places = new HashMap<>();
      names = new SerializedString[Math.max(4, capacity)];
    }

    Names(Names other) {
      places = new HashMap<>(other.places);
      names = Arrays.copyOf(other.names, other.names.length);
      count = other.count;
    }

    int place(Object name) {
      Integer place = places.get(name);
      return place == null ? -1 : place;
    }

    void add(SerializedString name) {
      if (count == names.length) {
        names = Arrays.copyOf(names, count * 2);
      }
      names[count] = name;
      places.put(name.getValue(), count++);
    }
  }

  private Rows(Names names, @Nullable Object[] values, @Nullable Object[] written) {
    this.names = names;
    this.values = values;
    this.written = written;
  }

  /** Returns rows without any. */
  @SuppressWarnings("unchecked") // holds no values
  public static <V> Rows<V> empty() {
    return (Rows<V>) EMPTY;
  }

  /** Returns the rows of a map, in its order. */
  public static <V> Rows<V> of(Map<String, V> map) {
    if (map instanceof Rows<V> rows) {
      return rows;
    }
    Editor<V> editor = Rows.<V>empty().edit();
    map.forEach(editor::put);
    return editor.rows();
  }

  /** Begins a changed copy. */
  public Editor<V> edit() {
    return new Editor<>(this);
  }

  // ---- as a map

  @Override
  public int size() {
    return names.count;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return name != null && names.place(name) >= 0;
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    int place = name == null ? -1 : names.place(name);
    return place < 0 ? null : value(place);
  }

  @SuppressWarnings("unchecked") // only values of this type are put
  private V value(int place) {
    return (V) values[place];
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return Rows.this.size();
      }

      @Override
      public Iterator<Map.Entry<String, V>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < Rows.this.size();
          }

          @Override
          public Map.Entry<String, V> next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            int place = next++;
            return new SimpleImmutableEntry<>(names.names[place].getValue(), value(place));
          }
        };
      }
    };
  }

  // ---- as JSON

  SerializableString name(int place) {
    return names.names[place];
  }

  Object valueAt(int place) {
    return value(place);
  }

  /** Returns the JSON of a value, or null if it was not written yet. */
  @Nullable SerializableString written(int place) {
    return (SerializableString) written[place];
  }

  void remember(int place, SerializableString json) {
    written[place] = json;
  }

  // ---- changing

  /**
   * A copy under change. Not thread-safe.
   *
   * @param <V> the type of the values
   */
  public static final class Editor<V> {
    private Names names;
    private @Nullable Object[] values;
    private @Nullable Object[] written;
    private boolean ownsNames;
    private boolean ownsValues;
    private boolean removed;

    private Editor(Rows<V> base) {
      names = base.names;
      values = base.values;
      written = base.written;
    }

    /** Returns how many rows there are, if none was taken away since {@link #rows}. */
    public int size() {
      return names.count;
    }

    /** Returns the value at a place, counted from 0, if none was taken away. */
    @SuppressWarnings("unchecked") // only values of this type are put
    public V value(int place) {
      return (V) values[place];
    }

    /** Returns the value with a name, or null. */
    public @Nullable V get(String name) {
      int place = names.place(name);
      return place < 0 ? null : value(place);
    }

    /** Puts a value in the place of the one with this name, or at the end. */
    public void put(String name, V value) {
      Objects.requireNonNull(value, name);
      int place = names.place(name);
      if (place < 0) {
        place = names.count;
        ownNames();
        names.add(new SerializedString(name));
      }
      ownValues();
      values[place] = value;
      written[place] = null;
    }

    private void ownNames() {
      if (!ownsNames) {
        names = new Names(names);
        ownsNames = true;
      }
    }

    private void ownValues() {
      if (!ownsValues || values.length < names.count) {
        int capacity = ownsNames ? names.names.length : names.count;
        values = Arrays.copyOf(values, capacity);
        written = Arrays.copyOf(written, capacity);
        ownsValues = true;
      }
    }

    /** Takes a row away, if there is one with this name. */
    public void remove(String name) {
      int place = names.place(name);
      if (place < 0) {
        return;
      }
      ownNames();
      ownValues();
      names.places.remove(name);
      values[place] = GONE;
      removed = true;
    }

    private void closeGaps() {
      Names left = new Names(names.places.size());
      Object[] leftValues = new Object[left.names.length];
      Object[] leftWritten = new Object[left.names.length];
      for (int place = 0; place < names.count; place++) {
        if (values[place] != GONE) {
          leftValues[left.count] = values[place];
          leftWritten[left.count] = written[place];
          left.add(names.names[place]);
        }
      }
      names = left;
      values = leftValues;
      written = leftWritten;
      removed = false;
    }

    /** Returns the copy as it is now. */
    public Rows<V> rows() {
      if (removed) {
        closeGaps();
      }
      ownsNames = false;
      ownsValues = false;
      return new Rows<>(names, values, written);
    }
  }
}
