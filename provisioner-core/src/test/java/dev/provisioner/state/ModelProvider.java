package dev.provisioner.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;

import dev.provisioner.state.ModelDisk.Directory;
import dev.provisioner.state.ModelDisk.File;
import dev.provisioner.state.ModelDisk.Node;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/** The file operations on a {@link ModelDisk}. */
final class ModelProvider extends FileSystemProvider {
  private final ModelFileSystem files;
  private final ModelDisk disk;

  ModelProvider(ModelFileSystem files, ModelDisk disk) {
    this.files = files;
    this.disk = disk;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    boolean make = options.contains(CREATE) || options.contains(CREATE_NEW);
    Node node =
        make
            ? disk.create(path.toString(), options.contains(CREATE_NEW))
            : disk.open(path.toString());
    ModelChannel channel = new ModelChannel(disk, node, path.toString());
    if (options.contains(TRUNCATE_EXISTING) && ((File) node).content.length > 0) {
      channel.truncate(0);
    }
    return channel;
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Iterator<Path> paths =
        disk.list(directory.toString()).stream().map(directory::resolve).iterator();
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return paths;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    disk.makeDirectory(directory.toString());
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(path.toString());
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    disk.rename(source.toString(), target.toString());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Node unused = disk.look(path.toString());
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return type.cast(new Attributes(disk.look(path.toString())));
  }

  private record Attributes(Node fileKey) implements BasicFileAttributes {
    @Override
    public boolean isDirectory() {
      return fileKey instanceof Directory;
    }

    @Override
    public boolean isRegularFile() {
      return fileKey instanceof File;
    }

    @Override
    public boolean isSymbolicLink() {
      return false;
    }

    @Override
    public boolean isOther() {
      return false;
    }

    @Override
    public long size() {
      return fileKey instanceof File file ? file.content.length : 0;
    }

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.from(Instant.now());
    }

    @Override
    public FileTime lastAccessTime() {
      return lastModifiedTime();
    }

    @Override
    public FileTime creationTime() {
      return lastModifiedTime();
    }
  }

  // ---- what the store does not use, or need not have

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    throw new IOException("The model knows nothing of volumes.");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public String getScheme() {
    return "model";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}
