package dev.provisioner.state;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A POSIX file system in memory that promises no more than POSIX does. When the power fails,
 *
 * <ul>
 *   <li>a file has any of the contents it had since it was synced last, or zeroes where it was
 *       written;
 *   <li>each name in a directory leads to whatever it led to at some time since the directory was
 *       synced last, whatever became of the other names: so one half of a rename can be lost.
 * </ul>
 *
 * <p>Syncing a file does not keep its name, nor syncing a directory the content of its files. Not
 * thread-safe.
 */
final class ModelDisk {
  /** What a program asks the system for. */
  enum Call {
    OPEN,
    CREATE,
    READ,
    WRITE,
    TRUNCATE,
    SYNC,
    CLOSE,
    RENAME,
    DELETE,
    MAKE_DIRECTORY,
    LIST,
    LOOK,
    LOCK,
    UNLOCK
  }

  /** Sees every call: may refuse it before it is done, and look at the disk afterwards. */
  interface Watcher {
    default void before(Call call, String path) throws IOException {}

    default void after(Call call, String path) {}
  }

  /** A file or directory. */
  sealed interface Node permits File, Directory {}

  /** A file: its content, and what may be left of it. */
  static final class File implements Node {
    byte[] content = {};
    private List<byte[]> possible = new ArrayList<>(List.of(content));
    boolean locked;

    void set(byte[] changed) {
      content = changed;
      possible.add(changed);
    }

    void write(int position, byte[] written) {
      byte[] changed = Arrays.copyOf(content, Math.max(content.length, position + written.length));
      possible.add(changed.clone()); // the length was kept and the bytes were not
      System.arraycopy(written, 0, changed, position, written.length);
      set(changed);
    }

    void sync() {
      possible = new ArrayList<>(List.of(content));
    }
  }

  /** A directory: its names, and what each may lead to. */
  static final class Directory implements Node {
    private final SortedMap<String, Node> names = new TreeMap<>();
    private final Map<String, List<Optional<Node>>> unsynced = new TreeMap<>();

    private void set(String name, @Nullable Node node) {
      Node before = node == null ? names.remove(name) : names.put(name, node);
      unsynced
          .computeIfAbsent(name, first -> new ArrayList<>(List.of(Optional.ofNullable(before))))
          .add(Optional.ofNullable(node));
    }

    void sync() {
      unsynced.clear();
    }
  }

  private final Directory root;
  private Watcher watcher = new Watcher() {};

  ModelDisk() {
    this(new Directory());
  }

  private ModelDisk(Directory root) {
    this.root = root;
  }

  void watch(Watcher by) {
    watcher = by;
  }

  void before(Call call, String path) throws IOException {
    watcher.before(call, path);
  }

  void after(Call call, String path) {
    watcher.after(call, path);
  }

  // ---- what a program can do

  Node look(String path) throws IOException {
    before(Call.LOOK, path);
    return existing(path);
  }

  Node open(String path) throws IOException {
    before(Call.OPEN, path);
    return existing(path);
  }

  /** Opens a file or makes it. */
  File create(String path, boolean mustBeNew) throws IOException {
    Node there = find(path);
    before(there == null ? Call.CREATE : Call.OPEN, path);
    if (there != null && mustBeNew) {
      throw new FileAlreadyExistsException(path);
    }
    if (there instanceof File file) {
      return file;
    }
    if (there != null) {
      throw new FileSystemException(path, null, "Is a directory");
    }
    File made = new File();
    parent(path).set(name(path), made);
    after(Call.CREATE, path);
    return made;
  }

  void makeDirectory(String path) throws IOException {
    before(Call.MAKE_DIRECTORY, path);
    Directory parent = parent(path);
    if (parent.names.containsKey(name(path))) {
      throw new FileAlreadyExistsException(path);
    }
    parent.set(name(path), new Directory());
    after(Call.MAKE_DIRECTORY, path);
  }

  void delete(String path) throws IOException {
    before(Call.DELETE, path);
    if (existing(path) instanceof Directory directory && !directory.names.isEmpty()) {
      throw new DirectoryNotEmptyException(path);
    }
    parent(path).set(name(path), null);
    after(Call.DELETE, path);
  }

  void rename(String source, String target) throws IOException {
    before(Call.RENAME, target);
    Node moved = existing(source);
    parent(target).set(name(target), moved);
    parent(source).set(name(source), null);
    after(Call.RENAME, target);
  }

  List<String> list(String path) throws IOException {
    before(Call.LIST, path);
    if (existing(path) instanceof Directory directory) {
      return List.copyOf(directory.names.keySet());
    }
    throw new NotDirectoryException(path);
  }

  // ---- what becomes of it

  /** Returns the disk as other processes find it, the locks of this one being gone. */
  ModelDisk copy() {
    return new ModelDisk((Directory) new Copy(null).of(root));
  }

  /** Returns one of the disks that can be found when the power is back. */
  ModelDisk afterPowerFailure(Choices choices) {
    return new ModelDisk((Directory) new Copy(choices).of(root));
  }

  /** Returns the paths of all files. */
  List<String> files() {
    return files("", root).toList();
  }

  private static Stream<String> files(String path, Directory directory) {
    return directory.names.entrySet().stream()
        .flatMap(
            named ->
                named.getValue() instanceof Directory below
                    ? files(path + "/" + named.getKey(), below)
                    : Stream.of(path + "/" + named.getKey()));
  }

  /** Copies nodes, those with several names once. */
  private static final class Copy {
    private final @Nullable Choices choices;
    private final IdentityHashMap<Node, Node> done = new IdentityHashMap<>();

    Copy(@Nullable Choices choices) {
      this.choices = choices;
    }

    Node of(Node node) {
      Node known = done.get(node);
      if (known != null) {
        return known;
      }
      return node instanceof File file ? file(file) : directory((Directory) node);
    }

    private File file(File from) {
      File copy = new File();
      done.put(from, copy);
      if (choices == null) {
        copy.content = from.content;
        copy.possible = new ArrayList<>(from.possible);
      } else {
        copy.content = from.possible.get(choose(from.possible.size()));
        copy.sync();
      }
      return copy;
    }

    private Directory directory(Directory from) {
      Directory copy = new Directory();
      done.put(from, copy);
      Map<String, Node> names = new HashMap<>(from.names);
      from.unsynced.forEach(
          (name, led) -> {
            if (choices == null) {
              copy.unsynced.put(
                  name, new ArrayList<>(led.stream().map(node -> node.map(this::of)).toList()));
            } else {
              led.get(choose(led.size()))
                  .ifPresentOrElse(node -> names.put(name, node), () -> names.remove(name));
            }
          });
      new TreeMap<>(names).forEach((name, node) -> copy.names.put(name, of(node)));
      return copy;
    }

    private int choose(int many) {
      return many == 1 || choices == null ? 0 : choices.of(many);
    }
  }

  // ---- paths

  private Node existing(String path) throws IOException {
    Node node = find(path);
    if (node == null) {
      throw new NoSuchFileException(path);
    }
    return node;
  }

  private @Nullable Node find(String path) {
    Node node = root;
    for (String name : path.substring(1).split("/", -1)) {
      if (!name.isEmpty()) {
        node = node instanceof Directory directory ? directory.names.get(name) : null;
      }
    }
    return node;
  }

  private Directory parent(String path) throws IOException {
    if (find(path.substring(0, path.lastIndexOf('/') + 1)) instanceof Directory directory) {
      return directory;
    }
    throw new NoSuchFileException(path);
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
