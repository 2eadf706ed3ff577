package dev.provisioner.state;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ModelDisk} as Java sees it, so that the store runs on it unchanged. Its paths are those
 * of the default file system, led astray.
 */
final class ModelFileSystem extends FileSystem {
  private final ModelProvider provider;

  ModelFileSystem(ModelDisk disk) {
    provider = new ModelProvider(this, disk);
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(Path.of(first, more));
  }

  private Path wrap(Path real) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(), new Class<?>[] {Path.class}, new Astray(real));
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic", "posix");
  }

  /** Leads every question that is about the disk to the model, and the others to the real path. */
  private final class Astray implements InvocationHandler {
    private final Path real;

    Astray(Path real) {
      this.real = real;
    }

    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      return switch (method.getName()) {
        case "getFileSystem" -> ModelFileSystem.this;
        case "toRealPath", "toAbsolutePath" -> proxy;
        default -> ofRealPath(method, arguments);
      };
    }

    private @Nullable Object ofRealPath(Method method, @Nullable Object @Nullable [] arguments)
        throws Throwable {
      try {
        Object result = method.invoke(real, unwrapped(arguments));
        return result instanceof Path path ? wrap(path) : result;
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }

    private static @Nullable Object @Nullable [] unwrapped(
        @Nullable Object @Nullable [] arguments) {
      if (arguments == null) {
        return null;
      }
      @Nullable Object[] all = arguments.clone();
      for (int i = 0; i < all.length; i++) {
        Object one = all[i];
        if (one instanceof Path
            && Proxy.isProxyClass(one.getClass())
            && Proxy.getInvocationHandler(one) instanceof Astray astray) {
          all[i] = astray.real;
        }
      }
      return all;
    }
  }

  // ---- what the store does not use

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
