package dev.provisioner.state;

import dev.provisioner.state.ModelDisk.Call;
import dev.provisioner.state.ModelDisk.Directory;
import dev.provisioner.state.ModelDisk.File;
import dev.provisioner.state.ModelDisk.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * An open file or directory of a {@link ModelDisk}. It writes in parts, as the system may: one
 * byte, half of the rest, all but one, the last.
 */
final class ModelChannel extends FileChannel {
  private final ModelDisk disk;
  private final Node node;
  private final String path;
  private int position;
  private int writes;
  private boolean holdsLock;

  ModelChannel(ModelDisk disk, Node node, String path) {
    this.disk = disk;
    this.node = node;
    this.path = path;
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    disk.before(Call.WRITE, path);
    int rest = source.remaining();
    int many =
        switch (writes++ % 4) {
          case 0 -> 1;
          case 1 -> Math.max(1, rest / 2);
          case 2 -> Math.max(1, rest - 1);
          default -> rest;
        };
    byte[] part = new byte[Math.min(rest, many)];
    source.get(part);
    file().write(position, part);
    position += part.length;
    disk.after(Call.WRITE, path);
    return part.length;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    disk.before(Call.READ, path);
    byte[] content = file().content;
    int many = Math.min(target.remaining(), content.length - position);
    if (many <= 0) {
      return -1;
    }
    target.put(content, position, many);
    position += many;
    return many;
  }

  @Override
  public long size() throws IOException {
    disk.before(Call.LOOK, path);
    return file().content.length;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    disk.before(Call.TRUNCATE, path);
    if (size < file().content.length) {
      file().set(Arrays.copyOf(file().content, (int) size));
    }
    disk.after(Call.TRUNCATE, path);
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    disk.before(Call.SYNC, path);
    if (node instanceof Directory directory) {
      directory.sync();
    } else {
      file().sync();
    }
    disk.after(Call.SYNC, path);
  }

  @Override
  public FileLock tryLock(long from, long size, boolean shared) throws IOException {
    disk.before(Call.LOCK, path);
    if (file().locked) {
      throw new OverlappingFileLockException();
    }
    file().locked = true;
    holdsLock = true;
    return new Lock(this);
  }

  /** As the system does, closes the file even if it reports an error. */
  @Override
  protected void implCloseChannel() throws IOException {
    if (holdsLock) {
      file().locked = false;
    }
    disk.before(Call.CLOSE, path);
  }

  private File file() throws IOException {
    if (node instanceof File file) {
      return file;
    }
    throw new IOException("Is a directory");
  }

  private static final class Lock extends FileLock {
    private final ModelChannel held;
    private boolean released;

    Lock(ModelChannel channel) {
      super(channel, 0, Long.MAX_VALUE, false);
      held = channel;
    }

    @Override
    public boolean isValid() {
      return !released && held.isOpen();
    }

    @Override
    public void release() throws IOException {
      if (isValid()) {
        held.disk.before(Call.UNLOCK, held.path);
        released = true;
        held.holdsLock = false;
        held.file().locked = false;
      }
    }
  }

  // ---- what the store does not use

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer target, long from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source, long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long from, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long to, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long from, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long from, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
